"""The page shown after posting: made with the comment, alive for two minutes, then purged."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from forum import receipts
from forum.clock import to_the_minute
from forum.models import Comment, LaterComment, Post, Ticket
from forum.statements import insert

# Stored to the minute, so a ticket lives for two to three minutes.
LIFE = datetime.timedelta(minutes=3)


@dataclass(frozen=True)
class Posted:
    """What that page shows: a comment, a discussion, or a comment that appears later.

    `code` is None where the visitor is not proved to be the author: the text was there.
    """

    comment: Comment | None
    discussion: Post | None
    later: LaterComment | None
    code: bytes | None

    @property
    def post(self) -> Post:
        """The discussion, or the post that the comment stands under."""
        found = self.comment or self.later
        post = found.post if found else self.discussion
        assert post, "a ticket leads to one of the three"
        return post


def issue_ticket(made: Comment | Post | LaterComment, code: bytes | None) -> str:
    """Store a way to the posted page, with the receipt code sealed in it, and return the ticket."""
    ticket = receipts.new_ticket()
    insert(
        Ticket(
            token_hash=receipts.hash_ticket(ticket),
            comment=made if isinstance(made, Comment) else None,
            post=made if isinstance(made, Post) else None,
            later=made if isinstance(made, LaterComment) else None,
            sealed_code=receipts.seal(code, ticket) if code else b"",
            expires_at=to_the_minute(timezone.now()) + LIFE,
        )
    )
    return ticket


def open_ticket(ticket: str) -> Posted | None:
    """What the ticket leads to; None if there is none (any more)."""
    row = (
        Ticket.objects.select_related("comment__post", "post", "later__post")
        .filter(token_hash=receipts.hash_ticket(ticket), expires_at__gt=timezone.now())
        .first()
    )
    if row is None:
        return None
    code = receipts.unseal(bytes(row.sealed_code), ticket) if row.sealed_code else None
    return Posted(row.comment, row.post, row.later, code)


def purge_tickets() -> int:
    """Delete the tickets whose time is over; how many there were."""
    deleted, _ = Ticket.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted
