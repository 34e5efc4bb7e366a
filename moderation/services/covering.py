"""Covering a comment on readers' word: hidden until a moderator decides, and only within what nobody can abuse.

The first report covers where it says who somebody is and the check before posting agrees; else the third from
different visitor buckets within an hour. So many covers a post and the site have in an hour that nobody can silence a
thread; beyond that, and after a moderator let the comment stand, a report only waits, and the moderators are told.
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from forum import site, tree
from forum.before_posting import look_over
from forum.locks import Lock, hold
from forum.models import Comment
from moderation.models import Action, Case, Category, Decision
from moderation.services.deciding import cover

VOICES = 3
MOST_ON_POST = 3
MOST_ON_SITE = 12
HOUR = datetime.timedelta(hours=1)
# By which a moderator, who saw what was reported, lets a comment stand.
LETS_STAND = (
    Action.KEEP,
    Action.NOTE,
    Action.APPROVE,
    Action.RESTORE,
    Action.OFF_TOPIC,
    Action.ON_TOPIC,
    Action.REDACT,
)


def cover_if_asked(*, case: Case, comment: Comment, category: Category, voices: int) -> Decision | None:
    """Cover a comment, whose case this is, if so many voices, or the check of identifiers with one of them, are enough.

    `voices` are the visitor buckets of this hour whose urgent reports count. None if it is not covered.
    """
    # The caps are looked at before the lock as well, since a flood comes here again and again.
    if not is_enough(category, voices, comment.source) or _is_capped(case.post_id):
        return None
    with transaction.atomic():
        tree.lock_post(case.post_id, page_changes=False)
        hold(Lock.COVERS)
        if _is_capped(case.post_id) or not _may_be_covered(case, category):
            return None
        return cover(case=case)


def is_enough(category: Category, voices: int, source: str) -> bool:
    """Whether reports of this category by so many buckets are enough to cover this text."""
    if not category.is_urgent or voices < 1:
        return False
    return voices >= VOICES or (category.says_who and may_identify(source))


def may_identify(source: str) -> bool:
    """Whether the check before posting finds somebody in this text, with the owner's watched names."""
    return look_over({"comment": source}, watched=site.current().watched_names).may_identify


def is_settled(*, comment: Comment, category: Category) -> bool:
    """Whether a moderator saw a report of this category and let this very text stand.

    A decision is as young as the text if it was made since the author's last change: who decided has ended all others.
    """
    seen = Decision.objects.filter(comment=comment, action__in=LETS_STAND, undone_by=None, moderator__isnull=False)
    same_text = Q(comment__edited_at=None) | Q(decided_at__gte=F("comment__edited_at"))
    # What came after the case was closed is in another case.
    return seen.filter(same_text, case__closed_at__isnull=False, case__reports__category=category).exists()


def _may_be_covered(case: Case, category: Category) -> bool:
    """Under the lock of its post: whether it can be read, still here, and no moderator has spoken."""
    published = Comment.objects.published().filter(cases=case).first()
    if published is None or not Case.objects.open().filter(pk=case.pk, post=case.post_id).exists():
        return False
    # Covered before in this case: a moderator uncovered it.
    covered = Decision.objects.filter(action=Action.COVER, moderator=None, case=case)
    return not covered.exists() and not is_settled(comment=published, category=category)


def _is_capped(post_id: int) -> bool:
    """Whether this post, or the site, has had its covers by readers in the last hour."""
    by_readers = Decision.objects.filter(action=Action.COVER, moderator=None, decided_at__gt=timezone.now() - HOUR)
    posts = list(by_readers.order_by().values_list("post_id", flat=True))
    return len(posts) >= MOST_ON_SITE or posts.count(post_id) >= MOST_ON_POST
