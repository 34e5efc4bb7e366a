"""The inside of one paragraph: blanks as a reader sees them, stress and links where Markdown can show them."""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag

from forum.characters import CONTROLS, TURNING_MARKS
from forum.paste.escaping import addresses, to_escape
from forum.paste.links import is_address_itself
from forum.source import UNSTORABLE

STRONG, EM = "strong", "em"
BLANKS = re.compile(r"[ \t\r\n\f\xa0\u2000-\u200a\u202f\u205f\u3000]+")
NO_SHAPE = re.compile("[\u00ad\u200b\u2060\ufeff]")
BREAK = "\n"
PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


class Run(NamedTuple):
    """Text under the same marks: `strong`, `em`, or the address that it links to."""

    text: str
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Span:
    """A mark from `start` to before `end` of a paragraph's text."""

    start: int
    end: int
    mark: str

    @property
    def is_link(self) -> bool:
        return self.mark not in (STRONG, EM)


def clean(text: str) -> str:
    """Text from the page: each stretch of blanks is one, and what has no shape or cannot be stored is gone."""
    for unwanted in (UNSTORABLE, CONTROLS, TURNING_MARKS, NO_SHAPE):
        text = unwanted.sub(" " if unwanted is CONTROLS else "", BLANKS.sub(" ", text))
    return text


def paragraphs(runs: list[Run]) -> list[list[Run]]:
    """Cut where there are two line breaks or more; no blanks at the edges of a line, nor two together."""
    found: list[list[Run]] = [[]]
    blank, breaks = False, 0
    for run in runs:
        if run.text == BREAK:
            breaks += 1
            continue
        words = run.text.strip(" ")
        blank = blank or run.text.startswith(" ")
        if words:
            if breaks > 1:
                found.append([])
            if found[-1]:
                found[-1].append(Run(BREAK if breaks else " " if blank else "", _shared(found[-1][-1], run)))
            found[-1].append(Run(re.sub(" +", " ", words), run.marks))
            blank, breaks = False, 0
        blank = blank or run.text.endswith(" ")
    return [paragraph for paragraph in found if paragraph]


def _shared(before: Run, after: Run) -> frozenset[str]:
    """What stands between two words is marked if both are."""
    return before.marks & after.marks


def fill(parent: Tag, runs: list[Run], soup: BeautifulSoup) -> None:
    """Put one paragraph into `parent`: its text, escaped where needed, within tags for its marks."""
    text = "".join(run.text for run in runs)
    spans = safe_spans(text, spans_of(runs))
    has_stress = any(not span.is_link for span in spans)
    escapes = to_escape(text, in_heading=parent.name in ("h2", "h3"), has_stress=has_stress)
    for span in spans:
        if span.is_link:
            escapes.update(i for i in range(span.start, span.end) if text[i] in "[]")
    # A backslash right before a mark of ours would take its meaning away.
    edges = {span.start for span in spans} | {span.end for span in spans}
    escapes.update(edge - 1 for edge in edges if edge and text[edge - 1] == "\\")
    _Writer(text, escapes, spans, soup).write(parent, 0, len(text))


class _Writer:
    """Puts stretches of text and the tags of spans into a paragraph; `spans` are in order, outer ones first."""

    def __init__(self, text: str, escapes: set[int], spans: list[Span], soup: BeautifulSoup) -> None:
        self.text, self.escapes, self.soup = text, escapes, soup
        self.spans = deque(spans)

    def write(self, parent: Tag, start: int, end: int) -> None:
        """Nests as deep as there are kinds of marks: three."""
        while self.spans and self.spans[0].start < end:
            span = self.spans.popleft()
            self.write_text(parent, start, span.start)
            tag = self.soup.new_tag("a", href=span.mark) if span.is_link else self.soup.new_tag(span.mark)
            self.write(tag, span.start, span.end)
            is_bare = span.is_link and is_address_itself(self.text[span.start : span.end], span.mark)
            parent.append(span.mark if is_bare else tag)
            start = span.end
        self.write_text(parent, start, end)

    def write_text(self, parent: Tag, start: int, end: int) -> None:
        text = self.text[start:end]
        if text and self.escapes:
            text = "".join("\\" * (i in self.escapes) + letter for i, letter in enumerate(text, start))
        if text:
            parent.append(text)


def spans_of(runs: list[Run]) -> list[Span]:
    """Where each mark begins and ends, in the order of their beginnings, outer ones first."""
    spans, position = [], 0
    begun: dict[str, int] = {}
    for run in [*runs, Run("")]:
        for mark in begun.keys() - run.marks:
            spans.append(Span(begun.pop(mark), position, mark))
        for mark in run.marks - begun.keys():
            begun[mark] = position
        position += len(run.text)
    return sorted(spans, key=lambda span: (span.start, -span.end, not span.is_link, span.mark))


def safe_spans(text: str, spans: list[Span]) -> list[Span]:
    """Those that Markdown will read as they are meant; the words of the others stay without their mark."""
    inside_addresses = {i for start, end in addresses(text) for i in range(start + 1, end)}
    links = {edge for span in spans if span.is_link for edge in (span.start, span.end)}
    found: list[Span] = []
    for span in spans:
        crosses = any(other.start < span.start < other.end < span.end for other in found[-8:])
        if crosses or span.start in inside_addresses or (span.end in inside_addresses and span.end < len(text)):
            continue
        if _is_safe_link(text, span) if span.is_link else _is_safe_stress(text, span, found, links):
            found.append(span)
    return found


def _is_safe_link(text: str, span: Span) -> bool:
    words = text[span.start : span.end]
    return is_address_itself(words, span.mark) or not addresses(words)


def _is_safe_stress(text: str, span: Span, kept: list[Span], links: set[int]) -> bool:
    before, first = text[span.start - 1 : span.start], text[span.start]
    last, after = text[span.end - 1], text[span.end : span.end + 1]
    if "*" in (before, first, last, after):
        return False
    for other in kept[-8:]:
        # Two marks of stars that touch could be read in several ways, unless they enclose the same.
        touches = span.start in (other.end, other.start) or other.end == span.end
        if not other.is_link and touches and (other.start, other.end) != (span.start, span.end):
            return False
    opens = _is_apart(before) or (first.isalnum() and span.start not in links)
    closes = _is_apart(after) or (last.isalnum() and span.end not in links)
    return opens and closes


def _is_apart(letter: str) -> bool:
    return not letter.strip() or bool(PUNCTUATION.match(letter)) or unicodedata.category(letter).startswith("P")
