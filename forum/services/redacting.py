"""Taking words out of a comment: a place is marked where they stood, and what else its author said stays."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from forum.erasure import let_erased_text_go
from forum.errors import ChangedSince, NotAllowedNow, NotThere
from forum.models import Comment
from forum.services.comments import lock_comment, store_changes
from forum.services.posting import rendered

State = Comment.State
MARK = "[name removed by moderator]"
REDACTABLE = {State.PUBLISHED, State.COVERED, State.HELD}


@transaction.atomic
def redact(*, comment_id: int, words: Collection[str]) -> str:
    """Replace these words wherever they stand in a comment; its source as it was before.

    Raises:
        NotThere: one of them does not stand in it.
        NotAllowedNow: the comment is removed, refused or withdrawn.
    """
    comment = lock_comment(comment_id)
    if comment.state not in REDACTABLE:
        raise NotAllowedNow(comment, "redacted")
    before = source = comment.source
    # The longest first: one may be part of another.
    for each in sorted(words, key=len, reverse=True):
        if not each.strip() or each not in before:
            raise NotThere(each)
        source = source.replace(each, MARK)
    _store(comment, source)
    return before


@transaction.atomic
def put_back_words(*, comment_id: int, source: str, redacted: str) -> None:
    """Undo a redaction: `source` is what the comment said before, `redacted` what it said after.

    Raises:
        ChangedSince: it says something else by now.
    """
    comment = lock_comment(comment_id)
    if comment.source != redacted or comment.state not in REDACTABLE | {State.REMOVED, State.REFUSED}:
        raise ChangedSince
    _store(comment, source)


def _store(comment: Comment, source: str) -> None:
    store_changes(comment, {"source": source, "html": rendered(source)})
    transaction.on_commit(let_erased_text_go, robust=True)
