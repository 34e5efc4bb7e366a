"""The staff's log: what was decided in thirty days, by whom and why, with what undoes it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from forum.staff import MODERATE, staff_only
from moderation.models import Action, Case, Decision
from moderation.services.deciding import UNDO_FOR
from moderation.views.case_page import just_done

SHOWN_AT_ONCE = 50


@require_safe
@staff_only(MODERATE)
def log(request: HttpRequest) -> HttpResponse:
    """The log, newest first; `q` is a word of what stands in a line."""
    return log_page(request)


def log_page(request: HttpRequest, *, status: int = 200, errors: list[str] | None = None) -> HttpResponse:
    asked = (request.GET if request.method in ("GET", "HEAD") else request.POST).get("page")
    word = request.GET.get("q", "").replace("\0", "").strip()[:100]
    page = Paginator(lines_with(word), SHOWN_AT_ONCE).get_page(asked)
    batches = batch_sizes([line.batch for line in page if line.batch])
    context = {
        "page": page,
        "rows": [(line, batches.get(line.batch)) for line in page],
        "word": word,
        "errors": errors,
        "done": just_done(request),
        "waiting": Case.objects.open().count(),
    }
    return render(request, "moderation/log.html", context, status=status)


def lines_with(word: str) -> Any:
    """The lines of thirty days with a word in them; of those that were made with one press, the last."""
    lines = Decision.objects.filter(decided_at__gte=timezone.now() - UNDO_FOR).exclude(action=Action.UNDO)
    if word:
        said = Q(reason__icontains=word) | Q(internal_note__icontains=word) | Q(post__title__icontains=word)
        lines = lines.filter(said | Q(moderator__email__istartswith=word) | Q(action__icontains=word))
    later = lines.filter(batch=OuterRef("batch"), pk__gt=OuterRef("pk"))
    lines = lines.filter(Q(batch="") | ~Exists(later))
    return lines.select_related("moderator", "post", "comment__post", "undone_by__moderator").order_by("-pk")


def batch_sizes(batches: list[str]) -> dict[str, dict[str, int]]:
    """For each batch how many it decided, and how many of those stand undone."""
    lines = Decision.objects.filter(batch__in=batches).order_by().values("batch")
    counted = lines.annotate(size=Count("pk"), undone=Count("undone_by"))
    return {each["batch"]: {"size": each["size"], "undone": each["undone"]} for each in counted}
