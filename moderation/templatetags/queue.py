"""What templates of other apps may say about the queue."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django import template

from moderation.models import Case

register = template.Library()


@dataclass(frozen=True)
class OpenCases:
    """How much waits in the queue; `oldest` is when the oldest open case was opened."""

    count: int
    urgent: int
    oldest: datetime.datetime | None


@register.simple_tag
def open_cases() -> OpenCases:
    """The open cases in numbers."""
    opened = Case.objects.open()
    oldest = opened.order_by("opened_at").values_list("opened_at", flat=True).first()
    return OpenCases(opened.count(), opened.urgent().count(), oldest)
