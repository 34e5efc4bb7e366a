"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest

from forum.reader_cookies import settings_of
from forum.site import of


def site(request: HttpRequest) -> dict[str, object]:
    """The site's names, the page's own canonical address, and how this reader wants pages to look."""
    found = of(request)
    return {
        "SITE_NAME": found.name,
        "SITE_TAGLINE": found.tagline,
        "SITE_URL": settings.SITE_URL,
        "canonical": settings.SITE_URL + request.path,
        "reading": settings_of(request),
    }
