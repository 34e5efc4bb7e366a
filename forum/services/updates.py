"""Dated additions to a published post, each with its own time and anchor."""

from __future__ import annotations

from html import escape

from django.db import transaction
from django.utils import timezone

from forum import blocks, tree
from forum.clock import SAME_AGAIN, this_minute
from forum.errors import BadText, NotPublished
from forum.markup import render_post
from forum.models import Post, PostUpdate
from forum.signals import post_updated
from forum.source import clean_body, clean_title

MAX_HEADLINE_LENGTH = 120


@transaction.atomic
def add_update(*, post_id: int, headline: str, body: str) -> PostUpdate:
    """Append an update to a published post. The same words again within ten minutes are one update.

    Raises:
        BadText: there are no words, a block in them is not complete, or something cannot be stored.
        NotPublished: there is nothing that readers could see updated.
    """
    body, headline = clean_body(body, called="update"), clean_title(headline)
    if not body.strip():
        raise BadText("Enter the text of the update.")
    if len(headline) > MAX_HEADLINE_LENGTH:
        raise BadText(f"The headline must be {MAX_HEADLINE_LENGTH} characters or fewer. It has {len(headline)}.")
    if found := blocks.problems(body):
        raise BadText(found[0])
    post = tree.lock_post(post_id)
    if not post.is_published:
        raise NotPublished
    same = post.updates.filter(body=body, headline=headline, posted_at__gte=this_minute() - SAME_AGAIN)
    if before := same.first():
        return before
    last = post.updates.last()
    update = PostUpdate.objects.create(
        post=post, number=last.number + 1 if last else 1, headline=headline, body=body, html=render_post(body)
    )
    _show(post)
    post_updated.send(Post, update=update)
    return update


@transaction.atomic
def delete_update(*, post_id: int, number: int) -> None:
    """Take an update away. Its number is not given again while later ones stand."""
    post = tree.lock_post(post_id)
    post.updates.filter(number=number).delete()
    _show(post)


def _show(post: Post) -> None:
    """Put the updates together as readers see them."""
    updates = list(post.updates.all())
    html = "".join(update_html(update) for update in updates)
    last = updates[-1].posted_at if updates else None
    Post.objects.filter(pk=post.pk).update(updates_html=html, last_update_at=last, updated_at=timezone.now())


def update_html(update: PostUpdate) -> str:
    local = timezone.localtime(update.posted_at)
    when = f'<time datetime="{local:%Y-%m-%dT%H:%M%z}">{local.day} {local:%B %Y, %H:%M}</time>'
    headline = f": {escape(update.headline)}" if update.headline else ""
    return (
        f'<section class="update" id="update-{update.number}"><h2>Update, {when}{headline}</h2>{update.html}</section>'
    )
