"""What templates of other apps may say about the queue."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django import template
from django.db.models import Count, Min

from moderation.models import Case, RemovalRequest, Report

register = template.Library()


@dataclass(frozen=True)
class OpenCases:
    """How much waits in the queue; `oldest` is when the oldest open case was opened.

    Of reports and removal requests, those in open cases; `next_due` is when the first answer is due.
    """

    count: int
    urgent: int
    oldest: datetime.datetime | None
    reports: int = 0
    requests: int = 0
    next_due: datetime.datetime | None = None


@register.simple_tag
def open_cases() -> OpenCases:
    """The open cases in numbers."""
    opened = Case.objects.open()
    oldest = opened.order_by("opened_at").values_list("opened_at", flat=True).first()
    reports = Report.objects.filter(case__closed_at=None).count()
    asked = RemovalRequest.objects.filter(case__closed_at=None, answered_at=None)
    requests = asked.aggregate(number=Count("pk"), next_due=Min("due_at"))
    return OpenCases(opened.count(), opened.urgent().count(), oldest, reports, requests["number"], requests["next_due"])
