"""From an address that somebody pasted to the post or comment it leads to."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.conf import settings

from forum.models import Comment, Post
from forum.moved import comment_now

MOST_POSTS = 10
POST_PATH = re.compile(r"^/(\d{4})/(\d{2})/([-\w]+)\.html(?:/c/(\d{1,9}))?$", re.ASCII)
NUMBER = re.compile(r"^\d{1,9}$", re.ASCII)
COMMENT_ANCHOR = re.compile(r"^c(\d{1,9})$", re.ASCII)


def find_by_address(address: str, *, host: str) -> tuple[Post, Comment | None] | None:
    """The post, and the comment if the address names one, or None where it leads to nothing of ours.

    `host` is the name under which this site is being read; the one of `SITE_URL` counts too.
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    ours = ("", host.lower(), urlsplit(settings.SITE_URL).netloc.lower())
    path = POST_PATH.match(parts.path) if parts.netloc.lower() in ours else None
    post = path and Post.objects.readable().at(int(path[1]), int(path[2]), path[3]).first()
    if not path or not post:
        return None
    number = _number(parts, path)
    if not number:
        return post, None
    here = Comment.objects.filter(post=post, number=number).exclude(state=Comment.State.MOVED).first()
    comment = here or comment_now(post, number)
    return (comment.post, comment) if comment else None


def posts_called(typed: str, *, host: str) -> list[Post]:
    """The published posts that a title, a part of one, or an address means, the newest first; at most ten.

    One whose whole title it is, is meant alone.
    """
    words = " ".join(typed.replace("\x00", " ").split())
    if not words:
        return []
    if found := find_by_address(words, host=host):
        return [found[0]] if found[0].is_published else []
    published = Post.objects.published()
    exact = list(published.filter(title__iexact=words)[:2])
    return exact if len(exact) == 1 else list(published.filter(title__icontains=words)[:MOST_POSTS])


def _number(parts: SplitResult, path: re.Match[str]) -> int | None:
    """The comment that an address names by query, fragment or path, in this order."""
    asked = NUMBER.match(parse_qs(parts.query).get("c", [""])[0])
    anchor = COMMENT_ANCHOR.match(parts.fragment)
    named = (asked and asked[0]) or (anchor and anchor[1]) or path[4]
    return int(named) if named else None
