"""Slow mode: a thread takes one comment from each visitor bucket in so many minutes.

When somebody wrote is remembered in the rate memory only, and at most until the bucket changes its name, hourly.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from forum.errors import ForumError, SlowedDown
from forum.memory import first
from forum.models import Comment, Post


def pause_of(post: Post, number: int | None) -> tuple[int, int]:
    """The thread that comment `number` belongs to, by the id of its tree, and its pause in minutes; 0 for none.

    Comments of their own, which begin a thread, never wait.
    """
    if number is None:
        return 0, 0
    trees = Comment.objects.filter(post=post, number=number).values("tree_id")
    root = Comment.objects.filter(post=post, tree_id__in=trees, level=0).values_list("tree_id", "slow_minutes").first()
    return root or (0, 0)


def pause_around(comment: Comment) -> int:
    """The pause, in minutes, of the thread that a comment stands in; 0 for none."""
    roots = Comment.objects.filter(tree_id=comment.tree_id, level=0)
    return roots.values_list("slow_minutes", flat=True).first() or 0


@contextmanager
def pausing(request: HttpRequest, *, post: Post, number: int | None, nonce: str) -> Iterator[None]:
    """Take the turn of this visitor in a slow thread; it is given back if the comment is not taken after all.

    The same form sent twice, by its nonce, is one turn.

    Raises:
        SlowedDown: the last comment from this bucket in this thread is too new.
    """
    thread, minutes = pause_of(post, number) if settings.FORUM_LIMITS else (0, 0)
    if not minutes:
        yield
        return
    name = f"slow:{thread}:{request.visitor}"  # type: ignore[attr-defined]
    form = hashlib.sha256(nonce.encode()).hexdigest()[:16] if nonce else ""
    now = int(time.time())
    if not first(name, seconds=minutes * 60, value=f"{now} {form}"):
        since, _, same = cache.get(name, "0 ").partition(" ")
        left = math.ceil((int(since) + minutes * 60 - now) / 60)
        if left > 0 and not (form and form == same):
            raise SlowedDown(pause=minutes, minutes=left)
        yield
        return
    try:
        yield
    except ForumError:
        cache.delete(name)
        raise
