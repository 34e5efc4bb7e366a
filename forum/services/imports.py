"""Bringing in a conversation from elsewhere. Not screened, no signal sent, nothing doubled on a second run.

What is recognised: the post by its text, by title and date, or by the comments below it; a comment by its text
and what it answers. The database keeps keyed hashes for that, which outlive a withdrawn text without telling it.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count
from django.utils.crypto import salted_hmac

from forum import tree
from forum.clock import to_the_minute
from forum.locks import Lock, hold
from forum.markup import render_comment, render_post
from forum.models import Comment, Post
from forum.querysets import PostQuerySet
from forum.services.posts import free_permalink
from forum.services.references import follow_all

# Fewer known remarks ("I agree.") do not show that a page without a title is one that we have.
FEWEST_COMMENTS = 3
Progress = Callable[[Sequence["Item"]], Iterable["Item"]]


@dataclass(frozen=True)
class Item:
    """One comment to import; `parent` is the index of an earlier one. `source` must be clean already."""

    source: str
    parent: int | None = None
    name: str = ""
    posted_at: datetime.datetime | None = None
    staff_role: str = ""


@dataclass(frozen=True)
class Conversation:
    """A post and its comments.

    `dated` says that `published_at` comes from the source or the caller, `titled` the same of the title; else both
    are our own guess.
    """

    title: str
    body: str
    published_at: datetime.datetime
    dated: bool
    items: Sequence[Item]
    titled: bool = True


@dataclass
class Imported:
    """What an import did."""

    post: Post
    items: Sequence[Item]
    new: int = field(default=0)

    def summary(self) -> dict[str, object]:
        top = sum(item.parent is None for item in self.items)
        return {
            "path": self.post.get_absolute_url(),
            "comments": len(self.items),
            "top_level": top,
            "replies": len(self.items) - top,
            "new": self.new,
        }


@transaction.atomic
def import_conversation(conversation: Conversation, *, progress: Progress = iter) -> Imported:
    """Store what is not there yet, all or nothing. `progress` may wrap the walk over the comments."""
    hold(Lock.IMPORT)
    found = _find_post(conversation)
    post = tree.lock_post((found or _new_post(conversation)).pk)
    result = Imported(post, conversation.items)
    if found is None:
        _plant(post, conversation, progress)
        result.new = len(conversation.items)
    else:
        result.new = _add_missing(post, conversation, progress)
    post.save(update_fields=["last_number", "comment_count"])
    if result.new:
        follow_all(post)
    return result


def _key(*parts: str) -> str:
    return salted_hmac("forum.imports", "\x00".join(parts), algorithm="sha256").hexdigest()


def _find_post(conversation: Conversation) -> Post | None:
    imported = Post.objects.exclude(import_key="")
    if conversation.body.strip() and (same := imported.filter(import_key=_body_key(conversation)).first()):
        return same
    if conversation.dated:
        dated = imported.filter(title=conversation.title, published_at=to_the_minute(conversation.published_at))
        if same := dated.first():
            return same
    keys = _page_keys(conversation.items)
    candidates = Comment.objects.filter(import_key__in=keys, post__in=_could_be(conversation, imported))
    by_post = candidates.order_by().values("post").annotate(known=Count("pk"))
    best = by_post.order_by("-known").first()
    enough = max(len(keys) / 2, 1 if conversation.titled else FEWEST_COMMENTS)
    return Post.objects.get(pk=best["post"]) if best and best["known"] >= enough else None


def _could_be(conversation: Conversation, imported: PostQuerySet) -> PostQuerySet:
    """The posts that this one may be judged by its comments to be: none with another title or day, where we know."""
    if conversation.titled:
        imported = imported.filter(title=conversation.title)
    if conversation.dated:
        imported = imported.filter(published_at=to_the_minute(conversation.published_at))
    return imported


def _body_key(conversation: Conversation) -> str:
    return _key(
        "post",
        " ".join(conversation.body.split()),
        conversation.title if not conversation.body.strip() else "",
    )


def _page_keys(items: Sequence[Item]) -> list[str]:
    """The key of each comment: its text, what it answers, and which of several like it it is."""
    keys: list[str] = []
    seen: Counter[tuple[str, str]] = Counter()
    for item in items:
        above = "" if item.parent is None else keys[item.parent]
        seen[above, item.source] += 1
        keys.append(_key(above, item.source, str(seen[above, item.source])))
    return keys


def _new_post(conversation: Conversation) -> Post:
    published_at = to_the_minute(conversation.published_at)
    year, month, slug = free_permalink(conversation.title, published_at)
    return Post.objects.create(
        title=conversation.title,
        body=conversation.body,
        html=render_post(conversation.body),
        state=Post.State.PUBLISHED,
        published_at=published_at,
        year=year,
        month=month,
        slug=slug,
        import_key=_body_key(conversation),
    )


def _comment(post: Post, item: Item, key: str) -> Comment:
    post.last_number += 1
    post.comment_count += 1
    posted_at = to_the_minute(item.posted_at) if item.posted_at else None
    return Comment(
        post=post,
        number=post.last_number,
        state=Comment.State.PUBLISHED,
        posted_at=posted_at,
        published_at=posted_at or post.published_at,
        name=item.name,
        staff_role=item.staff_role,
        source=item.source,
        html=render_comment(item.source),
        import_key=key,
    )


def _plant(post: Post, conversation: Conversation, progress: Progress) -> None:
    keys = _page_keys(conversation.items)
    comments = [_comment(post, item, key) for item, key in zip(progress(conversation.items), keys, strict=True)]
    tree.plant(comments, [item.parent for item in conversation.items])


def _add_missing(post: Post, conversation: Conversation, progress: Progress) -> int:
    """Insert the comments that the post does not have, each below what it answers; how many there were."""
    existing = list(Comment.objects.filter(post=post).exclude(import_key="").order_by("pk"))
    by_key = {comment.import_key: comment for comment in existing}
    by_parent: dict[int | None, list[Comment]] = {}
    for comment in existing:
        by_parent.setdefault(comment.parent_id, []).append(comment)
    taken: set[int] = set()
    here: list[Comment] = []
    new = 0
    for item, key in zip(progress(conversation.items), _page_keys(conversation.items), strict=True):
        parent = None if item.parent is None else here[item.parent]
        found = by_key.get(key) or _nearly_same(item, by_parent.get(parent.pk if parent else None, []), taken)
        comment = found or _comment(post, item, key)
        if found is None:
            tree.insert(comment, parent)
            new += 1
        taken.add(comment.pk)
        here.append(comment)
    return new


def _nearly_same(item: Item, siblings: Sequence[Comment], taken: set[int]) -> Comment | None:
    """The same comment read with more or less page furniture at its end: one text begins with the other."""
    for comment in siblings:
        if comment.pk in taken or not comment.source:
            continue
        shorter, longer = sorted((comment.source, item.source), key=len)
        if longer == shorter or longer.startswith(shorter + "\n"):
            return comment
    return None
