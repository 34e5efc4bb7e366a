"""What is new in a thread: since a moment that the address names (`?since=`), or since the reader's last visit."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import or_

from django.db.models import Count, Q
from django.utils import timezone

from forum.clock import read_moment, to_the_minute
from forum.models import Comment, Post
from forum.querysets import CommentQuerySet
from forum.seen import Seen

# The words that an address may use, and how a link calls them.
WORDS = {"hour": "last hour", "today": "today", "day": "last 24 hours", "week": "last 7 days"}
SPANS = {
    "hour": datetime.timedelta(hours=1),
    "day": datetime.timedelta(days=1),
    "week": datetime.timedelta(days=7),
}


@dataclass(frozen=True)
class Since:
    """A moment to count from, London time, and the address's own word for it if it used one."""

    moment: datetime.datetime
    word: str = ""


def read_since(text: str, now: datetime.datetime) -> Since | None:
    """The moment that `?since=` names: a word, or ISO 8601 (London time if it names no zone). None if neither."""
    local = timezone.localtime(now)
    if text == "today":
        return Since(local.replace(hour=0, minute=0, second=0, microsecond=0), text)
    if text in SPANS:
        return Since(timezone.localtime(to_the_minute(now - SPANS[text])), text)
    # A `+` in an address is a blank once it is read.
    moment = read_moment(text.strip().replace(" ", "+"))
    return Since(timezone.localtime(moment)) if moment else None


@dataclass(frozen=True)
class News:
    """What a thread's page says about new comments to one reader."""

    numbers: frozenset[int] = frozenset()
    since: Since | None = None
    # What `?since=` held, if it was there and could not be read.
    not_understood: bool = False
    # Whether this device remembers what was read.
    remembers: bool = False
    bookmark: str = ""

    @property
    def word(self) -> str:
        """The word of `WORDS` that was asked for; "" for none. (Templates take long over what is not there.)"""
        return self.since.word if self.since else ""


def news_of(post: Post, *, asked: str | None, seen: Seen | None, now: datetime.datetime) -> News:
    """What is new since `asked`, the value of `?since=`; without one since the last visit, if `seen` tells of one.

    At most one query; none for a reader who asks for nothing.
    """
    remembers = seen is not None
    since = None if asked is None else read_since(asked, now)
    if since:
        return News(numbers_since(post, since.moment), since, remembers=remembers, bookmark=bookmark(now))
    visit = (seen or {}).get(post.pk)
    numbers = numbers_after(post, visit.known) if visit and visit.known < post.last_number else frozenset()
    return News(numbers, not_understood=asked is not None, remembers=remembers)


def bookmark(now: datetime.datetime) -> str:
    """`now` as `?since=` takes it: a minute in London, as people read it on the clock."""
    return f"{timezone.localtime(now):%Y-%m-%dT%H:%M}"


def numbers_since(post: Post, moment: datetime.datetime) -> frozenset[int]:
    """The numbers of the comments that readers could first see in or after that minute: one query."""
    return _numbers(Comment.objects.filter(post=post, published_at__gte=moment))


def numbers_after(post: Post, number: int) -> frozenset[int]:
    """The numbers of the readable comments above this one: one query."""
    return _numbers(Comment.objects.filter(post=post, number__gt=number))


def _numbers(comments: CommentQuerySet) -> frozenset[int]:
    return frozenset(number for number in comments.published().values_list("number", flat=True) if number)


def count_after(post: Post, number: int) -> int:
    """How many readable comments came after this number: one query."""
    return Comment.objects.filter(post=post, number__gt=number).published().count()


def counts_since_last_visit(posts: Sequence[Post], seen: Seen) -> dict[int, int]:
    """How many comments came to each of these posts since it was read last, by post; one query.

    Posts that were never read, and posts without anything new, are left out.
    """
    behind = [post for post in posts if post.pk in seen and post.last_number > seen[post.pk].newest]
    if not behind:
        return {}
    wanted = reduce(or_, (Q(post=post, number__gt=seen[post.pk].newest) for post in behind))
    found = Comment.objects.filter(wanted).published().order_by().values("post").annotate(new=Count("pk"))
    return {row["post"]: row["new"] for row in found}


def following(numbers: Sequence[int], new: Collection[int]) -> dict[int, int]:
    """For each new one of `numbers`, which stand in the order of the page, the new one after it."""
    in_order = [number for number in numbers if number in new]
    return dict(pairwise(in_order))
