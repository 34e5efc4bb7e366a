"""Slow mode: a thread takes one comment from each network in so many minutes (forum/slow_mode.py keeps watch)."""

from __future__ import annotations

from django.db import transaction

from forum import fragments, tree
from forum.errors import BadPause
from forum.models import Comment

# Buckets change their names hourly, so a longer pause would not hold.
LONGEST = 60


def slow_thread(*, comment_id: int, minutes: int) -> None:
    """From now on, one comment from each network in so many minutes in the whole thread of this comment.

    Raises:
        BadPause: `minutes` is not between 1 and 60.
    """
    if not 1 <= minutes <= LONGEST:
        raise BadPause(f"Enter a pause between 1 and {LONGEST} minutes.")
    _pause(comment_id, minutes)


def end_slow_mode(*, comment_id: int) -> None:
    """The thread of this comment takes comments at any pace again."""
    _pause(comment_id, 0)


@transaction.atomic
def _pause(comment_id: int, minutes: int) -> None:
    post_id, tree_id = Comment.objects.values_list("post_id", "tree_id").get(pk=comment_id)
    post = tree.lock_post(post_id)
    root = Comment.objects.filter(post=post, tree_id=tree_id, level=0)
    root.update(slow_minutes=minutes)
    fragments.redraw(post, root.values_list("pk", flat=True))
