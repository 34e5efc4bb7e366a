"""Finding the clock times in a typed text that are names of comments."""

from __future__ import annotations

from dataclasses import dataclass

from forum.references.clocks import Clock, chains, lines
from forum.references.dates import Day
from forum.references.naming import names


@dataclass(frozen=True)
class Mention:
    """A clock time that names a comment: `text[start:end]` is the time alone; `date` is the one that stands with it."""

    start: int
    end: int
    hour: int
    minute: int
    date: Day | None = None


def find_mentions(text: str) -> list[Mention]:
    """The clock times in `text`, as typed, that name a comment, in their order. Linear in the length of `text`."""
    return [
        _mention(clock, chain, line.offset)
        for line in lines(text)
        for chain in chains(line.text)
        for clock in names(chain, line)
    ]


def _mention(clock: Clock, chain: list[Clock], offset: int) -> Mention:
    """One date may stand for several times: “10:15 and 11:02 on Monday”."""
    at = chain.index(clock)
    date = clock.date or next((other.date for other in [*chain[at:], *reversed(chain[:at])] if other.date), None)
    hour = int(clock.match["hour"] or clock.match["short"])
    start, end = clock.match.start(), clock.match.end("minute")
    return Mention(offset + start, offset + end, hour, int(clock.match["minute"]), date)
