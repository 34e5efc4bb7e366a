"""A reader's report: one for each visitor bucket and comment in an hour, with a receipt, told and covered by its kind.

Which bucket reported what is remembered in the rate memory alone, and at most for the hour in which a bucket has its
name; the row of a report knows nothing of it.
"""

from __future__ import annotations

import enum
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.db import transaction

from forum import receipts
from forum.memory import counted, first
from forum.models import Comment
from forum.visitors import HOUR
from moderation.models import Category
from moderation.services.cases import report_comment
from moderation.services.covering import cover_if_asked, is_settled
from moderation.services.staff_mails import plan_urgent, ring

# A process that dies between the memory and the database leaves a mark that is over by then.
UNSURE = 60


class Voice(enum.Enum):
    """A bucket that speaks on a comment."""

    NEW = enum.auto()
    SAME_FORM = enum.auto()
    HEARD_BEFORE = enum.auto()


def take_report(*, comment: Comment, category: Category, text: str, visitor: str, nonce: str) -> bytes | None:
    """Take a reader's report; the code of its receipt, or None where this bucket has reported this comment before.

    `nonce` is that of the form: the same form sent twice is one report with one code, and the first words stand.

    Raises:
        NotReadable: the comment is not published.
    """
    code = receipts.code_for(nonce, "report", str(comment.pk)) or receipts.new_code()
    with _one_voice(comment, visitor, nonce) as voice:
        if voice is Voice.HEARD_BEFORE:
            return None
        with transaction.atomic():
            report = report_comment(
                comment=comment, category=category, text=text, receipt_hash=receipts.hash_code(code)
            )
            if category.is_urgent:
                plan_urgent(report.case)
    if category.is_urgent:
        ring()
        if voice is Voice.NEW and not is_settled(comment=comment, category=category):
            # By case: what was said before a moderator decided is answered.
            voices = counted(f"reporters:{_hour()}:{report.case_id}", seconds=HOUR)
            cover_if_asked(case=report.case, comment=comment, category=category, voices=voices)
    return code


@contextmanager
def _one_voice(comment: Comment, visitor: str, nonce: str) -> Iterator[Voice]:
    """Whether this bucket was heard on this comment in this hour; that is forgotten again if its report fails."""
    name = f"reported:{_hour()}:{comment.pk}:{visitor}"
    form = hashlib.sha256(nonce.encode()).hexdigest()[:16] if nonce else ""
    if not first(name, seconds=UNSURE, value=form):
        yield Voice.SAME_FORM if form and cache.get(name) == form else Voice.HEARD_BEFORE
        return
    try:
        yield Voice.NEW
    except Exception:
        cache.delete(name)
        raise
    cache.touch(name, HOUR)


def _hour() -> int:
    return int(time.time()) // HOUR
