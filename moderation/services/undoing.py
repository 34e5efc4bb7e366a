"""Undoing a decision: right after it, from the log for thirty days, and many at once that were made with one press."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from forum import tree
from forum.errors import ChangedSince, ForumError
from forum.services import decided
from forum.services.moving import posts_of, put_back_branch
from forum.services.redacting import put_back_words
from moderation.errors import CannotUndo
from moderation.models import Action, Decision
from moderation.services.answering import take_answer_down
from moderation.services.cases import reopen
from moderation.services.deciding import may_be_undone
from moderation.services.handing_over import take_back
from moderation.services.log import record

PutBack = Callable[[Decision], None]
OF_THREAD = {Action.LOCK, Action.UNLOCK, Action.SLOW, Action.UNSLOW}
OF_POST = {Action.PIN, Action.UNPIN}


@dataclass
class Undone:
    """What came of undoing several: the new lines, and for those that stay why."""

    lines: list[Decision] = field(default_factory=list)
    left: list[tuple[Decision, str]] = field(default_factory=list)


def undo(*, decision_id: int, moderator: Any) -> Decision:
    """Put back what a decision changed, reopen its case, and write that into the log.

    Raises:
        CannotUndo: it is too old, was undone before, or cannot be undone.
        ChangedSince: something else was decided since.
    """
    with transaction.atomic():
        for post_id in sorted(_posts_of(Decision.objects.get(pk=decision_id))):
            tree.lock_post(post_id, page_changes=False)
        line = Decision.objects.select_related("undone_by").get(pk=decision_id)
        if not may_be_undone(line):
            raise CannotUndo
        if any(since.before != since.after for since in _built_on(line)):
            raise ChangedSince
        put_back(line)
        if line.case_id:
            reopen(line.case_id, since=line.decided_at)
        return record(
            case_id=line.case_id,
            post_id=line.post_id,
            comment_id=line.comment_id,
            moderator=moderator,
            action=Action.UNDO,
            undoes=line,
            before=line.after,
            after=line.before,
        )


def undo_batch(*, batch: str, moderator: Any) -> Undone:
    """Undo what one press decided, the last first; what cannot be undone is left, and said."""
    done = Undone()
    for line in Decision.objects.filter(batch=batch).exclude(action=Action.UNDO).order_by("-pk"):
        try:
            done.lines.append(undo(decision_id=line.pk, moderator=moderator))
        except ForumError as error:
            done.left.append((line, str(error)))
    return done


def _posts_of(line: Decision) -> set[int]:
    """The posts that undoing it concerns: a comment may have been moved since."""
    if line.comment_id is None:
        return {line.post_id}
    return {line.post_id} | posts_of(line.comment_id, line.after.get("signpost", line.comment_id))


def _built_on(line: Decision) -> QuerySet[Decision]:
    """What was decided since about the very same, and stands: it has to go first, or its own undoing would lead back to
    what this one did.
    """
    since = Decision.objects.filter(pk__gt=line.pk, undone_by=None).exclude(action=Action.UNDO)
    if line.action in OF_POST:
        return since.filter(post=line.post_id, action__in=OF_POST)
    if line.action in OF_THREAD:
        thread = line.after.get("thread")
        return since.filter(Q(action__in=OF_THREAD, after__thread=thread) | Q(action=Action.MOVE, comment=thread))
    if line.action == Action.MOVE:
        return since.filter(action__in=OF_THREAD, after__thread=line.comment_id)
    if line.action in {Action.ANSWER, Action.HAND_OVER}:
        return since.none()
    apart = {*OF_THREAD, Action.MOVE, Action.ANSWER, Action.HAND_OVER}
    return since.filter(comment=line.comment_id).exclude(action__in=apart)


def put_back(line: Decision) -> None:
    """What a decision did, backwards. Its post is locked."""
    if line.action == Action.REDACT:
        _put_back_words(line)
    if line.action == Action.ANSWER:
        take_answer_down(line)
        return
    if line.action == Action.HAND_OVER:
        take_back(line)
        return
    if line.action == Action.MOVE:
        put_back_branch(comment_id=_comment(line), signpost_id=line.after["signpost"])
    elif line.before == line.after:
        return
    elif line.action in OF_THREAD:
        decided.put_back_thread(comment_id=_comment(line), before=line.before, after=line.after)
    elif line.action in OF_POST:
        decided.put_back_post(post_id=line.post_id, before=line.before, after=line.after)
    elif line.comment_id:
        decided.put_back_comment(comment_id=line.comment_id, before=line.before, after=line.after)


def _put_back_words(line: Decision) -> None:
    kept = getattr(line, "redaction", None)
    if kept is None:
        raise CannotUndo
    put_back_words(comment_id=_comment(line), source=kept.source, redacted=kept.redacted)


def _comment(line: Decision) -> int:
    if line.comment_id is None:
        raise CannotUndo
    return int(line.comment_id)
