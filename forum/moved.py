"""Where comments are now that a moderator moved: what a signpost says, and where an old number leads."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from forum.models import Comment, MovedComment, Post

MOVED = Comment.State.MOVED
COLUMNS = (
    *("signpost", "number", "comment__number"),
    *(f"comment__post__{column}" for column in ("title", "state", "year", "month", "slug")),
)


class Sign(NamedTuple):
    """What stands on a signpost: how many comments went, and to which post; `address` is "" where readers have none."""

    comments: int
    title: str
    address: str


def signs(signposts: Collection[int]) -> dict[int, Sign]:
    """What stands on these signposts, by id: one query."""
    found: dict[int, Sign] = {}
    rows = MovedComment.objects.filter(signpost__in=signposts, number__isnull=False).order_by("pk")
    for signpost, _, number, title, state, year, month, slug in rows.values_list(*COLUMNS):
        if signpost in found:
            found[signpost] = found[signpost]._replace(comments=found[signpost].comments + 1)
            continue
        post = Post(title=title, state=state, year=year, month=month, slug=slug)
        address = f"{post.get_absolute_url()}?c={number}#c{number}" if post.is_readable else ""
        found[signpost] = Sign(1, title, address)
    return found


def is_gone(post: Post, number: int | None) -> bool:
    """Whether a comment with this number of a post was moved: one quick query."""
    return number is not None and MovedComment.objects.filter(post=post, number=number).exists()


def comment_now(post: Post, number: int | None) -> Comment | None:
    """The comment that had this number of a post before a move, with the post where it is now; None for none."""
    if not number:
        return None
    rows = MovedComment.objects.select_related("comment__post")
    had = rows.filter(post=post, number=number).order_by("pk")
    found = had.exclude(comment__state=MOVED).last() or had.last()
    if found is None or found.comment.state == MOVED:
        # A signpost that came along with a branch.
        signpost = found.comment if found else Comment.objects.filter(post=post, number=number, state=MOVED).first()
        found = rows.filter(signpost=signpost).order_by("pk").first() if signpost else None
    return found.comment if found and found.comment.post.is_readable else None
