"""A comment as its author is shown it: in its place below what it answers, with what they may do about it now."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.safestring import SafeString

from forum import threads
from forum.models import Comment
from forum.services.appeals import MOST_CHARACTERS, may_ever_be_appealed
from forum.services.changes import changeable_until
from forum.thread_html import Frame, thread_html


@dataclass(frozen=True)
class OwnComment:
    """What the posted page and the author's page say of a comment."""

    comment: Comment
    in_its_place: SafeString
    changeable_until: datetime.datetime | None
    may_appeal: bool
    most_in_appeal: int = MOST_CHARACTERS

    @property
    def replies_feed(self) -> str:
        """Where replies can be followed; "" while there can be none."""
        if self.comment.number is None:
            return ""
        return f"{self.comment.post.get_absolute_url()}/c/{self.comment.number}/replies.atom"


def own_comment(comment: Comment) -> OwnComment:
    """Three queries, or four."""
    may_appeal = may_ever_be_appealed(comment) and not comment.appealed
    return OwnComment(comment, _in_its_place(comment), changeable_until(comment), may_appeal)


def _in_its_place(comment: Comment) -> SafeString:
    """The article of the comment, whatever its state, below that of its parent as readers see it."""
    pair = Comment.objects.filter(pk__in=[comment.pk, comment.parent_id]).in_thread_order()
    rows = threads.rows_of(pair)
    rows[0].parent_id = None
    for level, row in enumerate(threads.link(rows)):
        row.level = level
        if row.id != comment.pk and not row.is_published:
            row.html = ""
    frame = Frame(comment.post.get_absolute_url(), comment.post.year or 0, reveal=True, target=comment.pk)
    return thread_html(rows, frame)
