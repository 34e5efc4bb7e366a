"""House pages, and pages for machines."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forum.holdings import subjects
from forum.models import Post
from forum.services.house_pages import HOUSE_PAGES, newest_version, title_of

NOT_FOR_ROBOTS = (
    "/accounts/",
    "/desk/",
    "/moderation/",
    "/posted/",
    "/receipts/",
    "/search/",
    "/subscriptions/",
    "/unsubscribe/",
)


@require_safe
def house_page(request: HttpRequest, name: str) -> HttpResponse:
    """House rules, privacy, about, help."""
    page = newest_version(name)
    context = {"house_page": page, "title": title_of(page.body)}
    if name == "privacy":
        context["held"] = subjects()
    return render(request, "forum/house_page.html", context)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)]
    lines += ["Disallow: /*.html/", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every published post and the house pages."""
    context = {"posts": Post.objects.published(), "pages": HOUSE_PAGES}
    return render(request, "forum/sitemap.xml", context, content_type="application/xml; charset=utf-8")
