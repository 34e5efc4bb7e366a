"""What one rule finds in one comment. Pure: it asks no database and no clock."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from itertools import islice
from urllib.parse import urlsplit

from django.utils import timezone

from forum.extracts import count_links
from forum.identifiers import folding, watched
from forum.screening import Draft
from forum.shown_addresses import OFFER
from moderation.models import Rule
from moderation.patterns import BadPattern, TooCostly, compiled

Kind = Rule.Kind
ADDRESS = re.compile(r'<a [^>]*?href="([^"]*)"')
# Of one kind; whoever reads the detail of a case knows then.
MOST_FOUND = 20


@dataclass(frozen=True)
class Found:
    """What a rule found: in words, and where in the text that `text_of` gives.

    `unsure` where the text was made for its pattern to take long, so that nobody knows.
    """

    words: list[str] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    unsure: bool = False


def text_of(draft: Draft) -> str:
    """The name and the text that rules look at."""
    return f"{draft.name}\n{draft.source}"


def find(rule: Rule, draft: Draft, now: datetime.datetime) -> Found | None:
    """What the rule finds in a draft that is sent `now`; None if nothing."""
    return FINDERS[Kind(rule.kind)](rule, draft, now)


def _in_words(rule: Rule, draft: Draft, now: datetime.datetime) -> Found | None:
    copy = folding.fold(text_of(draft))
    on_one_line = " ".join(copy.low.split())
    places, words = [], []
    for line in rule.lines:
        word = compared(line)
        # Most words are not there, which is quickly told.
        if word and word in on_one_line and (found := whole(word).search(copy.low)):
            places.append(copy.span(*found.span()))
            words.append(line)
    return Found(words, places) if words else None


@lru_cache(maxsize=5000)
def compared(line: str) -> str:
    """One of the owner's lines as it is looked for."""
    return " ".join(folding.fold(line).low.split())


def whole(word: str) -> re.Pattern[str]:
    """A word or phrase in small letters that stands between signs that are neither letters nor figures."""
    parts = r"\s+".join(map(re.escape, word.split()))
    return re.compile(rf"(?<![^\W_]){parts}(?![^\W_])")


def _pattern(rule: Rule, draft: Draft, now: datetime.datetime) -> Found | None:
    text = text_of(draft)
    try:
        place = compiled(rule.wanted.strip()).find(text)
    except TooCostly:
        return Found(["too long to look through"], unsure=True)
    except BadPattern:  # Stored by an older release: it finds nothing.
        return None
    return Found([text[slice(*place)]], [place]) if place else None


def _links(rule: Rule, draft: Draft, now: datetime.datetime) -> Found | None:
    links = count_links(draft.html)
    if rule.number is not None and links > rule.number:
        return Found([in_words(links)])
    hosts = [line.casefold() for line in rule.lines]
    if not hosts or not links:
        return None
    linked = [host_of(unescape(address)) for address in ADDRESS.findall(OFFER.sub("", draft.html))]
    listed = [host for host in linked if any(host == one or host.endswith(f".{one}") for one in hosts)]
    # One link to a trusted site must not publish the others.
    enough = len(listed) == len(linked) if rule.answer == Rule.Answer.PUBLISH else bool(listed)
    return Found(sorted(set(listed))) if enough else None


def in_words(links: int) -> str:
    return f"{links} link{'s' * (links != 1)}"


def host_of(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return ""


def _names(rule: Rule, draft: Draft, now: datetime.datetime) -> Found | None:
    text = text_of(draft)
    copy = folding.fold(text)
    places = [copy.span(one.start, one.end) for one in islice(watched.places(copy, rule.lines), MOST_FOUND)]
    return Found([text[start:end] for start, end in places], places) if places else None


def _age(rule: Rule, draft: Draft, now: datetime.datetime) -> Found | None:
    begun = draft.post.published_at
    if begun is None or rule.number is None or now - begun <= datetime.timedelta(days=rule.number):
        return None
    return Found([f"{(now - begun).days} days"])


def _hours(rule: Rule, draft: Draft, now: datetime.datetime) -> Found | None:
    if rule.begins is None or rule.ends is None:
        return None
    local = timezone.localtime(now).time()
    begins, ends = rule.begins, rule.ends
    within = begins <= local < ends if begins <= ends else local >= begins or local < ends
    return Found([f"{local:%H:%M}"]) if within else None


FINDERS: dict[Kind, Callable[[Rule, Draft, datetime.datetime], Found | None]] = {
    Kind.WORDS: _in_words,
    Kind.PATTERN: _pattern,
    Kind.LINKS: _links,
    Kind.NAME: _names,
    Kind.AGE: _age,
    Kind.HOURS: _hours,
}
