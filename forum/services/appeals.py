"""One appeal for each comment that a moderator removed or refused."""

from __future__ import annotations

from django.db import transaction

from forum.errors import AppealedBefore, BadAppeal, BadText, NotAllowedNow
from forum.models import Comment
from forum.services.comments import find_by_code, lock_comment
from forum.signals import comment_appealed
from forum.source import clean_source

MOST_CHARACTERS = 2_000


def appeal(*, code: bytes, text: str) -> Comment:
    """Ask the moderators to look again at the comment whose receipt this is; what they keep of it is their matter.

    Raises:
        NoSuchReceipt: no comment has this code.
        BadAppeal: no words, or more than 2,000 characters.
        NotAllowedNow: it is neither removed nor refused.
        AppealedBefore: it was appealed once.
    """
    said = clean_appeal(text)
    found = find_by_code(code)
    with transaction.atomic():
        comment = lock_comment(found.pk, page_changes=False)
        if not may_ever_be_appealed(comment):
            raise NotAllowedNow(comment, "appealed")
        if comment.appealed:
            raise AppealedBefore
        comment.appealed = True
        Comment.objects.filter(pk=comment.pk).update(appealed=True)
        comment_appealed.send(Comment, comment=comment, text=said)
    return comment


def may_ever_be_appealed(comment: Comment) -> bool:
    return comment.state in (Comment.State.REMOVED, Comment.State.REFUSED)


def clean_appeal(text: str) -> str:
    """What was typed, as it is stored.

    Raises:
        BadAppeal: as above.
    """
    try:
        said = clean_source(text, called="appeal").strip()
    except BadText as error:
        raise BadAppeal(str(error)) from None
    if len(said) > MOST_CHARACTERS:
        over = len(said) - MOST_CHARACTERS
        raise BadAppeal(f"Your appeal must be {MOST_CHARACTERS:,} characters or fewer. You have {over:,} too many.")
    return said
