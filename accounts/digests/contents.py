"""What a mail tells of: its events, by post, the newest post first, no more than is pleasant to read.

Readability is asked again here. Between choosing the events and writing the mail somebody may have removed one.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.digests.events import readable
from accounts.digests.wording import counted, joined
from accounts.models import Detail, DigestEvent

MOST_ITEMS = 40


class Fact(NamedTuple):
    """One event that may be told, and in which version its post's page is."""

    event: int
    post: int
    version: int
    published_at: datetime.datetime
    update: int | None
    comment: int | None


@dataclass
class OfPost:
    """What is new about one post, as ids."""

    post: int
    version: int
    is_new: bool = False
    updates: list[int] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.is_new + len(self.updates) + len(self.comments)


def facts_of(events: Collection[int] | QuerySet[DigestEvent]) -> dict[int, Fact]:
    """What can be read of these events at this moment. One query."""
    columns = ("pk", "post_id", "post__thread_version", "post__published_at", "update_id", "comment_id")
    return {row[0]: Fact(*row) for row in readable().filter(pk__in=events).order_by("pk").values_list(*columns)}


def by_post(facts: Iterable[Fact]) -> list[OfPost]:
    """The newest post first; what is new of it in the order in which it became readable."""
    published: dict[int, datetime.datetime] = {}
    found: dict[int, OfPost] = {}
    for fact in facts:
        published[fact.post] = fact.published_at
        of_post = found.setdefault(fact.post, OfPost(fact.post, fact.version))
        if fact.update is not None:
            of_post.updates.append(fact.update)
        elif fact.comment is not None:
            of_post.comments.append(fact.comment)
        else:
            of_post.is_new = True
    return sorted(found.values(), key=lambda one: (published[one.post], one.post), reverse=True)


def kept(posts: Sequence[OfPost], detail: str, most: int) -> list[OfPost]:
    """What stands in the mail: of each post something before any post has much. Comments only where they are told."""
    if detail == Detail.COUNTS:
        return []
    told = [_items(post, detail) for post in posts]
    ranked = sorted((rank, place) for place, items in enumerate(told) for rank in range(len(items)))[:most]
    shown: dict[int, OfPost] = {}
    for rank, place in sorted(ranked, key=lambda one: (one[1], one[0])):
        kind, pk = told[place][rank]
        of_post = shown.setdefault(place, OfPost(posts[place].post, posts[place].version))
        if kind == "post":
            of_post.is_new = posts[place].is_new
        else:
            getattr(of_post, kind).append(pk)
    return list(shown.values())


def _items(post: OfPost, detail: str) -> list[tuple[str, int]]:
    updates = [("updates", pk) for pk in post.updates]
    if detail == Detail.TITLES:
        return [("post", post.post), *updates]
    return [("post", post.post)] * post.is_new + updates + [("comments", pk) for pk in post.comments]


def summary_of(posts: Iterable[OfPost], *, besides: bool = False) -> str:
    """`1 new post, 2 new updates and 4 new comments`; without the posts themselves if it says what is new besides."""
    posts = list(posts)
    numbers = {
        "post": 0 if besides else sum(post.is_new for post in posts),
        "update": sum(len(post.updates) for post in posts),
        "comment": sum(len(post.comments) for post in posts),
    }
    return joined(counted(number, word) for word, number in numbers.items() if number)
