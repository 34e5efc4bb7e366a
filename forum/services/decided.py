"""What moderators decide about a comment, its thread or its post, as facts that can be read and put back.

A decision keeps the facts as they were before it and after it (moderation.Decision). It is undone by putting back the
first, as long as the second still hold: whoever decided since is not overruled unseen.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction

from forum import fragments, tree
from forum.clock import this_minute
from forum.errors import BadNote, ChangedSince, NotAllowedNow
from forum.models import Comment, Post
from forum.page_version import raise_shared
from forum.services.comments import lock_comment, store_changes

Facts = dict[str, Any]

State = Comment.State
OF_COMMENT = ("state", "reason", "state_since", "off_topic", "note")
OF_THREAD = ("locked", "slow_minutes")
OF_POST = ("pinned_note",)
MOST_CHARACTERS = 400


def comment_facts(comment_id: int) -> Facts:
    """The facts about a comment alone, ready for JSON."""
    facts: Facts = Comment.objects.values(*OF_COMMENT).get(pk=comment_id)
    since: datetime.datetime | None = facts["state_since"]
    return facts | {"state_since": since.isoformat() if since else None}


def thread_facts(comment_id: int) -> Facts:
    """The facts about the whole thread of a comment; `thread` is the comment that began it."""
    facts: Facts = _top_of(comment_id).values("pk", *OF_THREAD).get()
    return facts | {"thread": facts.pop("pk")}


def post_facts(post_id: int) -> Facts:
    facts: Facts = Post.objects.values(*OF_POST).get(pk=post_id)
    return facts


@transaction.atomic
def put_back_comment(*, comment_id: int, before: Facts, after: Facts) -> None:
    """Make the facts about a comment what they were before a decision.

    Raises:
        ChangedSince: they are no longer those after it.
    """
    comment = lock_comment(comment_id)
    if comment_facts(comment_id) != after:
        raise ChangedSince
    since = before["state_since"]
    store_changes(comment, before | {"state_since": since and datetime.datetime.fromisoformat(since)})


@transaction.atomic
def put_back_thread(*, comment_id: int, before: Facts, after: Facts) -> None:
    """The same of a thread, as long as the comment is in it."""
    post = tree.lock_post(Comment.objects.values_list("post_id", flat=True).get(pk=comment_id))
    now = thread_facts(comment_id)
    # Lines of a former release do not say which thread it was.
    if now | after != now:
        raise ChangedSince
    _top_of(comment_id).update(slow_minutes=before["slow_minutes"])
    _lock(post, comment_id, before["locked"])


@transaction.atomic
def put_back_post(*, post_id: int, before: Facts, after: Facts) -> None:
    """The same of a post."""
    tree.lock_post(post_id)
    if post_facts(post_id) != after:
        raise ChangedSince
    Post.objects.filter(pk=post_id).update(**before)


@transaction.atomic
def mark_comment(*, comment_id: int, off_topic: bool | None = None, note: str | None = None) -> Comment:
    """Fold a readable comment as off topic, or no longer; put a moderator's words below it ("" takes them away).

    Raises:
        NotAllowedNow: it is not readable.
        BadNote: the words are too long.
    """
    comment = lock_comment(comment_id)
    if not comment.is_published:
        raise NotAllowedNow(comment, "marked")
    changes: Facts = {"state_since": this_minute()}
    if off_topic is not None:
        changes["off_topic"] = off_topic
    if note is not None:
        changes["note"] = _clean(note)
    store_changes(comment, changes)
    return comment


@transaction.atomic
def lock_thread(*, comment_id: int, locked: bool = True) -> None:
    """The thread of this comment takes no more replies, or takes them again."""
    post = tree.lock_post(Comment.objects.values_list("post_id", flat=True).get(pk=comment_id))
    _lock(post, comment_id, locked)


@transaction.atomic
def pin_note(*, post_id: int, text: str) -> None:
    """Put the moderators' words above the thread and above the form of a post; "" takes them away.

    Raises:
        BadNote: they are too long.
    """
    tree.lock_post(post_id)
    Post.objects.filter(pk=post_id).update(pinned_note=_clean(text))
    raise_shared()


def _lock(post: Post, comment_id: int, locked: bool) -> None:
    """Each comment of the thread knows it, since each loses its link to reply."""
    tree_id = Comment.objects.values_list("tree_id", flat=True).get(pk=comment_id)
    thread = Comment.objects.filter(post=post, tree_id=tree_id)
    thread.update(locked=locked)
    fragments.redraw(post, thread.order_by().values_list("pk", flat=True))


def _top_of(comment_id: int) -> Any:
    tree_id = Comment.objects.values_list("tree_id", flat=True).get(pk=comment_id)
    return Comment.objects.filter(tree_id=tree_id, level=0)


def _clean(note: str) -> str:
    words = " ".join(note.split())
    if len(words) > MOST_CHARACTERS:
        raise BadNote(f"A note can have {MOST_CHARACTERS} characters; this one has {len(words)}.")
    return words
