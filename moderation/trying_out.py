"""What a rule would have done to the last comments, before it is switched on. Nothing is stored."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from forum.models import Comment, Post
from forum.screening import Draft
from moderation.models import Rule
from moderation.rule_matching import Found, find, text_of

LOOKED_AT = 1000
SHOWN = 20
BEFORE, AFTER = 80, 220
COLUMNS = ("pk", "number", "state", "name", "source", "html", "posted_at", "published_at", "post__published_at")


@dataclass(frozen=True)
class Hit:
    """One comment that the rule finds: its key, its number, when it came, and its text around what was found."""

    pk: int
    number: int | None
    posted_at: datetime.datetime
    words: str
    html: SafeString


@dataclass
class Tried:
    """How many comments were looked at, how many the rule finds, how many of those readers can see; the first."""

    looked_at: int = 0
    found: int = 0
    published: int = 0
    shown: list[Hit] = field(default_factory=list)


def try_out(rule: Rule) -> Tried:
    """Ask the rule alone about the last 1,000 comments of readers, each as if it came when it did; newest first."""
    tried = Tried()
    for row in last_comments():
        tried.looked_at += 1
        draft = Draft(Post(published_at=row["post__published_at"]), row["source"], row["html"], row["name"])
        came = row["posted_at"] or row["published_at"]
        found = find(rule, draft, came) if came else None
        if found is None:
            continue
        tried.found += 1
        tried.published += row["state"] == Comment.State.PUBLISHED
        if len(tried.shown) < SHOWN:
            words = ", ".join(found.words)
            tried.shown.append(Hit(row["pk"], row["number"], came, words, marked(text_of(draft), found)))
    return tried


def last_comments() -> Iterator[dict[str, Any]]:
    written = Comment.objects.filter(staff_role="").exclude(state=Comment.State.WITHDRAWN)
    yield from written.order_by("-pk").values(*COLUMNS)[:LOOKED_AT]


def marked(text: str, found: Found) -> SafeString:
    """The text around the first place, with all places in it marked; its beginning where there are none."""
    first = found.places[0][0] if found.places else 0
    start = max(0, first - BEFORE)
    stop = min(len(text), first + AFTER)
    parts, at = ["… " * (start > 0)], start
    for begins, ends in sorted(found.places):
        if begins < at or begins >= stop:
            continue
        parts += [escape(text[at:begins]), "<mark>", escape(text[begins : min(ends, stop)]), "</mark>"]
        at = min(ends, stop)
    parts += [escape(text[at:stop]), " …" * (stop < len(text))]
    return mark_safe("".join(parts).strip())  # noqa: S308 - all that is a reader's is escaped
