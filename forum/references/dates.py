"""The dates that people write beside a clock time."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# A day and month come round every year, 29 February after eight at most.
LONGEST_SEARCH = 9

_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b"
_DAY = r"(?<![0-9])(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s{1,3}(?P<year>(?:19|20)[0-9]{2})(?![0-9:.]))?"
# Each may hold the groups day, month and year; `word` is a day named from the comment's own.
_SHAPES = (
    rf"(?:{_WEEKDAY},?\s{{1,3}})?(?:the\s{{1,3}})?{_DAY}\s{{1,3}}(?:of\s{{1,3}})?{_MONTH}{_YEAR}",
    rf"\b{_MONTH}\s{{1,3}}{_DAY}(?![0-9:.]){_YEAR}",
    r"(?<![0-9/])(?P<day>[0-3]?[0-9])/(?P<month>[01]?[0-9])(?:/(?P<year>[0-9]{4}|[0-9]{2}))?(?![0-9/])",
    r"(?<![0-9-])(?P<year>(?:19|20)[0-9]{2})-(?P<month>[01][0-9])-(?P<day>[0-3][0-9])(?![0-9-])",
    r"(?:\blast\s{1,3})?\b(?P<word>today|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
)
_BEFORE = [
    re.compile(rf"(?:\b(?:on|of|from)\s{{1,3}})?[(\[]?{s}(?:['’]s)?[,)\]]?\s{{0,3}}(?:\bat\b|@)?\s{{0,3}}[(\[]?$", re.I)
    for s in _SHAPES
]
_AFTER = [re.compile(rf"\s{{0,3}}[,(\[]?\s{{0,3}}(?:(?:on|of)\s{{1,3}})?{s}[)\]]?", re.I) for s in _SHAPES]
# How far from the clock time the longest date may begin.
REACH = 48


@dataclass(frozen=True)
class Day:
    """A day as it was written: day and month, perhaps a year; or a weekday (Monday 0); or days before the comment's."""

    day: int = 0
    month: int = 0
    year: int | None = None
    weekday: int | None = None
    days_ago: int | None = None

    def latest(self, today: datetime.date) -> datetime.date | None:
        """The latest such day that is not after `today`, or None where the calendar has none."""
        if self.days_ago is not None or self.weekday is not None:
            ago = self.days_ago if self.weekday is None else (today.weekday() - self.weekday) % 7
            return today - datetime.timedelta(days=ago or 0)
        years = [self.year] if self.year else range(today.year, today.year - LONGEST_SEARCH, -1)
        days = (_date(year, self.month, self.day) for year in years)
        return next((day for day in days if day and day <= today), None)


def day_before(text: str) -> tuple[Day | None, str]:
    """The date at the end of `text`, and `text` without it."""
    tail = text[-REACH:]
    for shape in _BEFORE:
        if match := shape.search(tail):
            return _read(match), text[: len(text) - len(tail) + match.start()]
    return None, text


def day_after(text: str) -> tuple[Day | None, str]:
    """The date at the beginning of `text`, and `text` without it."""
    for shape in _AFTER:
        if match := shape.match(text):
            return _read(match), text[match.end() :]
    return None, text


def _read(match: re.Match[str]) -> Day:
    found = match.groupdict()
    if word := (found.get("word") or "").lower():
        if word in ("today", "yesterday"):
            return Day(days_ago=int(word == "yesterday"))
        return Day(weekday=WEEKDAYS.index(word[:3]))
    month, year = found["month"].lower(), int(found["year"]) if found["year"] else None
    number = int(month) if month.isdigit() else MONTHS.index(month[:3]) + 1
    return Day(int(found["day"]), number, year + 2000 if year is not None and year < 100 else year)


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
