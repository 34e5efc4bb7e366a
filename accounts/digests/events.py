"""What happened, in an order in which nothing can be overtaken.

A publication writes an event in its own transaction. Committed events are then *sealed*: numbered under a
lock. Neither ids nor times would do, since a transaction that began earlier may commit later.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet

from accounts.models import DigestEvent, Subscription
from forum.locks import Lock, hold
from forum.models import Comment, Post, PostUpdate
from forum.querysets import CommentQuerySet
from forum.statements import insert

SEAL = """
UPDATE accounts_digestevent SET seq = numbered.seq
FROM (
  SELECT id, (SELECT COALESCE(MAX(seq), 0) FROM accounts_digestevent) + ROW_NUMBER() OVER (ORDER BY id) AS seq
  FROM accounts_digestevent WHERE seq IS NULL
) AS numbered
WHERE accounts_digestevent.id = numbered.id
"""


def note_comment(comment: Comment) -> None:
    """A comment became readable for the first time. Call it inside the transaction that published it."""
    # One statement, since the post is locked meanwhile; an event that is there stays.
    insert(DigestEvent(comment=comment, post_id=comment.post_id), unless_there=True)


def follow_branch(comments: CommentQuerySet, to_post: Post) -> None:
    """Comments were moved: what is still to be told of them is told with their new post, and nothing twice."""
    DigestEvent.objects.filter(comment__in=comments.order_by()).update(post=to_post)


def note_post(post: Post) -> None:
    """A post became readable for the first time. Call it inside the transaction that published it."""
    DigestEvent.objects.get_or_create(post=post, comment=None, update=None)


def note_update(update: PostUpdate) -> None:
    """A post got a dated update. Call it inside the transaction that added it."""
    DigestEvent.objects.get_or_create(update=update, defaults={"post_id": update.post_id})


def readable() -> QuerySet[DigestEvent]:
    """Events of what readers may read at this moment, and nobody marked as off topic."""
    shown = Q(comment=None) | Q(comment__state=Comment.State.PUBLISHED, comment__off_topic=False)
    return DigestEvent.objects.filter(shown, post__state=Post.State.PUBLISHED)


def digests_to_come(comment: Comment) -> int:
    """How many subscriptions have a comment still before them."""
    event = DigestEvent.objects.filter(comment=comment, comment__state=Comment.State.PUBLISHED).first()
    if event is None:
        return 0
    the_site = Q(label=None, post=None, thread=None)
    a_part = Q(post=comment.post_id) | Q(label__posts=comment.post_id) | Q(thread__tree_id=comment.tree_id)
    following = Subscription.objects.confirmed().filter(the_site | a_part, updates_only=False)
    return (following if event.seq is None else following.filter(acked_seq__lt=event.seq)).distinct().count()


@transaction.atomic
def seal() -> int:
    """Number the events that have none, in the order of their ids, and return the highest number there is.

    Only what is committed is seen, so whoever commits later gets a higher number, however early it began.
    """
    hold(Lock.SEAL_EVENTS)
    with connection.cursor() as cursor:
        cursor.execute(SEAL)
    return DigestEvent.objects.aggregate(highest=Max("seq"))["highest"] or 0
