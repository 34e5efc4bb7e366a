"""What a reader has read, for whoever asked this device to remember it: one cookie, read by the server alone.

Of at most 60 posts it holds how far they were read and when: `1.POST-KNOWN-MORE-MINUTE.POST-…`, numbers in base 62,
the post read last at the end. `KNOWN` is the highest comment number of the visits before this one, `KNOWN + MORE`
that of this visit. A visit ends when ten minutes have passed without another look, so reloading clears no mark.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

from forum.digits import in_digits, number_in

MOST_POSTS = 60
MAX_LENGTH = 1000  # Of the value; with the name still under 1 kB.
VISIT = 10  # minutes
VERSION = "1"
ENTRY = re.compile(r"([0-9A-Za-z]{1,6})-([0-9A-Za-z]{1,5})-([0-9A-Za-z]{1,5})-([0-9A-Za-z]{1,5})")
# Minutes are counted from here, so that they need four digits until 2054.
FIRST_MINUTE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Visit:
    """How far a post was read: up to `known` before this visit, up to `newest` in it; `minute` of the last look."""

    known: int
    newest: int
    minute: int


Seen = Mapping[int, Visit]


def read(text: str) -> Seen:
    """The visits by post, the last one at the end. What cannot be read is passed over."""
    version, *entries = text[: 2 * MAX_LENGTH].split(".")
    if version != VERSION:
        return {}
    found: dict[int, Visit] = {}
    for entry in entries[-MOST_POSTS:]:
        if match := ENTRY.fullmatch(entry):
            post, known, more, minute = (number_in(part) for part in match.groups())
            found.pop(post, None)
            found[post] = Visit(known, known + more, minute)
    return found


def write(seen: Seen) -> str:
    """The cookie's value. The posts read longest ago fall out where there are too many."""
    entries = [_entry(post, visit) for post, visit in list(seen.items())[-MOST_POSTS:]]
    while len(value := ".".join([VERSION, *entries])) > MAX_LENGTH:
        entries.pop(0)
    return value


def look(seen: Seen, *, post: int, newest: int, now: datetime.datetime) -> Seen:
    """Note that `post` is being read now, with comments up to the number `newest`."""
    minute = max((now - FIRST_MINUTE) // datetime.timedelta(minutes=1), 0)
    before = seen.get(post)
    if before is None:
        visit = Visit(newest, newest, minute)
    else:
        is_another = abs(minute - before.minute) >= VISIT
        known = before.newest if is_another else before.known
        visit = Visit(min(known, newest), newest, minute)
    return {other: seen[other] for other in seen if other != post} | {post: visit}


def wrote(seen: Seen, *, post: int, number: int) -> Seen:
    """Note that the reader wrote this comment: it is not new to them, unless others came that they have not read.

    Nothing says that it is theirs; they have read so far, no more.
    """
    before = seen.get(post)
    if before is None or before.newest != number - 1:
        return seen
    known = number if before.known == before.newest else before.known
    return {**seen, post: Visit(known, number, before.minute)}


def _entry(post: int, visit: Visit) -> str:
    numbers = (post, visit.known, visit.newest - visit.known, visit.minute)
    return "-".join(in_digits(number) for number in numbers)
