"""Writing, scheduling and publishing posts."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from forum import blocks, tree
from forum.clock import this_minute, to_the_minute
from forum.errors import BadText, ForumError, NotPublished
from forum.locks import Lock, hold
from forum.markup import render_post
from forum.models import Label, Post, PostVersion
from forum.page_version import raise_shared
from forum.quotations import note_quotations
from forum.signals import post_published
from forum.source import clean_title

# As Blogger cut them: whole words, about forty characters.
SLUG_LENGTH = 40


class EditedMeanwhile(ForumError):
    """Somebody saved the post since this editor opened it; `post` is what is stored now."""

    status = 409

    def __init__(self, post: Post) -> None:
        super().__init__("Somebody saved this post while you were writing. Nothing of yours is lost: it is below.")
        self.post = post


@dataclass(frozen=True)
class PostDraft:
    """What the desk's form holds. `publish_at` None keeps a draft; a time in the future schedules."""

    title: str
    body: str
    labels: list[str] = field(default_factory=list)
    publish_at: datetime.datetime | None = None
    comments_open: bool = True
    comments_close_at: datetime.datetime | None = None
    hold_comments: bool = False
    hold_links: bool = False

    @classmethod
    def of(cls, post: Post) -> PostDraft:
        """What the form would hold for a post as it is stored, but when it is to appear."""
        return cls(
            title=post.title,
            body=post.body,
            labels=[label.name for label in post.labels.all()],
            comments_open=post.comments_open,
            comments_close_at=post.comments_close_at,
            hold_comments=post.hold_comments,
            hold_links=post.hold_links,
        )

    def is_stored_in(self, post: Post) -> bool:
        """Whether saving this draft again would change nothing: it was sent twice."""
        stored = PostDraft.of(post)
        labels = [{slug_of_label(name) for name in names} - {""} for names in (self.labels, stored.labels)]
        return labels[0] == labels[1] and replace(self, labels=[], publish_at=None) == replace(stored, labels=[])


def create_post(*, draft: PostDraft, nonce: str = "") -> Post:
    """Store a new post, and publish it if its time has come. The same form sent twice makes one post.

    Raises:
        EditedMeanwhile: the form was sent before, with another content.
        BadText: it is to be published, and a block in it is not complete.
    """
    try:
        with transaction.atomic():
            return _store(Post(version=0, nonce=nonce or None), draft)
    except IntegrityError:
        same = Post.objects.filter(nonce=nonce).first() if nonce else None
        if same is None:
            raise
        if not draft.is_stored_in(same):
            raise EditedMeanwhile(same) from None
        return same


@transaction.atomic
def save_post(*, post_id: int, version: int, draft: PostDraft) -> Post:
    """Store a new version of a post, and publish it if its time has come.

    A published post stays published, at the time and address it has.

    Raises:
        EditedMeanwhile: `version` is not the one that is stored, and what is stored differs.
        BadText: readers are to see it, and a block in it is not complete.
    """
    post = tree.lock_post(post_id)
    if post.version != version:
        if draft.is_stored_in(post):
            return post
        raise EditedMeanwhile(post)
    return _store(post, draft)


def _store(post: Post, draft: PostDraft) -> Post:
    if (draft.publish_at or post.is_published) and (found := blocks.problems(draft.body)):
        raise BadText(" ".join(found))
    post.title, post.body, post.html = draft.title, draft.body, render_post(draft.body)
    post.comments_open = draft.comments_open
    post.hold_comments, post.hold_links = draft.hold_comments, draft.hold_links
    post.comments_close_at = to_the_minute(draft.comments_close_at) if draft.comments_close_at else None
    post.version += 1
    post.updated_at = timezone.now()
    if not post.is_published and draft.publish_at:
        # What comes back after it was taken down keeps its place among the posts.
        comes_back = bool(post.slug and post.published_at) and draft.publish_at <= timezone.now()
        post.published_at = post.published_at if comes_back else to_the_minute(draft.publish_at)
        post.state = Post.State.SCHEDULED
    elif post.state == Post.State.SCHEDULED:
        # Called off: what was never published has no time, and what was taken down stays down.
        post.state = Post.State.UNPUBLISHED if post.slug else Post.State.DRAFT
        post.published_at = post.published_at if post.slug else None
    post.save()
    post.labels.set(labels_named(draft.labels))
    PostVersion.objects.create(post=post, version=post.version, title=post.title, body=post.body)
    note_quotations(post)
    if post.state == Post.State.SCHEDULED and draft.publish_at and draft.publish_at <= timezone.now():
        publish(post)
    raise_shared()
    return post


