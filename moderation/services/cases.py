"""Cases: what opens one, what goes into it, and how it ends.

Lock order as in forum/tree.py: the post first, then the case.
"""

from __future__ import annotations

import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import F, Q, QuerySet

from forum import tree
from forum.clock import SAME_AGAIN, this_minute
from forum.errors import NotAllowedNow
from forum.models import Comment, Post
from forum.querysets import CommentQuerySet
from forum.screening import Answer, Verdict
from forum.services.appeals import clean_appeal
from forum.services.comments import lock_comment
from moderation.deadlines import due
from moderation.errors import AskedAlready, NotReadable
from moderation.models import Appeal, Case, Category, Ground, Redaction, RemovalRequest, Report

Said = TypeVar("Said", Report, RemovalRequest)
# What somebody who asked for a removal reads where no moderator answered them.
WITHDRAWN = "Its author withdrew the comment: nothing of it is there any more."


@transaction.atomic
def open_case(*, post: Post, comment: Comment | None = None, verdict: Verdict | None = None) -> Case:
    """The open case on a comment (or on a post as a whole), opened now if there is none.

    A comment's case stands under the post where the comment is by now. That post stays locked until the transaction
    ends.

    Raises:
        NotReadable: it is a signpost.
        MovedMeanwhile: it went to another post at this very moment.
    """
    locked = lock_comment(comment.pk, page_changes=False) if comment else None
    if locked and locked.state == Comment.State.MOVED:
        raise NotReadable
    now = locked.post if locked else tree.lock_post(post.pk, page_changes=False)
    held = {"held_by_rule": verdict.rule, "held_detail": verdict.detail} if verdict else {}
    case, _ = Case.objects.get_or_create(post=now, comment=comment, closed_at=None, defaults=held)
    return case


@transaction.atomic
def report_comment(*, comment: Comment, category: Category, text: str, receipt_hash: str | None = None) -> Report:
    """Put a reader's report into the case on a comment. The same report again is one: by its receipt, or without one
    the same words within ten minutes.

    Raises:
        NotReadable: the comment is not published.
        MovedMeanwhile: it went to another post at this very moment.
    """
    case = open_case(post=comment.post, comment=comment)
    if not Comment.objects.published().filter(pk=comment.pk).exists():
        raise NotReadable
    if same := _said_before(case.reports.all(), receipt_hash, category=category, text=text):
        return same
    tell_who_is_reading(case)
    return Report.objects.create(case=case, category=category, text=text, receipt_hash=receipt_hash)


@transaction.atomic
def ask_for_removal(
    *, post: Post, comment: Comment | None, text: str, ground: Ground = Ground.OTHER, receipt_hash: str | None = None
) -> RemovalRequest:
    """Put somebody's request into the case on a comment or post, with the time by which the law wants an answer.

    The same request again is one, as with reports.

    Raises:
        NotReadable: its author withdrew the comment.
        MovedMeanwhile: the comment went to another post at this very moment.
    """
    case = open_case(post=post, comment=comment)
    if comment and Comment.objects.filter(pk=comment.pk, state=Comment.State.WITHDRAWN).exists():
        raise NotReadable
    if same := _said_before(case.removal_requests.all(), receipt_hash, ground=ground, text=text):
        return same
    tell_who_is_reading(case)
    return RemovalRequest.objects.create(
        case=case, ground=ground, text=text, due_at=due(ground, this_minute()), receipt_hash=receipt_hash
    )


def _said_before(rows: QuerySet[Said], receipt_hash: str | None, **words: str) -> Said | None:
    if receipt_hash:
        return rows.filter(receipt_hash=receipt_hash).first()
    return rows.filter(**words, created_at__gte=this_minute() - SAME_AGAIN).first()


