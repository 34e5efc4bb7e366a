"""Which comments of a post the clock times in a comment mean."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from forum.clock import to_the_minute
from forum.references.finding import Mention

Candidate = tuple[int, datetime.datetime | None]


@dataclass(frozen=True)
class Reference:
    """A mention and the comments that it may mean, by number: one is a link, several a question, none plain text."""

    mention: Mention
    numbers: tuple[int, ...] = ()

    @property
    def number(self) -> int | None:
        """The comment that it leads to, if that is certain."""
        return self.numbers[0] if len(self.numbers) == 1 else None


def resolve(
    mentions: Sequence[Mention],
    candidates: Iterable[Candidate],
    own_time: datetime.datetime | None,
    *,
    own_number: int | None = None,
) -> list[Reference]:
    """What each mention means, in the same order.

    Args:
        mentions: those of one comment, from `find_mentions`.
        candidates: number and time of the post's comments, in any order; later ones, the comment itself, and those
            without a time may be among them and never count.
        own_time: when the comment was posted; None leaves every mention without a comment.
        own_number: its number, which parts it from others of its minute; None for one that has none yet, so that
            all others of its minute are before it.

    A minute is what the page shows (`TIME_ZONE`): both 01:30 of the night in October are the same.
    """
    if own_time is None or not mentions:
        return [Reference(mention) for mention in mentions]
    today = timezone.localtime(own_time).date()
    shown: defaultdict[datetime.time, defaultdict[datetime.date, set[int]]] = defaultdict(lambda: defaultdict(set))
    for number, posted_at in candidates:
        if posted_at is not None and _is_earlier(number, posted_at, own_time, own_number):
            local = timezone.localtime(posted_at)
            shown[datetime.time(local.hour, local.minute)][local.date()].add(number)
    return [Reference(mention, _numbers(mention, shown, today)) for mention in mentions]


def _is_earlier(number: int, posted_at: datetime.datetime, own_time: datetime.datetime, own_number: int | None) -> bool:
    # In UTC: two times of the same zone are compared by their faces, which lie in October.
    minute, own_minute = (to_the_minute(moment.astimezone(datetime.UTC)) for moment in (posted_at, own_time))
    if number == own_number:
        return False
    return minute < own_minute or (minute == own_minute and (own_number is None or number < own_number))


def _numbers(
    mention: Mention,
    shown: defaultdict[datetime.time, defaultdict[datetime.date, set[int]]],
    today: datetime.date,
) -> tuple[int, ...]:
    days = shown.get(datetime.time(mention.hour, mention.minute))
    if not days:
        return ()
    wanted = mention.date.latest(today) if mention.date else max(days)
    return tuple(sorted(days.get(wanted, ()))) if wanted else ()