def publish(post: Post) -> None:
    """Make a post readable (again). It must be locked or new; its permalink is fixed from the first time on."""
    post.published_at = post.published_at or this_minute()
    post.state, post.reason = Post.State.PUBLISHED, ""
    is_first_time = not post.slug
    if is_first_time:
        post.year, post.month, post.slug = free_permalink(post.title, post.published_at)
    post.save()
    if is_first_time:
        post_published.send(Post, post=post)
    raise_shared()


@transaction.atomic
def unpublish_post(*, post_id: int, reason: str = "") -> Post:
    """Take a post down with its thread: its address says that it is gone (410), and why. Twice is once.

    Nothing is lost: publishing it again brings it back at the same address.

    Raises:
        NotPublished: readers cannot see it anyway.
    """
    post = tree.lock_post(post_id)
    if post.state != Post.State.UNPUBLISHED and not post.is_published:
        raise NotPublished
    if post.is_published:
        post.state, post.reason = Post.State.UNPUBLISHED, clean_title(reason)[:400]
        post.version += 1
        post.save()
        raise_shared()
    return post


def publish_due_posts(*, now: datetime.datetime | None = None) -> list[Post]:
    """Publish each scheduled post whose minute has come; of several at work at once, one publishes it."""
    published = []
    for pk in Post.objects.due(now).order_by("published_at", "pk").values_list("pk", flat=True):
        with transaction.atomic():
            tree.lock_post(pk)
            if post := Post.objects.due(now).filter(pk=pk).first():
                publish(post)
                published.append(post)
    return published


def labels_named(names: Iterable[str]) -> list[Label]:
    """The labels with these names, made where they are missing; spelling of the first use counts."""
    wanted: dict[str, str] = {}
    for name in names:
        cleaned = " ".join(name.split())[:60]
        wanted.setdefault(slug_of_label(cleaned), cleaned)
    wanted.pop("", None)
    # In one order: of two who make the same labels at the same moment, one waits for the other.
    return [Label.objects.get_or_create(slug=slug, defaults={"name": wanted[slug]})[0] for slug in sorted(wanted)]


def slug_of_label(name: str) -> str:
    """The address of a label; "" if none of its letters can be part of one."""
    return slugify(ascii_only(name))[:60]


def free_permalink(title: str, published_at: datetime.datetime) -> tuple[int, int, str]:
    """Year, month and a slug that no other post of that month has, nor gets before this transaction ends."""
    hold(Lock.PERMALINKS)
    local = timezone.localtime(published_at)
    base = slug_for(title)
    taken = set(
        Post.objects.filter(year=local.year, month=local.month, slug__startswith=base).values_list("slug", flat=True)
    )
    slug, suffix = base, 2
    while slug in taken:
        slug, suffix = f"{base}-{suffix}", suffix + 1
    return local.year, local.month, slug


def slug_for(title: str) -> str:
    """The title in lower case with hyphens, cut at a word."""
    slug = slugify(re.sub(r"['’]", "", ascii_only(title)))
    if len(slug) > SLUG_LENGTH:
        slug = slug[: SLUG_LENGTH + 1].rsplit("-", 1)[0][:SLUG_LENGTH]
    return slug or "post"


def ascii_only(text: str) -> str:
    """`text` with its accents dropped."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
