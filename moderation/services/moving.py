"""Moving a comment with all its replies to another post: one line of the log, and the end of its case."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from forum.models import Post
from forum.services import moving
from moderation.models import Action, Case, Decision
from moderation.services.cases import close, is_asked
from moderation.services.log import record


@transaction.atomic
def move_comment(
    *, comment_id: int, to_post: Post, moderator: Any, reason: str = "", batch: str = "", topic: int | None = None
) -> Decision:
    """Move a branch, close the open case on its top, and write that into the log; `topic` it is parked for, if any.

    Where somebody asked for its removal, the case stays open: that is not answered by it.

    Raises:
        CannotMove, MovedMeanwhile: see forum/services/moving.py.
    """
    before, after = moving.move_branch(comment_id=comment_id, to_post_id=to_post.pk)
    case = Case.objects.open().filter(comment=comment_id).first()
    if case and not is_asked(case):
        close(case, outcome=Action.MOVE)
    return record(
        case=case,
        post_id=before["post"],
        comment_id=comment_id,
        moderator=moderator,
        action=Action.MOVE,
        reason=reason,
        batch=batch,
        before=before,
        after=after | ({"topic": topic} if topic else {}),
    )
