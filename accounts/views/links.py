"""What the pages behind the links in mails have in common: the link is the only key, and no other page learns it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import tokens

View = Callable[..., HttpResponse]


def by_link(*purposes: str) -> Callable[[View], View]:
    """Open the token for the view: `view(request, opened)`; 404 if it was made for none of these purposes.

    A POST may come from anywhere, since browsers send no origin from these pages and mail programs never do.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def guarded(request: HttpRequest, token: str) -> HttpResponse:
            opened = tokens.opened(token, *purposes)
            if opened is None:
                raise Http404("This link is not complete. Copy it whole from the mail.")
            return unnamed(view(request, opened))

        guarded.any_origin = True  # type: ignore[attr-defined]
        return guarded

    return decorate


def unnamed(response: HttpResponse) -> HttpResponse:
    """Let nobody learn the address of this page: no later page, no search engine."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
