"""Posting a comment, and everything that can happen to one afterwards.

HELD      -> PUBLISHED (approve), REFUSED (refuse), WITHDRAWN
PUBLISHED -> REMOVED (remove), WITHDRAWN
REFUSED   -> PUBLISHED (restore), WITHDRAWN
REMOVED   -> PUBLISHED (restore), WITHDRAWN
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from forum import receipts, tree
from forum.clock import SAME_AGAIN, this_minute
from forum.erasure import empty_write_ahead_log
from forum.errors import BadText, Closed, NoSuchReceipt, NotAllowedNow, NotTheStarter, ParentGone, Refused
from forum.extracts import shows_nothing
from forum.markup import render_comment
from forum.models import Comment, Post
from forum.page_version import raise_shared
from forum.screening import PUBLISH, Answer, Draft, Verdict, screen
from forum.services.references import follow_change
from forum.services.tickets import issue_ticket
from forum.signals import comment_posted, comment_published, comment_withdrawn
from forum.source import clean_name, clean_source

State = Comment.State


@dataclass(frozen=True)
class Submission:
    """What a form sent; `reply_to` is the number of the comment that it answers.

    `starter_code` is the receipt code of the discussion, from whoever wants to be shown as having begun it.
    """

    text: str
    reply_to: int | None = None
    name: str = ""
    nonce: str = ""
    staff_role: str = ""
    starter_code: str = ""


def post_comment(*, post: Post, submission: Submission) -> str:
    """Store a comment and return the ticket of the page to show.

    The same form sent twice gives the first comment and its receipt again. The same text in the same place
    within ten minutes, from anywhere else, gives a ticket to the first comment without a receipt: copying a
    text must not make anybody its author.

    Raises:
        BadText, BadName: what was typed cannot be taken.
        NotTheStarter: the code is not that of the discussion.
        Refused: the screener's no.
        Closed: the post takes no comments.
        ParentGone: the comment to be answered is not readable.
    """
    source, name = clean_source(submission.text), clean_name(submission.name)
    code = receipts.code_from_nonce(submission.nonce, post_id=post.pk, reply_to=submission.reply_to, source=source)
    if same := _made_by(code):
        return issue_ticket(same, code)
    by_starter = _is_by_starter(post, submission.starter_code)
    html = render_comment(source)
    if shows_nothing(html):
        raise BadText("Enter a comment that shows something: this one has only marks and spaces.")
    role = submission.staff_role
    comment = Comment(source=source, html=html, name=name, staff_role=role, by_starter=by_starter)
    verdict = PUBLISH if role else screen(Draft(post=post, source=source, html=html, name=name))
    if verdict.answer is Answer.REFUSE:
        raise Refused(verdict.reason)
    with transaction.atomic():
        comment.post = tree.lock_post(post.pk)
        if same := _made_by(code):
            return issue_ticket(same, code)
        if not comment.post.takes_comments:
            raise Closed("This post takes no more comments.")
        comment.parent = _parent(comment.post, submission.reply_to)
        since = this_minute() - SAME_AGAIN
        if same := Comment.objects.like(comment, since=since).first():
            return issue_ticket(same, None)
        code = code or receipts.new_code()
        _store(comment, verdict, code)
        return issue_ticket(comment, code)


def _made_by(code: bytes | None) -> Comment | None:
    """The comment that the same form made before. No rule that came since may deny it."""
    return Comment.objects.filter(receipt_hash=receipts.hash_code(code)).first() if code else None


def _is_by_starter(post: Post, typed: str) -> bool:
    if not typed.strip() or not post.is_from_reader:
        return False
    code = receipts.read_code(typed)
    if code is None or receipts.hash_code(code) != post.receipt_hash:
        raise NotTheStarter
    return True


def _parent(post: Post, number: int | None) -> Comment | None:
    if number is None:
        return None
    parent: Comment | None = Comment.objects.filter(post=post, number=number).published().first()
    if parent is None:
        raise ParentGone(f"Comment {number} can no longer be answered: it is not there for readers any more.")
    return parent


def _store(comment: Comment, verdict: Verdict, code: bytes) -> None:
    comment.posted_at = this_minute()
    comment.receipt_hash = receipts.hash_code(code)
    if verdict.answer is Answer.HOLD:
        comment.state, comment.reason, comment.state_since = State.HELD, verdict.reason, comment.posted_at
    else:
        comment.state, comment.published_at = State.PUBLISHED, comment.posted_at
        comment.number = _take_number(comment.post)
    tree.insert(comment, comment.parent)
    if comment.is_published:
        follow_change(comment.post, comment)
    comment_posted.send(Comment, comment=comment, verdict=verdict)
    if comment.is_published:
        comment_published.send(Comment, comment=comment)


def _take_number(post: Post) -> int:
    """The next number, and one more readable comment. The post must be locked."""
    post.last_number += 1
    post.comment_count += 1
    Post.objects.filter(pk=post.pk).update(last_number=post.last_number, comment_count=post.comment_count)
    return post.last_number


def approve_comment(*, comment_id: int) -> Comment:
    """Publish a held comment."""
    return _change(comment_id, {State.HELD}, State.PUBLISHED, "approved")


def refuse_comment(*, comment_id: int, reason: str) -> Comment:
    """Say no to a held comment; its author finds `reason` with the receipt."""
    return _change(comment_id, {State.HELD}, State.REFUSED, "refused", reason=reason)


def remove_comment(*, comment_id: int, reason: str) -> Comment:
    """Take a readable comment down; `reason` stands in its place, its replies stay."""
    return _change(comment_id, {State.PUBLISHED}, State.REMOVED, "removed", reason=reason)


def restore_comment(*, comment_id: int) -> Comment:
    """Make a removed or refused comment readable (again)."""
    return _change(comment_id, {State.REMOVED, State.REFUSED}, State.PUBLISHED, "restored")


def withdraw_comment(*, code: bytes) -> Comment:
    """Its author takes a comment back: text and name are erased at once and for good.

    Raises:
        NoSuchReceipt: no comment has this code.
        NotAllowedNow: it is withdrawn already.
    """
    comment = find_by_code(code)
    with transaction.atomic():
        gone = _change(comment.pk, set(State) - {State.WITHDRAWN}, State.WITHDRAWN, "withdrawn")
        comment_withdrawn.send(Comment, comment=gone)
        transaction.on_commit(empty_write_ahead_log, robust=True)
    return gone


def find_by_code(code: bytes) -> Comment:
    """The comment whose receipt this is.

    Raises:
        NoSuchReceipt: there is none.
    """
    by_code = Comment.objects.filter(receipt_hash=receipts.hash_code(code)).select_related("post")
    comment: Comment | None = by_code.first()
    if comment is None:
        raise NoSuchReceipt
    return comment


@transaction.atomic
def _change(comment_id: int, allowed: set[Any], state: str, step: str, *, reason: str = "") -> Comment:
    """One transition, with the counts and the number that go with it.

    Raises:
        NotAllowedNow: the comment is in a state that this step does not start from.
    """
    post = tree.lock_post(Comment.objects.values_list("post_id", flat=True).get(pk=comment_id))
    comment: Comment = Comment.objects.get(pk=comment_id)
    comment.post = post
    if comment.state not in allowed:
        raise NotAllowedNow(comment, step)
    changes: dict[str, Any] = {"state": state, "reason": reason, "state_since": this_minute()}
    first_time = state == State.PUBLISHED and comment.number is None
    if first_time:
        changes |= {"number": _take_number(post), "published_at": this_minute()}
    elif state == State.PUBLISHED:
        Post.objects.filter(pk=post.pk).update(comment_count=F("comment_count") + 1)
    elif comment.is_published:
        Post.objects.filter(pk=post.pk).update(comment_count=F("comment_count") - 1)
    if state == State.WITHDRAWN:
        changes |= {"source": "", "html": "", "name": ""}
    if state != State.PUBLISHED:
        changes |= {"fragment": "", "look": 0}
    for field, value in changes.items():
        setattr(comment, field, value)
    # Not save(): mptt's would write the tree columns as they were read.
    Comment.objects.filter(pk=comment_id).update(**changes)
    follow_change(post, comment)
    raise_shared()
    if first_time:
        comment_published.send(Comment, comment=comment)
    return comment
