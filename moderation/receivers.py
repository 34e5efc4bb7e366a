"""What moderation does when the forum tells it something. All receivers are connected here."""

from typing import Any

from forum.models import Comment, Post
from forum.querysets import CommentQuerySet
from forum.screening import Answer, Verdict
from forum.signals import (
    branch_moved,
    clock_ticked,
    comment_appealed,
    comment_edited,
    comment_posted,
    comment_withdrawn,
)
from moderation.services import (
    close_withdrawn,
    count_matches,
    destroy_originals,
    follow_edit,
    follow_move,
    open_case,
    take_appeal,
)
from moderation.services.answering import forget_extracts
from moderation.services.staff_mails import tell_staff


def connect() -> None:
    comment_posted.connect(look_at_new_comment, dispatch_uid="moderation.look_at_new_comment")
    comment_edited.connect(look_at_edited_comment, dispatch_uid="moderation.look_at_edited_comment")
    comment_appealed.connect(queue_appeal, dispatch_uid="moderation.queue_appeal")
    branch_moved.connect(follow_branch, dispatch_uid="moderation.follow_branch")
    clock_ticked.connect(destroy_what_is_over, dispatch_uid="moderation.destroy_what_is_over")
    comment_withdrawn.connect(drop_withdrawn_comment, dispatch_uid="moderation.drop_withdrawn_comment")
    clock_ticked.connect(send_staff_mails, dispatch_uid="moderation.send_staff_mails")


def look_at_new_comment(sender: object, *, comment: Comment, verdict: Verdict, **kwargs: Any) -> None:
    if verdict.answer is Answer.HOLD:
        open_case(post=comment.post, comment=comment, verdict=verdict)
    count_matches(comment)


def look_at_edited_comment(sender: object, *, comment: Comment, verdict: Verdict, **kwargs: Any) -> None:
    follow_edit(comment=comment, verdict=verdict)


def queue_appeal(sender: object, *, comment: Comment, text: str, **kwargs: Any) -> None:
    take_appeal(comment=comment, text=text)


def drop_withdrawn_comment(sender: object, *, comment: Comment, **kwargs: Any) -> None:
    close_withdrawn(comment=comment)
    forget_extracts(comment)


def destroy_what_is_over(sender: object, **kwargs: Any) -> bool:
    return destroy_originals() > 0


def send_staff_mails(sender: object, **kwargs: Any) -> None:
    tell_staff()


def follow_branch(sender: object, *, comments: CommentQuerySet, to_post: Post, **kwargs: Any) -> None:
    follow_move(comments=comments, to_post=to_post)
