"""What everybody may see of moderating: the log of decisions, and how many there were of each kind."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from moderation import public_log, transparency_figures
from moderation.charts.tables import as_csv
from moderation.models import Action, Decision
from moderation.models.decisions import PAST_TENSE
from moderation.services.log import shown

LINES_A_PAGE = 50


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Decisions whose effect readers could see, the newest first; `?month=2026-11` and `?action=remove` choose."""
    month, action = request.GET.get("month", ""), request.GET.get("action", "")
    months = public_log.months()
    month = month if month in {f"{each:%Y-%m}" for each in months} else ""
    lines = public_log.in_month(public_log.with_reversal(public_log.seen()), month)
    actions = [(each.value, PAST_TENSE[each].capitalize()) for each in Action if each in public_log.LISTED]
    if action in dict(actions):
        lines = lines.filter(action=action)
    page = Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page"))
    newest = Decision.objects.order_by("-pk").only("pk", "chain", "decided_at").first()
    context = {
        "page": page,
        "lines": public_log.lines_of(page),
        "months": months,
        "month": month,
        "actions": actions,
        "action": action,
        "unseen": public_log.unseen(month),
        "newest": newest,
        "hash": shown(newest.chain) if newest else "",
        "count": Decision.objects.count(),
    }
    return render(request, "moderation/public_log.html", context)


@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    """How much was held, refused, removed, restored, appealed and won in the last twelve months, and how fast."""
    charts = transparency_figures.charts()
    return render(request, "moderation/transparency.html", {"charts": charts, "path": request.path})


@require_safe
def table(request: HttpRequest, name: str) -> HttpResponse:
    """The figures behind one of those charts, as CSV."""
    tables = {chart.table.name: chart.table for chart in transparency_figures.charts()}
    if name not in tables:
        raise Http404("There are no such figures.")
    return as_csv(tables[name])
