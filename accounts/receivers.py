"""What the digests note when the forum tells them something. All receivers are connected here."""

from typing import Any

from accounts.digests.events import follow_branch, note_comment, note_post, note_update
from forum.models import Comment, Post, PostUpdate
from forum.querysets import CommentQuerySet
from forum.signals import branch_moved, comment_published, post_published, post_updated


def connect() -> None:
    comment_published.connect(on_comment_published, dispatch_uid="accounts.on_comment_published")
    branch_moved.connect(on_branch_moved, dispatch_uid="accounts.on_branch_moved")
    post_published.connect(on_post_published, dispatch_uid="accounts.on_post_published")
    post_updated.connect(on_post_updated, dispatch_uid="accounts.on_post_updated")


def on_comment_published(sender: object, *, comment: Comment, **kwargs: Any) -> None:
    note_comment(comment)


def on_branch_moved(sender: object, *, comments: CommentQuerySet, to_post: Post, **kwargs: Any) -> None:
    follow_branch(comments, to_post)


def on_post_published(sender: object, *, post: Post, **kwargs: Any) -> None:
    note_post(post)


def on_post_updated(sender: object, *, update: PostUpdate, **kwargs: Any) -> None:
    note_update(update)
