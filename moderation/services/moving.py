"""Moving a comment with all its replies to another post: one line of the log, and the end of its case."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from forum.models import Comment, Post
from forum.services import moving
from moderation.models import Action, Case, Decision
from moderation.services.cases import close, is_asked
from moderation.services.log import record


@transaction.atomic
def move_comment(
    *, comment_id: int, to_post: Post, moderator: Any, reason: str = "", batch: str = "", topic: int | None = None
) -> Decision:
    """Move a branch, close the open case on its top, and write that into the log; `topic` it is parked for, if any.

    The case stays open where moving answers nothing: its top waits to be readable (again), or somebody asked for its
    removal.

    Raises:
        CannotMove, MovedMeanwhile: see forum/services/moving.py.
    """
    before, after = moving.move_branch(comment_id=comment_id, to_post_id=to_post.pk)
    case = Case.objects.open().filter(comment=comment_id, comment__state=Comment.State.PUBLISHED).first()
    if case and is_asked(case):
        case = None
    if case:
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
