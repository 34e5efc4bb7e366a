"""What happened, in an order in which nothing can be overtaken.

A publication writes an event in its own transaction. Committed events are then *sealed*: numbered under a
lock. Neither ids nor times would do, since a transaction that began earlier may commit later.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from accounts.models import DigestEvent
from forum.locks import Lock, hold
from forum.models import Comment, Post, PostUpdate
from forum.statements import insert


def note_comment(comment: Comment) -> None:
    """A comment became readable for the first time. Call it inside the transaction that published it."""
    # One statement, since the post is locked meanwhile; an event that is there stays.
    insert(DigestEvent(comment=comment, post_id=comment.post_id), unless_there=True)


def note_post(post: Post) -> None:
    """A post became readable for the first time. Call it inside the transaction that published it."""
    DigestEvent.objects.get_or_create(post=post, comment=None, update=None)


def note_update(update: PostUpdate) -> None:
    """A post got a dated update. Call it inside the transaction that added it."""
    DigestEvent.objects.get_or_create(update=update, defaults={"post_id": update.post_id})


@transaction.atomic
def seal() -> int:
    """Number the events that have none, in the order of their ids, and return the highest number there is."""
    hold(Lock.SEAL_EVENTS)
    horizon = DigestEvent.objects.aggregate(highest=Max("seq"))["highest"] or 0
    unsealed = list(DigestEvent.objects.filter(seq=None).order_by("pk"))
    for event in unsealed:
        horizon += 1
        event.seq = horizon
    DigestEvent.objects.bulk_update(unsealed, ["seq"], batch_size=500)
    return horizon
