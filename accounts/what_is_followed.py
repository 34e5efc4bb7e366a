"""What can be followed by mail, as an address names it and as pages call it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import Subscription
from accounts.services import Followed
from forum.models import Comment, Label, Post
from forum.source import small_number

SITE, LABEL, POST, THREAD = "site", "label", "post", "thread"
SLUG = re.compile(r"[\w-]{1,60}")
# What the name of a subscription is made of.
NAMED = ("label", "post", "thread__post")


@dataclass(frozen=True)
class Place:
    """What somebody was looking at when they chose “Follow by e-mail”; all of it is readable."""

    label: Label | None = None
    post: Post | None = None
    # A comment on the post, and the first one of its conversation.
    number: int | None = None
    thread: Comment | None = None

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What can be followed from here."""
        found = [(SITE, "The whole site")]
        if self.label:
            found.insert(0, (LABEL, f"All posts labelled “{self.label.name}”"))
        if self.post:
            found = [(POST, f"“{self.post.title}” and its comments"), (THREAD, "One conversation in it"), *found]
        return found

    @property
    def nearest(self) -> str:
        """What is most likely meant."""
        return THREAD if self.thread else self.choices[0][0]

    def followed(self, what: str, *, updates_only: bool) -> Followed:
        """The choice, as the service wants it."""
        return Followed(
            label=self.label if what == LABEL else None,
            post=self.post if what == POST else None,
            thread=self.thread if what == THREAD else None,
            updates_only=updates_only,
        )


def place_in(query: Mapping[str, str]) -> Place:
    """`?post=` (an id), with `comment=` (a number in that post) for its conversation, or `label=` (as its address has
    it). What readers cannot see is left out.
    """
    slug = query.get("label", "")
    slug = slug if SLUG.fullmatch(slug) else ""
    label = Label.objects.filter(slug=slug, posts__state=Post.State.PUBLISHED).first() if slug else None
    post = Post.objects.published().filter(pk=small_number(query.get("post")) or 0).first()
    number = small_number(query.get("comment", "").strip().removeprefix("#"))
    return Place(label, post, number, thread_of(post, number) if post and number else None)


def thread_of(post: Post, number: int) -> Comment | None:
    """The first comment of the thread in which a post has a comment with this number."""
    of_post = Comment.objects.filter(post=post)
    trees = of_post.published().filter(number=number).values("tree_id")
    return of_post.filter(tree_id__in=trees, parent=None).first()


def thread_name(first: Comment) -> str:
    return f"The conversation that comment {first.number} began"


def name_of(subscription: Subscription) -> tuple[str, str]:
    """What a subscription follows, in words, and the address of it ("" for what has none any more)."""
    post = subscription.thread.post if subscription.thread else subscription.post
    if subscription.label:
        return f"All posts labelled “{subscription.label.name}”", subscription.label.get_absolute_url()
    if post is None:
        return "The whole site", "/"
    if not post.is_readable:
        return "A post that was taken down", ""
    if subscription.thread is None:
        return post.title or "A discussion that was withdrawn", post.get_absolute_url()
    return f"{thread_name(subscription.thread)} on “{post.title}”", subscription.thread.get_absolute_url()
