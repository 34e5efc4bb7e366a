"""Counting decisions, waits and comments for charts: by month, day and hour in London."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Count, TextField, Value
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from forum.models import Comment
from moderation.models import Action, Category, Decision, Reason

MONTHS, DAYS = 12, 28
OTHER_WORDS = "In other words"
# What a moderator is waited for; the rest is done in passing, or by the site itself.
ENDS_A_WAIT = {Action.APPROVE, Action.REFUSE, Action.KEEP, Action.NOTE, Action.REMOVE, Action.RESTORE, Action.DISMISS}
ENDS_A_WAIT |= {Action.REDACT, Action.MOVE, Action.ANSWER, Action.OFF_TOPIC}
State = Comment.State
TAKEN_DOWN = [State.REMOVED, State.WITHDRAWN, State.COVERED]
READABLE = {State.PUBLISHED: "published"} | dict.fromkeys(TAKEN_DOWN, "gone")
NEVER_READABLE = {State.HELD: "held", State.REFUSED: "gone"}


def known_reasons() -> list[str]:
    """The reasons that moderators choose from, and what readers report; the longest first."""
    listed = {*Reason.objects.values_list("sentence", flat=True), *(str(category.label) for category in Category)}
    return sorted(listed, key=len, reverse=True)


def reason_of(public: str, known: list[str]) -> str:
    """The reason of `known_reasons` with which a public reason begins: what stands behind it is one comment's."""
    return next((each for each in known if f"{public}. ".startswith(f"{each}. ")), OTHER_WORDS)


def last_months(number: int = MONTHS) -> list[datetime.date]:
    """The first days of the last so many months, this one the last."""
    day = timezone.localdate().replace(day=1)
    found = [day]
    while len(found) < number:
        day = (day - datetime.timedelta(days=1)).replace(day=1)
        found.append(day)
    return found[::-1]


def last_days(number: int = DAYS) -> list[datetime.date]:
    """The last so many days, today the last."""
    today = timezone.localdate()
    return [today - datetime.timedelta(days=back) for back in range(number - 1, -1, -1)]


def start_of(day: datetime.date) -> datetime.datetime:
    """Midnight in London."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def month_of(moment: datetime.datetime) -> datetime.date:
    return timezone.localdate(moment).replace(day=1)


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share (0.5: the median) do not exceed; None if there are none."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1] if ordered else None


def waits(since: datetime.datetime) -> Iterator[tuple[datetime.datetime, float]]:
    """When cases got their first decision by a moderator, and how many hours they had waited for it."""
    rows = (
        Decision.objects.filter(decided_at__gte=since, action__in=ENDS_A_WAIT, case__isnull=False)
        .exclude(moderator=None)
        .order_by("pk")
        .values_list("case_id", "case__opened_at", "decided_at")
    )
    known = set()
    for case, opened, decided in rows:
        if case not in known:
            known.add(case)
            yield decided, max((decided - opened).total_seconds() / 3600, 0)


def readable_by_hour(since: datetime.datetime) -> Iterator[tuple[datetime.datetime, str, int]]:
    """How many comments appeared in each hour, and are `published` or `gone`.

    The hours are cut from the text of the time, which both databases do by themselves and from an index alone: to
    ask them for London's hours would take a call for each comment. London's differ from them by whole hours.
    """
    readable = Comment.objects.order_by().filter(state__in=READABLE, published_at__gte=since)
    return _in_london(readable.values_list("state", _hour_of("published_at")).annotate(comments=Count("*")), READABLE)


def never_readable_by_hour(since: datetime.datetime) -> Iterator[tuple[datetime.datetime, str, int]]:
    """How many comments came in each hour since a full one that never appeared, and are `held` or `gone`."""
    never = Comment.objects.order_by().filter(state__in=NEVER_READABLE).annotate(hour=_hour_of("posted_at"))
    # Compared as text: for the time itself SQLite would walk through the posts, and read all their comments.
    later = never.filter(hour__gte=f"{since.astimezone(datetime.UTC):%Y-%m-%d %H}")
    return _in_london(later.values_list("state", "hour").annotate(comments=Count("*")), NEVER_READABLE)


def readable_by_month(
    months: Sequence[datetime.date], until: datetime.datetime
) -> Iterator[tuple[datetime.date, str, int]]:
    """How many comments appeared in each of these months before a moment, and are `published` or `gone`.

    Each month is counted as a range of an index: by the hour, both databases would have to sort them.
    """
    ends = [*(start_of(month) for month in months[1:]), until]
    readable = Comment.objects.order_by().filter(state__in=READABLE)
    first, *others = [
        readable.filter(published_at__gte=start_of(month), published_at__lt=min(end, until))
        .values_list("state", Value(number))
        .annotate(comments=Count("*"))
        for number, (month, end) in enumerate(zip(months, ends, strict=True))
        if start_of(month) < until
    ]
    for state, number, comments in first.union(*others, all=True):
        yield months[number], READABLE[State(state)], comments


def _hour_of(field: str) -> Substr:
    return Substr(Cast(field, TextField()), 1, 13)


def _in_london(rows: Iterable[Any], kinds: dict[State, str]) -> Iterator[tuple[datetime.datetime, str, int]]:
    """Rows of a state, an hour's text and a number."""
    london = timezone.get_default_timezone()
    for state, text, comments in rows:
        yield datetime.datetime.fromisoformat(f"{text}:00+00:00").astimezone(london), kinds[State(state)], comments
