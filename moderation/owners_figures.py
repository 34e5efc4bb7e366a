"""The owner's figures: how much comes and when, how long it waits, what is talked about, what is decided.

Page views and searches without a result are not among them: neither is recorded.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain

from django.db.models import Count
from django.utils import timezone

from forum.models import Comment, Post
from moderation import counting
from moderation.charts.bars import lying, stacked
from moderation.charts.heat import heat
from moderation.charts.tables import Chart, Rows, Table
from moderation.counting import known_reasons, reason_of
from moderation.models import Action, Decision
from moderation.transparency_figures import time_chart

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
KINDS = ("published", "held", "gone")
LABELS = ("Published", "Held", "Gone")
POSTS_SHOWN = 10
RECENT, WOKEN, ASLEEP = (datetime.timedelta(days=days) for days in (30, 7, 14))
Periods = dict[datetime.date, Counter[str]]


def charts() -> list[Chart]:
    """All of them, from a fixed number of queries."""
    months, days = counting.last_months(), counting.last_days(2 * counting.DAYS)
    by_day: Periods = defaultdict(Counter)
    by_month: Periods = defaultdict(Counter)
    by_hour: Counter[tuple[int, int]] = Counter()
    first_day = days[-1] - datetime.timedelta(weeks=12) + datetime.timedelta(days=1)
    recent = counting.start_of(first_day)
    # By the hour only where hours are shown: that takes longer.
    for month, kind, comments in counting.readable_by_month(months, recent):
        by_month[month][kind] += comments
    never = counting.never_readable_by_hour(counting.start_of(months[0]))
    for hour, kind, comments in chain(counting.readable_by_hour(recent), never):
        day = hour.date()
        by_day[day][kind] += comments
        by_month[day.replace(day=1)][kind] += comments
        if day >= first_day:
            by_hour[hour.weekday(), hour.hour] += comments
    return [
        of_days(days, by_day),
        of_months(months, by_month),
        waiting_time(),
        of_hours(by_hour),
        talked_about(),
        woken(),
        decided(),
    ]


def of_days(days: list[datetime.date], by_day: Periods) -> Chart:
    """Comments of the last 28 days; the 28 before are there for comparison."""
    before, now = (sum(by_day[day].total() for day in part) for part in (days[: counting.DAYS], days[counting.DAYS :]))
    finding = f"{now} comments in four weeks, {compared(now, before)} the four weeks before."
    shown = days[counting.DAYS :]
    rows = ((f"{day:%a} {day.day} {day:%b}", f"{day.day} {day:%b}", by_day[day]) for day in shown)
    return _comments("days", "Comments a day", finding, "Day", rows, every=7)


def of_months(months: list[datetime.date], by_month: Periods) -> Chart:
    """Comments of the last twelve months."""
    busiest = max(months, key=lambda month: by_month[month].total())
    finding = f"The busiest month was {busiest:%B %Y}, with {by_month[busiest].total()} comments."
    rows = ((f"{month:%B %Y}", f"{month:%b}", by_month[month]) for month in months)
    return _comments("months", "Comments a month", finding, "Month", rows, every=2)


def _comments(
    name: str, heading: str, finding: str, first: str, rows: Iterable[tuple[str, str, Counter[str]]], *, every: int
) -> Chart:
    listed = list(rows)
    series = [(label, [of[kind] for _, _, of in listed]) for kind, label in zip(KINDS, LABELS, strict=True)]
    drawing = stacked(name, finding, [label for _, label, _ in listed], series, every=every)
    cells: Rows = tuple((full, *(of[kind] for kind in KINDS)) for full, _, of in listed)
    table = Table(name, f"{heading}, by what became of them", (first, *LABELS), cells)
    return Chart(heading, finding, table, drawing)


def compared(now: int, before: int) -> str:
    """`12 % more than`, `4 times as many as`, `as many as`."""
    if now == before or not before:
        return "as many as" if now == before else "after none in"
    if now > 3 * before:
        return f"{round(now / before)} times as many as"
    share = round(abs(now - before) / before * 100)
    return f"{share} % {'more' if now > before else 'fewer'} than"


def waiting_time() -> Chart:
    """Hours until the first decision, by the day of the decision."""
    days = counting.last_days()
    by_day: dict[datetime.date, list[float]] = defaultdict(list)
    for decided_at, hours in counting.waits(counting.start_of(days[0])):
        by_day[timezone.localdate(decided_at)].append(hours)
    return time_chart("waiting", [(f"{d.day} {d:%b}", f"{d:%a} {d.day} {d:%b}", by_day[d]) for d in days], every=7)


def of_hours(by_hour: Counter[tuple[int, int]]) -> Chart:
    """When comments came in the last twelve weeks, for the moderators' rota."""
    finding = "No comment came in twelve weeks."
    if by_hour:
        (weekday, hour), most = by_hour.most_common(1)[0]
        finding = f"Most come on {WEEKDAYS[weekday]} from {hour}:00 to {hour + 1}:00: {most} in twelve weeks."
    drawing = heat("hours", finding, WEEKDAYS, [f"{hour}" if hour % 3 == 0 else "" for hour in range(24)], by_hour)
    rows: Rows = tuple((f"{hour}:00", *(by_hour[day, hour] for day in range(7))) for hour in range(24))
    table = Table("hours", "Comments in twelve weeks by weekday and hour", ("Hour", *WEEKDAYS), rows)
    return Chart("When comments come", finding, table, drawing)


