"""Storing a comment, and everything that can happen to one afterwards.

All that can happen, and nothing else (tests/forum/test_states.py):

              (new)  later  HELD  PUBLISHED  COVERED  REFUSED  REMOVED  WITHDRAWN
post          a      b                                                             a: PUBLISHED or HELD; b: waits for
release              a                                                             its moment; refused is not stored
change               later  HELD  c                                                c: PUBLISHED, or HELD if the screener
approve                     P                                                      says so
refuse                      REFUSED
cover                             COVERED
keep                              P          P                                     it stays; its author can no longer
remove                            REMOVED    REMOVED                               change it
restore                                               P        P
appeal                                                d        d                   d: stays as it is; once
withdraw             gone   W     W          W        W        W                   "gone": no row is left

Words are taken out of what is held, published or covered; marked as off topic, or with a note, is what is published.
Moving (moving.py) takes all along as they are, and leaves a signpost (MOVED), to which nothing of all this can happen.

A decision that is undone puts a comment back into the state before it, unless it was withdrawn (decided.py). P is
PUBLISHED, W is WITHDRAWN. The author's steps are withdraw (here), change (changes.py, with conditions of its own)
and appeal (appeals.py); what waits for its moment is in later.py.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from forum import fragments, receipts, tree
from forum.clock import this_minute
from forum.erasure import forget_kept_pages, let_erased_text_go
from forum.errors import MovedMeanwhile, NoSuchReceipt, NotAllowedNow
from forum.models import Comment, Post
from forum.page_version import raise_shared
from forum.screening import Answer, Verdict
from forum.services import pen_names, voices
from forum.services.references import follow_change, stands_alone
from forum.signals import comment_posted, comment_published, comment_withdrawn

State = Comment.State


def store_comment(comment: Comment, verdict: Verdict) -> None:
    """Give a new comment its place, its number if it is published, and its time, which is now; say that it came.

    Its post must be locked and be `comment.post`. A number that it has already, it took with that lock (`tree.GROW`).
    """
    comment.posted_at = this_minute()
    comment.locked = bool(comment.parent and comment.parent.locked)
    if verdict.answer is Answer.HOLD:
        comment.state, comment.reason, comment.state_since = State.HELD, verdict.reason, comment.posted_at
    else:
        comment.state, comment.published_at = State.PUBLISHED, comment.posted_at
        comment.number = comment.number or _take_number(comment.post)
    if comment.is_published and stands_alone(comment):
        comment.fragment, comment.look = fragments.article_of_new(comment), fragments.LOOK
    tree.insert(comment, comment.parent)
    if comment.is_published and not comment.fragment:
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
    return _change(comment_id, {State.PUBLISHED, State.COVERED}, State.REMOVED, "removed", reason=reason)


def cover_comment(*, comment_id: int) -> Comment:
    """Hide a readable comment until a moderator decides."""
    return _change(comment_id, {State.PUBLISHED}, State.COVERED, "covered")


def keep_comment(*, comment_id: int) -> Comment:
    """Leave a comment as it is, or uncover it: what a moderator has decided on, its author can no longer change."""
    return _change(comment_id, {State.PUBLISHED, State.COVERED}, State.PUBLISHED, "kept")


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
        if homes := voices.homes(comment):
            tree.lock_posts(homes | {comment.post_id})
        gone = _change(comment.pk, set(State) - {State.WITHDRAWN}, State.WITHDRAWN, "withdrawn")
        comment_withdrawn.send(Comment, comment=gone)
        transaction.on_commit(let_erased_text_go, robust=True)
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


def lock_comment(comment_id: int, *, page_changes: bool = True) -> Comment:
    """The comment as it is now, its post locked until the transaction ends.

    Raises:
        MovedMeanwhile: its post was another before it was locked.
    """
    post_id = Comment.objects.values_list("post_id", flat=True).get(pk=comment_id)
    post = tree.lock_post(post_id, page_changes=page_changes)
    comment: Comment = Comment.objects.get(pk=comment_id)
    if comment.post_id != post_id:
        raise MovedMeanwhile
    comment.post = post
    return comment


@transaction.atomic
def _change(comment_id: int, allowed: set[Any], state: str, step: str, *, reason: str = "") -> Comment:
    """One transition.

    Raises:
        NotAllowedNow: the comment is in a state that this step does not start from.
    """
    comment = lock_comment(comment_id)
    if comment.state not in allowed:
        raise NotAllowedNow(comment, step)
    changes: dict[str, Any] = {"state": state, "reason": reason, "state_since": this_minute()}
    if state == State.WITHDRAWN:
        changes |= {"source": "", "html": "", "name": "", "voice": None, "pen_name": None}
    store_changes(comment, changes)
    return comment


def store_changes(comment: Comment, changes: dict[str, Any]) -> None:
    """Store changes of a comment from `lock_comment`, with all that goes with them: its number, the counts, what pages
    show of it and of others."""
    was_published, post = comment.is_published, comment.post
    before = comment.voice_id, comment.pen_name_id
    for field, value in changes.items():
        setattr(comment, field, value)
    first_time = comment.is_published and comment.number is None
    if first_time:
        comment.number, comment.published_at = _take_number(post), this_minute()
        changes |= {"number": comment.number, "published_at": comment.published_at}
    elif comment.is_published != was_published:
        step = 1 if comment.is_published else -1
        if was_published:
            transaction.on_commit(forget_kept_pages, robust=True)
        Post.objects.filter(pk=post.pk).update(comment_count=F("comment_count") + step)
    if not comment.is_published:
        comment.fragment, comment.look = "", 0
        changes |= {"fragment": "", "look": 0}
    # Not save(): mptt's would write the tree columns as they were read.
    Comment.objects.filter(pk=comment.pk).update(**changes)
    follow_change(post, comment)
    if comment.state == State.WITHDRAWN:
        voices.forget_unused(before[0])
        pen_names.forget_unused(before[1])
    raise_shared()
    if first_time:
        comment_published.send(Comment, comment=comment)
