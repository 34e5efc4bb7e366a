"""The verbs of moderation: open a case, report, ask for removal, decide.

Lock order as in forum/tree.py: the post first, then the case.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from forum import tree
from forum.clock import SAME_AGAIN, this_minute
from forum.models import Comment, Post
from forum.screening import Answer, Verdict
from forum.services import comments
from moderation.errors import AnswerMissing, DecidedMeanwhile, NotPossible, NotReadable, ReasonMissing
from moderation.models import Action, Appeal, Case, Category, Decision, RemovalRequest, Report

NEEDS_REASON = {Action.REMOVE, Action.REFUSE}


def open_case(*, post: Post, comment: Comment | None = None, verdict: Verdict | None = None) -> Case:
    """The open case on a comment (or on a post as a whole), opened now if there is none."""
    held = {"held_by_rule": verdict.rule, "held_detail": verdict.detail} if verdict else {}
    case, _ = Case.objects.get_or_create(post=post, comment=comment, closed_at=None, defaults=held)
    return case


@transaction.atomic
def report_comment(*, comment: Comment, category: Category, text: str) -> Report:
    """Put a reader's report into the case on a comment. The same report again within ten minutes is one.

    Raises:
        NotReadable: the comment is not published.
    """
    tree.lock_post(comment.post_id, page_changes=False)
    if not Comment.objects.published().filter(pk=comment.pk).exists():
        raise NotReadable
    case = open_case(post=comment.post, comment=comment)
    since = this_minute() - SAME_AGAIN
    if same := case.reports.filter(category=category, text=text, created_at__gte=since).first():
        return same
    _tell_who_is_reading(case)
    return Report.objects.create(case=case, category=category, text=text)


@transaction.atomic
def ask_for_removal(*, post: Post, comment: Comment | None, text: str) -> RemovalRequest:
    """Put somebody's request into the case on a comment or post. The same words again within ten minutes are one."""
    tree.lock_post(post.pk, page_changes=False)
    case = open_case(post=post, comment=comment)
    since = this_minute() - SAME_AGAIN
    if same := case.removal_requests.filter(text=text, created_at__gte=since).first():
        return same
    _tell_who_is_reading(case)
    return RemovalRequest.objects.create(case=case, text=text)


def follow_edit(*, comment: Comment, verdict: Verdict) -> None:
    """Let the cases on a comment follow its author's change of the text. Its post is locked by the caller."""
    # The words that a rule found are words of the text that is gone.
    Case.objects.filter(comment=comment).update(held_detail="")
    if verdict.answer is Answer.HOLD:
        case = open_case(post=comment.post, comment=comment)
        case.held_by_rule, case.held_detail = verdict.rule, verdict.detail
        case.save(update_fields=["held_by_rule", "held_detail"])
    for case in Case.objects.open().filter(comment=comment):
        _tell_who_is_reading(case)


def take_appeal(*, comment: Comment, text: str) -> Appeal:
    """Put an author's appeal into the case on their comment. Its post is locked by the caller."""
    case = open_case(post=comment.post, comment=comment)
    _tell_who_is_reading(case)
    return Appeal.objects.create(case=case, text=text)


def _tell_who_is_reading(case: Case) -> None:
    """Whoever has the case open is to see what came in before they decide."""
    case.version += 1
    case.save(update_fields=["version"])


@transaction.atomic
def decide(*, case_id: int, version: int, moderator: Any, action: Action, reason: str = "") -> Decision:
    """Carry out an action, write it into the log, and close the case.

    Raises:
        DecidedMeanwhile: `version` is not the one that the case has now.
        ReasonMissing, AnswerMissing: removing and refusing need one, and so does leaving it so after an appeal.
        NotPossible: the action does not fit the comment's state.
    """
    # The page changes only if a verb of forum.services.comments does it, and that says so itself.
    tree.lock_post(Case.objects.values_list("post_id", flat=True).get(pk=case_id), page_changes=False)
    case = Case.objects.select_for_update(of=("self",)).select_related("comment", "post").get(pk=case_id)
    if case.version != version:
        raise DecidedMeanwhile(case)
    if action in NEEDS_REASON and not reason:
        raise ReasonMissing
    if action is Action.DISMISS and case.is_appealed and not reason:
        raise AnswerMissing
    if action not in case.possible_actions:
        raise NotPossible
    if case.comment:
        _carry_out(case.comment, action, reason)
    decision = Decision.objects.create(case=case, moderator=moderator, action=action, reason=reason)
    _close(case, outcome=action)
    return decision


def _carry_out(comment: Comment, action: Action, reason: str) -> None:
    verbs: dict[Action, Any] = {
        Action.APPROVE: lambda: comments.approve_comment(comment_id=comment.pk),
        Action.REFUSE: lambda: comments.refuse_comment(comment_id=comment.pk, reason=reason),
        Action.KEEP: lambda: comments.keep_comment(comment_id=comment.pk),
        Action.REMOVE: lambda: comments.remove_comment(comment_id=comment.pk, reason=reason),
        Action.RESTORE: lambda: comments.restore_comment(comment_id=comment.pk),
    }
    if action in verbs:
        verbs[action]()


def close_withdrawn(*, comment: Comment) -> None:
    """Close the open case on a comment that its author took back, and forget what they said for it.

    Its post is locked by the caller.
    """
    Appeal.objects.filter(case__comment=comment).update(text="")
    # The words that a rule found are words of the text that is gone.
    Case.objects.filter(comment=comment).update(held_detail="")
    for case in Case.objects.open().filter(comment=comment):
        _close(case, outcome="withdrawn")


def _close(case: Case, *, outcome: str) -> None:
    Case.objects.filter(pk=case.pk).update(closed_at=this_minute(), outcome=outcome, version=F("version") + 1)
