"""Where a comment's text stands, counted now: what taking it down, or taking words out of it, reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from forum import page_cache
from forum.latest import newest
from forum.models import Comment, Pick, Post, Quotation
from forum.search import is_found
from forum.signals import counting_places
from forum.views.feeds import COMMENTS_IN_FEED


@dataclass(frozen=True)
class Place:
    """Somewhere that readers find the text, and how often it stands there."""

    name: str
    count: int

    def __str__(self) -> str:
        return f"{self.count} {self.name}" + ("s" if self.count != 1 else "")


def reach_of(comment: Comment) -> list[Place]:
    """The places from which the text goes with a decision; those without it are left out, all if none can read it.

    All of them read the comment's one row, or are made from it; other comments that repeat its words are their
    authors' own, and stay.
    """
    if not comment.is_published:
        return []
    quoting = list(Post.objects.filter(pk__in=Quotation.objects.filter(comment=comment).values("post")))
    places = [
        Place("page of its thread", 1),
        Place("quotation in a post", len(quoting)),
        Place("tick for a round-up", Pick.objects.filter(comment=comment).count()),
        Place("entry of the search", int(is_found(comment))),
        Place("feed", _feeds(comment)),
        Place("kept page", _kept_pages([comment.post, *quoting])),
    ]
    # Other apps may show it, too.
    for answer in counting_places.send(None, comment=comment):
        told: Any = answer[1]
        places += [Place(name, count) for name, count in told]
    return [place for place in places if place.count]


def _feeds(comment: Comment) -> int:
    """The feeds that are new enough: of the whole site, of its post, and of each comment above it."""
    feeds = (newest(), newest(comment.post))
    near = sum(comment.pk in list(feed.values_list("pk", flat=True)[:COMMENTS_IN_FEED]) for feed in feeds)
    above = Comment.objects.filter(tree_id=comment.tree_id, lft__lt=comment.lft, rght__gt=comment.rght).count()
    return near + above


def _kept_pages(posts: list[Post]) -> int:
    """Those of this process that show one of these posts."""
    paths = tuple(post.get_absolute_url() for post in posts)
    return sum(getattr(address, "path", "").startswith(paths) for address in list(page_cache.KEPT.pages))
