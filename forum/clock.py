"""Time as this site keeps it: to the minute, shown in Europe/London."""

import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime

# Outside these a date is a slip of the finger, and would make an address that nothing can show.
YEARS = range(1990, 2101)


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
