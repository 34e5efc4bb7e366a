"""Whether new comments came while somebody reads: a question that a page may ask each minute."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from forum.new_since import count_after
from forum.permalinks import readable_post
from forum.source import small_number


@require_safe
@never_cache
def new(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    """`{"new": 3}`: how many readable comments have a number above `?after=`. Two queries; nothing is stored."""
    after = small_number(request.GET.get("after"))
    if after is None:
        raise Http404("That is not a number.")
    return JsonResponse({"new": count_after(readable_post(year, month, slug), after)})
