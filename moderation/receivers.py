"""What moderation does when the forum tells it something. All receivers are connected here."""

from typing import Any

from forum.models import Comment
from forum.screening import Answer, Verdict
from forum.signals import comment_appealed, comment_edited, comment_posted, comment_withdrawn
from moderation.services import close_withdrawn, follow_edit, open_case, take_appeal


def connect() -> None:
    comment_posted.connect(queue_held_comment, dispatch_uid="moderation.queue_held_comment")
    comment_edited.connect(look_at_edited_comment, dispatch_uid="moderation.look_at_edited_comment")
    comment_appealed.connect(queue_appeal, dispatch_uid="moderation.queue_appeal")
    comment_withdrawn.connect(drop_withdrawn_comment, dispatch_uid="moderation.drop_withdrawn_comment")


def queue_held_comment(sender: object, *, comment: Comment, verdict: Verdict, **kwargs: Any) -> None:
    if verdict.answer is Answer.HOLD:
        open_case(post=comment.post, comment=comment, verdict=verdict)


def look_at_edited_comment(sender: object, *, comment: Comment, verdict: Verdict, **kwargs: Any) -> None:
    follow_edit(comment=comment, verdict=verdict)


def queue_appeal(sender: object, *, comment: Comment, text: str, **kwargs: Any) -> None:
    take_appeal(comment=comment, text=text)


def drop_withdrawn_comment(sender: object, *, comment: Comment, **kwargs: Any) -> None:
    close_withdrawn(comment=comment)
