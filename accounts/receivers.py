"""What the digests note when the forum tells them something. All receivers are connected here."""

from typing import Any

from accounts.digests.events import note_comment, note_post, note_update
from forum.models import Comment, Post, PostUpdate
from forum.signals import comment_published, post_published, post_updated


def connect() -> None:
    comment_published.connect(on_comment_published, dispatch_uid="accounts.on_comment_published")
    post_published.connect(on_post_published, dispatch_uid="accounts.on_post_published")
    post_updated.connect(on_post_updated, dispatch_uid="accounts.on_post_updated")


def on_comment_published(sender: object, *, comment: Comment, **kwargs: Any) -> None:
    note_comment(comment)


def on_post_published(sender: object, *, post: Post, **kwargs: Any) -> None:
    note_post(post)


def on_post_updated(sender: object, *, update: PostUpdate, **kwargs: Any) -> None:
    note_update(update)
