"""From an address that somebody pasted to the post or comment it leads to."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.conf import settings

from forum.models import Comment, Post

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
    comment = Comment.objects.filter(post=post, number=number).first() if number else None
    return None if number and not comment else (post, comment)


def _number(parts: SplitResult, path: re.Match[str]) -> int | None:
    """The comment that an address names by query, fragment or path, in this order."""
    asked = NUMBER.match(parse_qs(parts.query).get("c", [""])[0])
    anchor = COMMENT_ANCHOR.match(parts.fragment)
    named = (asked and asked[0]) or (anchor and anchor[1]) or path[4]
    return int(named) if named else None
