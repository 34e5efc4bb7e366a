"""The owner's figures, as charts and tables."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forum.staff import WRITE_POSTS, staff_only
from moderation import owners_figures
from moderation.charts.tables import as_csv


@require_safe
@staff_only(WRITE_POSTS)
def figures(request: HttpRequest) -> HttpResponse:
    """What waits, then how the last weeks and months were."""
    return render(request, "moderation/figures.html", {"charts": owners_figures.charts(), "path": request.path})


@require_safe
@staff_only(WRITE_POSTS)
def table(request: HttpRequest, name: str) -> HttpResponse:
    """The figures behind one chart, as CSV."""
    tables = {chart.table.name: chart.table for chart in owners_figures.charts()}
    if name not in tables:
        raise Http404("There are no such figures.")
    return as_csv(tables[name])
