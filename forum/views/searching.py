"""The search page. What is typed travels in the address, which this site neither logs nor stores."""

from __future__ import annotations

from typing import Any

from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from forum import limits
from forum.errors import ForumError
from forum.extracts import plain_text
from forum.marks import marked_extracts
from forum.models import Label, Post
from forum.search import MOST_PAGES, search, terms_of
from forum.source import small_number


@never_cache
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """The form, and with `?q=` 20 results a page; 404 for a year, label or page that cannot be."""
    labels = Label.objects.filter(posts__state=Post.State.PUBLISHED).distinct()
    typed, order = request.GET.get("q", ""), "best" if request.GET.get("order") == "best" else "new"
    year, label = chosen_year(request.GET.get("year", "")), request.GET.get("label", "")
    if label and not any(label == known.slug for known in labels):
        raise Http404("There is no such label.")
    page = small_number(request.GET.get("page", "1"))
    if not page or page > MOST_PAGES:
        raise Http404("There is no such page.")
    context: dict[str, Any] = {"typed": typed, "order": order, "year": year, "label": label, "labels": labels}
    context |= {"years": years(), "page_number": page}
    if not typed.strip():
        return render(request, "forum/search.html", context)
    try:
        limits.spend(limits.SEARCH, request)
        terms, results = terms_of(typed), search(typed, order=order, year=year, label=label, page=page)
    except ForumError as error:
        return render(request, "forum/search.html", context | {"errors": [("q", str(error))]}, status=error.status)
    extracts = marked_extracts([plain_text(thing.html) for thing in results.found], terms)
    context |= {"results": list(zip(results.found, extracts, strict=True)), "has_next": results.has_next}
    context["address"] = urlencode({"q": typed, "order": order, "year": year or "", "label": label})
    return render(request, "forum/search.html", context)


def years() -> range:
    """The years that may hold something, newest first."""
    now = timezone.localtime().year
    first = Post.objects.published().order_by().aggregate(first=Min("year"))["first"]
    return range(now, (first or now) - 1, -1)


def chosen_year(text: str) -> int | None:
    """The year from an address, None for all; 404 for one that the form does not offer."""
    if not text:
        return None
    year = small_number(text)
    if year not in years():
        raise Http404("Nothing was published in that year.")
    return year
