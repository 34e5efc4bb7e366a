"""The newest comments of the whole site, by when readers could first read them, in pages that never shift."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from forum import threads
from forum.models import Comment, Post
from forum.querysets import CommentQuerySet
from forum.threads import COLUMNS, Row

PAGE_SIZE = 30
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)
# Shorter than what a date or a database's number cannot hold.
PLACE = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)
POST_COLUMNS = ("title", "state", "year", "month", "slug", "published_at", "comments_open", "comments_close_at")
# Not the sources, nor the texts of the posts: they would be most of what is read.
READ = (
    *COLUMNS,
    "post",
    "published_at",
    *(f"post__{column}" for column in POST_COLUMNS),
    "parent__number",
    "parent__posted_at",
)


@dataclass(frozen=True)
class Cursor:
    """A comment's place among all, so that the next page can begin behind it, whatever came since."""

    published_at: datetime.datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.published_at - EPOCH) // MICROSECOND}-{self.pk}"


def read_cursor(text: str) -> Cursor | None:
    """The place that `str(place)` wrote, or None if it is none."""
    found = PLACE.fullmatch(text)
    return Cursor(EPOCH + int(found[1]) * MICROSECOND, int(found[2])) if found else None


def newest(post: Post | None = None) -> CommentQuerySet:
    """Comments that readers can read, newest first, each with its post and what it answers in the same query.

    Of all published posts; or of one post, whose page the caller knows to be there.
    """
    found: CommentQuerySet = Comment.objects.published()
    found = found.filter(post__state=Post.State.PUBLISHED) if post is None else found.filter(post=post)
    return found.newest_first().select_related("post", "parent", "voice").only(*READ)


def page_before(place: Cursor | None) -> tuple[list[Comment], Cursor | None]:
    """The comments behind `place` (the newest, if it is None), and the place where the page after them begins."""
    found = newest() if place is None else newest().behind(place.published_at, place.pk)
    comments = list(found[: PAGE_SIZE + 1])
    if len(comments) <= PAGE_SIZE:
        return comments, None
    last = comments[PAGE_SIZE - 1]
    return comments[:PAGE_SIZE], Cursor(last.published_at or EPOCH, last.pk)


def row_of(comment: Comment) -> Row:
    """The comment as threads show it, with the row of what it answers."""
    row = threads.row_of(comment)
    if (parent := comment.parent) is not None:
        row.parent = Row(parent.pk, None, 0, parent.number, "", posted_at=parent.posted_at)
    return row
