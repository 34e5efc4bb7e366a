"""Time as this site keeps it: to the minute, shown in Europe/London."""

import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime

# Outside these a date is a slip of the finger, and would make an address that nothing can show.
YEARS = range(1990, 2101)
# Whoever sends the same again within this time pressed twice, or went on after the network was cut.
SAME_AGAIN = datetime.timedelta(minutes=10)


def this_minute() -> datetime.datetime:
    """Now, cut to the minute: the finest time that any row about a comment may hold."""
    return to_the_minute(timezone.now())


def to_the_minute(moment: datetime.datetime) -> datetime.datetime:
    """`moment` without its seconds."""
    return moment.replace(second=0, microsecond=0)


def read_moment(text: str) -> datetime.datetime | None:
    """A moment in ISO 8601 (London time if it names no zone), or None if it is none that this site could mean."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    if moment is None or moment.year not in YEARS:
        return None
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def last_time(moment: datetime.datetime, at: datetime.time, weekday: int | None = None) -> datetime.datetime:
    """The last moment at or before `moment` when the clock in London showed `at`; on a Monday if `weekday` is 0."""
    day = timezone.localdate(moment)
    if moment < timezone.make_aware(datetime.datetime.combine(day, at)):
        day -= datetime.timedelta(days=1)
    if weekday is not None:
        day -= datetime.timedelta(days=(day.weekday() - weekday) % 7)
    return timezone.make_aware(datetime.datetime.combine(day, at))