def follow_edit(*, comment: Comment, verdict: Verdict) -> None:
    """Let the cases on a comment follow its author's change of the text. Its post is locked by the caller."""
    # The words that a rule found are words of the text that is gone.
    Case.objects.filter(comment=comment).update(held_detail="")
    if verdict.answer is Answer.HOLD:
        case = open_case(post=comment.post, comment=comment)
        case.held_by_rule, case.held_detail = verdict.rule, verdict.detail
        case.save(update_fields=["held_by_rule", "held_detail"])
    for case in Case.objects.open().filter(comment=comment):
        tell_who_is_reading(case)


def follow_move(*, comments: CommentQuerySet, to_post: Post) -> None:
    """Let the cases on comments follow these to another post. Both posts are locked by the caller."""
    Case.objects.filter(comment__in=comments.order_by()).update(post=to_post, version=F("version") + 1)


def take_appeal(*, comment: Comment, text: str) -> Appeal:
    """Put an author's appeal into the case on their comment. Its post is locked by the caller."""
    case = open_case(post=comment.post, comment=comment)
    tell_who_is_reading(case)
    return Appeal.objects.create(case=case, text=text)


@transaction.atomic
def ask_to_look_again(*, comment: Comment, text: str) -> Appeal:
    """Somebody who has no receipt says that a comment was wrongly removed: an appeal that is marked as unproved.

    The author's own appeal is untouched by it.

    Raises:
        BadAppeal: no words, or more than 2,000 characters.
        NotAllowedNow: it is not removed.
        AskedAlready: somebody did since it was removed, or its author's appeal waits.
    """
    said = clean_appeal(text)
    locked = lock_comment(comment.pk, page_changes=False)
    if locked.state != Comment.State.REMOVED:
        raise NotAllowedNow(locked, "looked at again")
    since = {"created_at__gte": locked.state_since} if locked.state_since else {}
    before = Q(case__closed_at=None) | Q(is_proved=False, **since)
    if Appeal.objects.filter(before, case__comment=comment).exists():
        raise AskedAlready
    case = open_case(post=locked.post, comment=locked)
    tell_who_is_reading(case)
    return Appeal.objects.create(case=case, text=said, is_proved=False)


def tell_who_is_reading(case: Case) -> None:
    """Whoever has the case open is to see what came in before they decide."""
    case.version += 1
    case.save(update_fields=["version"])


def close_withdrawn(*, comment: Comment) -> None:
    """Close the open case on a comment that its author took back, and forget what was said for and against it: that
    may repeat its words. Whoever asked for its removal has got it.

    Its post is locked by the caller.
    """
    for said in (Appeal, Report, RemovalRequest):
        said._default_manager.filter(case__comment=comment).update(text="")
    Redaction.objects.filter(decision__comment=comment).delete()
    # The words that a rule found are words of the text that is gone.
    Case.objects.filter(comment=comment).update(held_detail="")
    for case in Case.objects.open().filter(comment=comment):
        grant_waiting(case, WITHDRAWN)
        close(case, outcome="withdrawn")


def is_asked(case: Case) -> bool:
    """Whether somebody who asked for a removal still waits for the answer."""
    return case.removal_requests.filter(answered_at=None).exists()


def grant_waiting(case: Case, answer: str) -> None:
    """What they asked for is done: whoever still waits reads this."""
    waiting = case.removal_requests.filter(answered_at=None)
    waiting.update(outcome=RemovalRequest.Outcome.GRANTED, answer=answer, answered_at=this_minute())


def close(case: Case, *, outcome: str) -> None:
    """End a case. Whoever still has it open is told before they decide."""
    Case.objects.filter(pk=case.pk).update(closed_at=this_minute(), outcome=outcome, version=F("version") + 1)


def reopen(case_id: int, *, since: datetime.datetime) -> None:
    """Take up a case again whose decision of that minute was undone, unless a newer one is open on the same comment
    or post.
    """
    case = Case.objects.get(pk=case_id)
    if not case.is_open and not case.newer:
        Case.objects.filter(pk=case_id).update(closed_at=None, outcome="", version=F("version") + 1)
        # What was granted or refused with it is open again, too.
        case.removal_requests.filter(answered_at__gte=since).update(outcome="", answer="", answered_at=None)
