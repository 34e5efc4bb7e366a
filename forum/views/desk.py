"""The desk's first screen: what waits, then the last days at a glance; and the list of all posts."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from forum.models import Autosave, Comment, Post
from forum.staff import WRITE_POSTS, staff_only

DAYS_SHOWN = 14
POSTS_A_PAGE = 50
State = Comment.State


@dataclass(frozen=True)
class Day:
    """The comments that arrived on one day, by what became of them."""

    date: datetime.date
    published: int
    held: int
    taken_down: int

    @property
    def total(self) -> int:
        return self.published + self.held + self.taken_down


@require_safe
@staff_only(WRITE_POSTS)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for the owner, and how the last two weeks were."""
    of_owner = Post.objects.order_by("published_at", "-updated_at")
    days = last_days()
    context = {
        "unsaved": Autosave.objects.select_related("post"),
        "discussions": Post.objects.waiting(),
        "refused": Post.objects.refused()[:20],
        "drafts": of_owner.filter(state=Post.State.DRAFT),
        "scheduled": of_owner.filter(state=Post.State.SCHEDULED),
        "days": days,
        "busiest": max((day.total for day in days), default=0),
        "recent": Post.objects.published()[:5],
        "woken": woken_posts(),
    }
    return render(request, "forum/desk.html", context)


def last_days() -> list[Day]:
    """The last 14 days in London, newest first, each with its comments by state."""
    today = timezone.localdate()
    first = today - datetime.timedelta(days=DAYS_SHOWN - 1)
    since = timezone.make_aware(datetime.datetime.combine(first, datetime.time.min))
    # None appears before it arrives, and an index knows when those with a number appeared.
    unseen = [State.HELD, State.REFUSED]
    appeared = Q(state__in=set(State) - set(unseen), published_at__gte=since)
    rows = [
        row
        for some in (appeared, Q(state__in=unseen))
        for row in Comment.objects.order_by()
        .filter(some, posted_at__gte=since)
        .annotate(day=TruncDate("posted_at"))
        .values_list("day", "state")
        .annotate(comments=Count("pk"))
    ]
    counts: Counter[tuple[datetime.date, str]] = Counter()
    for day, state, comments in rows:
        counts[day, state] += comments
    dates = [today - datetime.timedelta(days=back) for back in range(DAYS_SHOWN)]
    return [
        Day(
            date,
            published=counts[date, State.PUBLISHED],
            held=counts[date, State.HELD],
            taken_down=counts[date, State.REMOVED] + counts[date, State.REFUSED] + counts[date, State.WITHDRAWN],
        )
        for date in dates
    ]


def woken_posts() -> QuerySet[Post]:
    """Posts older than two weeks with comments of the last seven days, the liveliest first."""
    now = timezone.now()
    week_ago = now - datetime.timedelta(days=7)
    recent = Comment.objects.published().filter(posted_at__gte=week_ago, published_at__gte=week_ago)
    old = Post.objects.published().filter(published_at__lt=now - datetime.timedelta(days=DAYS_SHOWN))
    return old.filter(comments__in=recent).annotate(fresh=Count("comments")).order_by("-fresh")[:5]


@require_safe
@staff_only(WRITE_POSTS)
def posts(request: HttpRequest) -> HttpResponse:
    """All posts, the newest first; `?state=` shows those of one state."""
    # A draft stands where it was last saved: databases disagree about where no time at all stands.
    listed = Post.objects.order_by(Coalesce("published_at", "updated_at").desc(), "-pk")
    state = request.GET.get("state", "")
    if state in Post.State.values:
        listed = listed.filter(state=state)
    page = Paginator(listed, POSTS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "state": state, "states": Post.State.choices}
    return render(request, "forum/posts.html", context)
