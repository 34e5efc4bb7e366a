"""Changing the text of a comment by its author: for a quarter of an hour, as long as nobody else relies on it.

The old text is kept nowhere. The new one goes before the screener as a new comment does; where that holds it, neither
text is readable until a moderator has decided on the new one.
"""

from __future__ import annotations

import datetime
from contextlib import suppress
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from forum import tree
from forum.clock import this_minute
from forum.erasure import empty_write_ahead_log, let_erased_text_go
from forum.errors import NoSuchReceipt, NotAllowedNow, NotChangeable
from forum.models import Comment, LaterComment, TimeReference
from forum.screening import Answer, Verdict
from forum.services.comments import find_by_code, lock_comment, store_changes
from forum.services.later import find_later
from forum.services.posting import rendered, verdict_on
from forum.signals import comment_edited
from forum.source import clean_source

State = Comment.State
# Times are cut to the minute, so there are fifteen to sixteen.
WINDOW = datetime.timedelta(minutes=15)


def change_text(*, code: bytes, text: str, hold: Verdict | None = None) -> Comment | LaterComment:
    """Replace the text of the comment whose receipt this is. `hold` as in `Submission`.

    Raises:
        NoSuchReceipt: no comment has this code.
        BadText, Refused: the new text cannot be taken.
        NotAllowedNow, NotChangeable: it is too late, whatever the text.
    """
    # In this order: a later comment may become one between the two.
    with suppress(NoSuchReceipt):
        return _change_later(code, text, hold)
    return _change_comment(code, text, hold)


def changeable_until(comment: Comment) -> datetime.datetime | None:
    """Until when its author may change it, as things stand now; None if not, or no longer."""
    with suppress(NotAllowedNow, NotChangeable):
        check_changeable(comment)
        return comment.posted_at + WINDOW if comment.posted_at else None
    return None


def check_changeable(comment: Comment) -> None:
    """Pass if its author may change the comment now.

    Replies that wait for their moment do not count: they would tell, within minutes, when somebody wrote.

    Raises:
        NotAllowedNow: it is not there, or a moderator's.
        NotChangeable: its time is over, a moderator has decided on it, or somebody has answered.
    """
    if comment.state not in (State.PUBLISHED, State.HELD):
        raise NotAllowedNow(comment, "changed")
    if comment.is_published and comment.state_since:
        raise NotChangeable("A moderator has decided on this comment.")
    end = comment.posted_at + WINDOW if comment.posted_at else None
    if end is None or this_minute() > end:
        raise NotChangeable(f"The time to change it ended{f' at {timezone.localtime(end):%H:%M}' if end else ''}.")
    if _is_answered(comment):
        raise NotChangeable("Somebody has answered this comment.")


def _is_answered(comment: Comment) -> bool:
    replies = Comment.objects.filter(parent=comment).exclude(state=State.WITHDRAWN)
    by_time = TimeReference.objects.filter(target=comment).exclude(comment=comment)
    return bool(replies.exists() or by_time.exists())


def _change_comment(code: bytes, text: str, hold: Verdict | None) -> Comment:
    source, comment = clean_source(text), find_by_code(code)
    if comment.source == source:
        return comment
    # Before the new text is looked at: whatever is wrong with it, it is too late for a better one.
    check_changeable(comment)
    comment.source, comment.html = source, rendered(source)
    html, verdict = comment.html, verdict_on(comment, hold)
    with transaction.atomic():
        comment = lock_comment(comment.pk)
        if comment.source == source:
            return comment
        check_changeable(comment)
        store_changes(comment, {"source": source, "html": html} | _consequences(comment, verdict))
        comment_edited.send(Comment, comment=comment, verdict=verdict)
        _forget_old_words()
        transaction.on_commit(let_erased_text_go, robust=True)
    return comment


def _consequences(comment: Comment, verdict: Verdict) -> dict[str, Any]:
    """What a change does beside changing the text. What is held stays held: a moderator was promised a look."""
    # What no reader has seen needs no mark.
    changes: dict[str, Any] = {"edited_at": this_minute()} if comment.number else {}
    if verdict.answer is Answer.HOLD:
        changes |= {"state": State.HELD, "reason": verdict.reason}
        if comment.is_published:
            changes["state_since"] = this_minute()
    return changes


def _forget_old_words() -> None:
    """On SQLite the search index only marks the words of a changed text as gone, until its parts are merged.

    For a withdrawal it does so by itself (migrations/0005_search.py).
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO forum_search (forum_search) VALUES ('optimize')")


def _change_later(code: bytes, text: str, hold: Verdict | None) -> LaterComment:
    """Until its release nobody else knows of it: there is no other condition, and no mark."""
    later = find_later(code)
    source = clean_source(text)
    draft = Comment(post=later.post, source=source, html=rendered(source), name=later.name)
    verdict = verdict_on(draft, hold)
    with transaction.atomic():
        tree.lock_post(later.post_id, page_changes=False)
        later = find_later(code)
        later.source = source
        if verdict.answer is Answer.HOLD:
            later.held_by_rule, later.reason, later.held_detail = verdict.rule, verdict.reason, verdict.detail
        else:
            later.held_detail = ""
        later.save(update_fields=["source", "held_by_rule", "reason", "held_detail"])
        transaction.on_commit(empty_write_ahead_log, robust=True)
    return later
