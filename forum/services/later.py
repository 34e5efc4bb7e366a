"""Comments that appear later: a random minute, or a tick together with others, stands between writing and appearing.

Whoever watches the page, or holds the database afterwards, learns when a comment appeared. When it was written, and
in which order those of one tick were, is stored nowhere.
"""

from __future__ import annotations

import datetime
import secrets

from django.db import transaction
from django.utils import timezone

from forum import receipts, site, tree
from forum.clock import this_minute
from forum.erasure import empty_write_ahead_log
from forum.errors import NoSuchReceipt
from forum.markup import render_comment
from forum.models import Comment, LaterComment, Ticket
from forum.page_version import raise_shared
from forum.screening import PUBLISH, Answer, Verdict
from forum.services import pen_names, voices
from forum.services.comments import store_comment

HOUR = datetime.timedelta(hours=1)
TICK = datetime.timedelta(minutes=15)
# What stays the same when a later comment becomes a comment.
KEPT = ("post", "parent", "source", "name", "voice", "pen_name", "by_starter", "receipt_hash")


def keep_for_later(comment: Comment, verdict: Verdict) -> LaterComment:
    """Store a draft until its release. Its post must be locked."""
    held = verdict if verdict.answer is Answer.HOLD else PUBLISH
    return LaterComment.objects.create(
        **{field: getattr(comment, field) for field in KEPT},
        release_at=_a_tick() if site.current().later_for_all else _a_minute(),
        held_by_rule=held.rule,
        reason=held.reason,
        held_detail=held.detail,
    )


def _a_minute() -> datetime.datetime:
    """One of the next sixty minutes."""
    return this_minute() + datetime.timedelta(minutes=1 + secrets.randbelow(60))


def _a_tick() -> datetime.datetime:
    """One of the next four quarters of an hour."""
    now = this_minute()
    next_tick = now - datetime.timedelta(minutes=now.minute % 15) + TICK
    return next_tick + secrets.randbelow(4) * TICK


def release_due_comments() -> int:
    """Make comments of those whose moment has come, post by post, in an order that nobody can know; how many."""
    due = LaterComment.objects.filter(release_at__lte=timezone.now())
    return sum(_release(post_id) for post_id in sorted(set(due.values_list("post_id", flat=True))))


@transaction.atomic
def _release(post_id: int) -> int:
    post = tree.lock_post(post_id)
    due = list(LaterComment.objects.filter(post=post, release_at__lte=timezone.now()))
    secrets.SystemRandom().shuffle(due)
    settled = False
    for later in due:
        comment = Comment(**{field: getattr(later, field) for field in KEPT}, html=render_comment(later.source))
        comment.post = post
        store_comment(comment, _verdict(later))
        if comment.voice:
            settled |= voices.settle(post, comment.voice)
        # The page that its author may still have open.
        Ticket.objects.filter(later=later).update(comment=comment, later=None)
        later.delete()
    if settled:
        raise_shared()
    transaction.on_commit(empty_write_ahead_log, robust=True)
    return len(due)


def _verdict(later: LaterComment) -> Verdict:
    if not later.held_by_rule:
        return PUBLISH
    return Verdict(Answer.HOLD, later.reason, rule=later.held_by_rule, detail=later.held_detail)


def find_later(code: bytes) -> LaterComment:
    """The later comment whose receipt this is.

    Raises:
        NoSuchReceipt: there is none (any more).
    """
    found = LaterComment.objects.filter(receipt_hash=receipts.hash_code(code)).select_related("post").first()
    if found is None:
        raise NoSuchReceipt
    return found


def withdraw_later(*, code: bytes) -> None:
    """Its author takes a later comment back before it appears: nothing of it stays, not even a tombstone.

    Raises:
        NoSuchReceipt: there is none (any more): it may have appeared at this very moment.
    """
    with transaction.atomic():
        later = find_later(code)
        tree.lock_post(later.post_id, page_changes=False)
        deleted, _ = LaterComment.objects.filter(pk=later.pk).delete()
        if not deleted:
            raise NoSuchReceipt
        voices.forget_unused(later.voice_id)
        pen_names.forget_unused(later.pen_name_id)
        transaction.on_commit(empty_write_ahead_log, robust=True)