def talked_about() -> Chart:
    """The posts of the last 30 days by their comments."""
    posts = Post.objects.published().filter(published_at__gte=timezone.now() - RECENT).order_by("-comment_count", "-pk")
    rows = tuple(posts.values_list("title", "comment_count")[:POSTS_SHOWN])
    finding = f"“{rows[0][0]}” has the most comments: {rows[0][1]}." if rows else "No post appeared in 30 days."
    drawing = lying("posts", finding, [(_cut(title), count) for title, count in rows])
    table = Table("posts", "Posts of the last 30 days by comments", ("Post", "Comments"), rows)
    return Chart("Posts of the last 30 days", finding, table, drawing)


def _cut(title: str) -> str:
    return title if len(title) <= 44 else f"{title[:43]}…"


def woken() -> Chart:
    """Posts older than two weeks that got comments in the last seven days."""
    now = timezone.now()
    fresh = Comment.objects.published().order_by().filter(published_at__gte=now - WOKEN)
    old = fresh.filter(post__state=Post.State.PUBLISHED, post__published_at__lt=now - ASLEEP)
    counts = old.values_list("post__title", "post").annotate(fresh=Count("pk")).order_by("-fresh", "-post")
    rows: Rows = tuple((title, number) for title, _, number in counts[:POSTS_SHOWN])
    finding = f"{len(rows)} old post{'s' if len(rows) != 1 else ''} got comments in the last seven days."
    table = Table("woken", "Posts older than two weeks by comments of the last seven days", ("Post", "Comments"), rows)
    return Chart("Old posts that woke up", finding, table)


def decided() -> Chart:
    """Decisions of the last twelve weeks by reason, and how many of them were undone."""
    since = timezone.now() - datetime.timedelta(weeks=12)
    known = known_reasons()
    taken, undone = Counter[str](), Counter[str]()
    wanted = Decision.objects.filter(decided_at__gte=since, action__in=[Action.REMOVE, Action.REFUSE, Action.COVER])
    for reason, undo in wanted.order_by().values_list("reason", "undone_by"):
        why = reason_of(reason, known)
        taken[why] += 1
        undone[why] += undo is not None
    rows: Rows = tuple((reason, number, undone[reason]) for reason, number in taken.most_common())
    finding = f"{undone.total()} of {taken.total()} decisions were undone."
    caption = "Removals, refusals and covers of the last twelve weeks by reason"
    return Chart("Decisions by reason", finding, Table("decisions", caption, ("Reason", "Decisions", "Undone"), rows))
