"""Deciding: on a case, and on a thread or a post without one. Each decision is one line of the log, and can be undone.

Lock order as in forum/tree.py: the post first, then the case, the log last.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from forum import tree
from forum.models import Comment, Post
from forum.services import comments, decided
from forum.services.redacting import redact
from forum.services.slow_threads import end_slow_mode, slow_thread
from moderation.errors import AnswerMissing, DecidedMeanwhile, NoteMissing, NotPossible, ReasonMissing, RequestWaits
from moderation.models import Action, Case, Decision, Redaction
from moderation.services.cases import close, grant_waiting, is_asked, tell_who_is_reading
from moderation.services.judging import check_another
from moderation.services.log import record

NEEDS_REASON = {Action.REMOVE, Action.REFUSE}
# What whoever asked for a removal reads, where it was removed without an answer of its own.
GRANTED = "The comment was removed."
UNDO_FOR = datetime.timedelta(days=30)


@dataclass(frozen=True)
class Ruling:
    """What a moderator chose. `reason` is public, `internal_note` for moderators; `words` are those to take out.

    `batch` is the same for all that one press decides.
    """

    action: Action
    reason: str = ""
    internal_note: str = ""
    words: tuple[str, ...] = ()
    batch: str = ""


@dataclass(frozen=True)
class About:
    """What a line of the log is about."""

    post_id: int
    comment_id: int | None = None
    case: Case | None = None


@transaction.atomic
def decide(*, case_id: int, version: int, moderator: Any, ruling: Ruling) -> Decision:
    """Carry out an action, write it into the log, and close the case.

    Raises:
        DecidedMeanwhile: `version` is not the one that the case has now.
        FirstModerator: it is an appeal against this moderator's own decision, and there is another one.
        ReasonMissing, AnswerMissing, NoteMissing: the action needs words of the moderator's.
        NotPossible: the action does not fit the comment's state.
        RequestWaits: it would stay, and somebody who asked for its removal has no answer.
    """
    # The page changes only if a verb of the forum does it, and that says so itself.
    tree.lock_post(Case.objects.values_list("post_id", flat=True).get(pk=case_id), page_changes=False)
    case = Case.objects.select_for_update(of=("self",)).select_related("comment", "post").get(pk=case_id)
    if case.version != version:
        raise DecidedMeanwhile(case)
    check_another(case, moderator)
    _check_words(case, ruling)
    if ruling.action not in case.possible_actions:
        raise NotPossible
    before, original = ({}, "") if case.comment is None else _carry_out(case.comment, ruling)
    after = decided.comment_facts(case.comment_id) if case.comment_id else {}
    line = _write(About(case.post_id, case.comment_id, case), moderator, ruling, before, after)
    if original:
        _keep_original(line, original)
    if _leaves_open(case, ruling.action):
        tell_who_is_reading(case)
    else:
        _answer_requests(case, ruling)
        close(case, outcome=ruling.action)
    return line


def _answer_requests(case: Case, ruling: Ruling) -> None:
    """Nobody who asked for a removal is left waiting: what is removed was granted, a refusal has words of its own.

    Raises:
        RequestWaits: it stays, and they were not told why.
    """
    if ruling.action in NEEDS_REASON:
        grant_waiting(case, GRANTED)
    elif is_asked(case):
        raise RequestWaits(case)


def _leaves_open(case: Case, action: Action) -> bool:
    """Whether more is to be decided: it was covered, or words were taken out of what readers cannot read yet, or of
    what somebody asked to be removed.
    """
    unread = case.comment is not None and case.comment.state in {Comment.State.HELD, Comment.State.COVERED}
    return case.is_open and (action == Action.COVER or (action == Action.REDACT and (unread or is_asked(case))))


def _check_words(case: Case, ruling: Ruling) -> None:
    if ruling.action in NEEDS_REASON and not ruling.reason:
        raise ReasonMissing
    if ruling.action == Action.DISMISS and case.is_appealed and not ruling.reason:
        raise AnswerMissing
    if ruling.action == Action.NOTE and not ruling.reason:
        raise NoteMissing


def _carry_out(comment: Comment, ruling: Ruling) -> tuple[decided.Facts, str]:
    """The facts before it, and for a redaction the text before it."""
    pk, reason = comment.pk, ruling.reason
    before = decided.comment_facts(pk)
    if ruling.action == Action.REDACT:
        return before, redact(comment_id=pk, words=ruling.words)
    verbs: dict[Action, Callable[[], Any]] = {
        Action.APPROVE: lambda: comments.approve_comment(comment_id=pk),
        Action.REFUSE: lambda: comments.refuse_comment(comment_id=pk, reason=reason),
        Action.KEEP: lambda: comments.keep_comment(comment_id=pk),
        Action.REMOVE: lambda: comments.remove_comment(comment_id=pk, reason=reason),
        Action.RESTORE: lambda: comments.restore_comment(comment_id=pk),
        Action.COVER: lambda: comments.cover_comment(comment_id=pk),
        Action.NOTE: lambda: decided.mark_comment(comment_id=pk, note=reason),
        Action.OFF_TOPIC: lambda: decided.mark_comment(comment_id=pk, off_topic=True),
        Action.ON_TOPIC: lambda: decided.mark_comment(comment_id=pk, off_topic=False),
    }
    if ruling.action in verbs:
        verbs[ruling.action]()
    return before, ""


def _keep_original(line: Decision, original: str) -> None:
    """For as long as the redaction can be undone."""
    redacted = Comment.objects.values_list("source", flat=True).get(pk=line.comment_id)
    erase_at = line.decided_at + UNDO_FOR
    Redaction.objects.create(decision=line, source=original, redacted=redacted, erase_at=erase_at)


@transaction.atomic
def cover(*, case: Case, reason: str = "") -> Decision:
    """Cover the comment of a case without a moderator's word: a rule, or readers' reports together, ask for it.

    Its post is locked by the caller.
    """
    assert case.comment_id, "a post as a whole cannot be covered"
    before = decided.comment_facts(case.comment_id)
    comments.cover_comment(comment_id=case.comment_id)
    after = decided.comment_facts(case.comment_id)
    return _write(About(case.post_id, case.comment_id, case), None, Ruling(Action.COVER, reason), before, after)


@transaction.atomic
def lock_thread(*, comment: Comment, moderator: Any, locked: bool = True, reason: str = "") -> Decision:
    """The thread of a comment takes no more replies, or takes them again.

    Raises:
        NotPossible: it is a signpost.
        MovedMeanwhile: it went to another post at this very moment.
    """
    comment = _in_its_thread(comment)
    before = decided.thread_facts(comment.pk)
    decided.lock_thread(comment_id=comment.pk, locked=locked)
    ruling = Ruling(Action.LOCK if locked else Action.UNLOCK, reason)
    return _write(About(comment.post_id, comment.pk), moderator, ruling, before, decided.thread_facts(comment.pk))


@transaction.atomic
def slow_down(*, comment: Comment, moderator: Any, minutes: int, reason: str = "") -> Decision:
    """A pause between two comments from one network in the thread of a comment; 0 ends it.

    Raises:
        BadPause: `minutes` is not between 0 and 60.
        NotPossible: it is a signpost.
        MovedMeanwhile: it went to another post at this very moment.
    """
    comment = _in_its_thread(comment)
    before = decided.thread_facts(comment.pk)
    if minutes:
        slow_thread(comment_id=comment.pk, minutes=minutes)
    else:
        end_slow_mode(comment_id=comment.pk)
    ruling = Ruling(Action.SLOW if minutes else Action.UNSLOW, reason)
    return _write(About(comment.post_id, comment.pk), moderator, ruling, before, decided.thread_facts(comment.pk))


def _in_its_thread(comment: Comment) -> Comment:
    """A comment as it is now, its post locked.

    Raises:
        NotPossible: it is a signpost, which goes when the branch comes back.
    """
    now = comments.lock_comment(comment.pk)
    if now.state == Comment.State.MOVED:
        raise NotPossible
    return now


@transaction.atomic
def pin_note(*, post: Post, moderator: Any, text: str) -> Decision:
    """Put the moderators' words above the thread and above the form of a post; "" takes them down."""
    tree.lock_post(post.pk)
    before = decided.post_facts(post.pk)
    decided.pin_note(post_id=post.pk, text=text)
    ruling = Ruling(Action.PIN if text.strip() else Action.UNPIN)
    return _write(About(post.pk), moderator, ruling, before, decided.post_facts(post.pk))


def _write(about: About, moderator: Any, ruling: Ruling, before: decided.Facts, after: decided.Facts) -> Decision:
    return record(
        case=about.case,
        post_id=about.post_id,
        comment_id=about.comment_id,
        moderator=moderator,
        action=ruling.action,
        reason=ruling.reason,
        internal_note=ruling.internal_note,
        batch=ruling.batch,
        before=before,
        after=after,
    )


def may_be_undone(line: Decision) -> bool:
    """Whether it is young enough, does something that can be undone, and was not undone before."""
    if line.action == Action.UNDO or line.is_undone:
        return False
    return timezone.now() - line.decided_at <= UNDO_FOR
