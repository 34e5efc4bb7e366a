"""The mails to the staff, in plain text. A screen lock may show them: no text, no title, nothing about who reported."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from forum.site import current, mail_sender
from moderation.models import Case, Category
from moderation.models.cases import CaseQuerySet


def urgent_mail(to: str, case: Case) -> EmailMessage:
    """What a case was reported as, and where it is."""
    reported = set(case.reports.values_list("category", flat=True))
    said = ", ".join(str(category.label) for category in Category if category.is_urgent and category in reported)
    return _mail(to, "Something urgent waits for you", f"Reported as: {said}.", case.get_absolute_url())


def more_mail(to: str, count: int) -> EmailMessage:
    """That more came in than are told one by one."""
    came = "1 more urgent case" if count == 1 else f"{count} more urgent cases"
    line = f"{came} came in. No more mail about single ones within the next hour."
    return _mail(to, "More urgent cases wait for you", line, "/moderation/")


def daily_mail(to: str, opened: CaseQuerySet) -> EmailMessage:
    """How many cases wait, and for how long the oldest has."""
    count, oldest = opened.count(), opened.order_by("opened_at").values_list("opened_at", flat=True)[0]
    waits = "1 case waits, for" if count == 1 else f"{count} cases wait, the oldest"
    return _mail(to, "Cases wait for you", f"{waits} {how_long(timezone.now() - oldest)}.", "/moderation/")


def how_long(time: datetime.timedelta) -> str:
    """`20 minutes`, `5 hours`, `3 days`: cut, not rounded."""
    minutes = max(0, int(time.total_seconds() // 60))
    number, word = next(
        ((minutes // size, word) for word, size in (("day", 1440), ("hour", 60)) if minutes >= 2 * size),
        (minutes, "minute"),
    )
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _mail(to: str, subject: str, line: str, path: str) -> EmailMessage:
    why = "You get this as one of the people who run the site. It never holds what readers wrote."
    text = f"{line}\n\n{settings.SITE_URL}{path}\n\n{why}\n"
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    return EmailMessage(f"{current().name}: {subject}", text, mail_sender(), [to], headers=headers)
