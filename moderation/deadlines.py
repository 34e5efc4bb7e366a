"""By when a removal request must be answered: the law's clocks, in London time.

A complaint of defamation has 48 hours in which Saturdays, Sundays and the bank holidays of England and Wales do not
count (the Defamation (Operators of Websites) Regulations 2013); personal data has one month (UK GDPR, article 12).
"""

from __future__ import annotations

import calendar
import datetime

from django.utils import timezone

from moderation.models import Ground

WORKING_TIME = datetime.timedelta(hours=48)
DAY = datetime.timedelta(days=1)


def due(ground: Ground, asked_at: datetime.datetime) -> datetime.datetime | None:
    """The moment by which somebody who asked then must have an answer; None where no law names one."""
    if ground == Ground.DEFAMATORY:
        return after_working_time(asked_at, WORKING_TIME)
    if ground in (Ground.PERSONAL_DATA, Ground.IDENTIFIES_ME):
        return a_month_after(asked_at)
    return None


def after_working_time(start: datetime.datetime, length: datetime.timedelta) -> datetime.datetime:
    """`start` and so much of days that count. Clocks change on Sundays, so each of them has 24 hours."""
    moment, left = timezone.localtime(start), length
    while True:
        next_day = timezone.make_aware(datetime.datetime.combine(moment.date() + DAY, datetime.time.min))
        if counts(moment.date()):
            if moment + left < next_day:
                return moment + left
            left -= next_day - moment
        moment = next_day


def a_month_after(start: datetime.datetime) -> datetime.datetime:
    """The same time on the same day of the next month, or on its last day."""
    local = timezone.localtime(start)
    year, month = local.year + local.month // 12, local.month % 12 + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return timezone.make_aware(datetime.datetime(year, month, day, local.hour, local.minute))


def counts(day: datetime.date) -> bool:
    """Whether a day is neither a weekend nor a bank holiday in England and Wales."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def bank_holidays(year: int) -> set[datetime.date]:
    """Those of every year. One for a single occasion (a jubilee) is not among them: the answer is then due earlier."""
    easter = easter_sunday(year)
    fixed = [datetime.date(year, 1, 1), datetime.date(year, 12, 25), datetime.date(year, 12, 26)]
    found = {easter - 2 * DAY, easter + DAY, _monday(year, 5, 1), _monday(year, 5, 25), _monday(year, 8, 25)}
    # A holiday at a weekend is kept on the next day that is free.
    for day in fixed:
        found.add(
            next(free for free in (day + DAY * on for on in range(5)) if free.weekday() < 5 and free not in found)
        )
    return found


def _monday(year: int, month: int, first: int) -> datetime.date:
    """The first Monday at or after a day of the month."""
    day = datetime.date(year, month, first)
    return day + DAY * (-day.weekday() % 7)


def easter_sunday(year: int) -> datetime.date:
    """By the calendar of Gregory, after Meeus, Jones and Butcher."""
    century = year // 100
    golden = year % 19
    correction = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon = correction - (correction // 28) * (1 - (29 // (correction + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    step = moon - weekday
    month = 3 + (step + 40) // 44
    return datetime.date(year, month, step + 28 - 31 * (month // 4))
