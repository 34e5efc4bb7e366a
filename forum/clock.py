"""Time as this site keeps it: to the minute, shown in Europe/London."""

import datetime

from django.utils import timezone


def this_minute() -> datetime.datetime:
    """Now, cut to the minute: the finest time that any row about a comment may hold."""
    return to_the_minute(timezone.now())


def to_the_minute(moment: datetime.datetime) -> datetime.datetime:
    """`moment` without its seconds."""
    return moment.replace(second=0, microsecond=0)
