"""Texts of others that readers paste, often whole articles, shown as quotations with their source.

Either a line that ends in `:-` names the source, and a long text follows up to a rule or the end; or paragraphs stand
in quotation marks that open at the start of the first and close at the end of the last. Nothing is moved: marks are
put around the blocks that Markdown found, so no word can be lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from markdown_it.rules_core import StateCore

from forum.comment_pieces import Piece, Role, pieces_of, tokens_of
from forum.long_quotations import quotations

LEAD_IN = re.compile(r":[-\u2013\u2014][ \t]*$")
COLON = re.compile(r":[-\u2013\u2014]?[ \t]*$")
# What is announced like this is no article: “My own view:-”, “I would ask:-”.
OWN_WORDS = re.compile(
    r"\b(?:my|our)\s(?:\w+\s)?(?:advice|answer|argument|concern|experience|guess|message|opinion|plea|point|question"
    r"|reply|response|stor|suggestion|take|theor|thought|view|worr)"
    r"|^\W*(?:\w+\s){0,3}(?:facts?|observations?|options?|points?|questions?|reasons?|suggestions?|things?|thoughts?)\b"
    r"|\b(?:i|we)(?:['’]d|['’]ll)?\s(?:\w+\s)?"
    r"(?:add|argue|ask|believe|feel|mean|propose|say|suggest|think|want|wonder|wish)\b",
    re.IGNORECASE,
)
# An address on a line of its own, as forum/markup.py sets it aside; or “— The Northmere Gazette”.
ADDRESS_ALONE = re.compile("\ufdd0\\d+\ufdd1")
SOURCE_BELOW = re.compile(rf"{ADDRESS_ALONE.pattern}|[\u2013\u2014].*")
# Characters. Shorter texts look well as they are, and may be anything; below a source less is needed to be sure.
LONG = 600
LONG_BELOW_SOURCE = 400
LONGEST_SOURCE = 100


def quote_pasted_articles(state: StateCore) -> None:
    """A rule for markdown-it between its blocks and what stands in them: a pasted text becomes a quotation."""
    pieces = list(pieces_of(state.tokens))
    stretches = _Stretches(pieces)
    at = 0
    while at < len(pieces):
        first = at + _is_lead_in(pieces[at])
        end = stretches.article(first) if first > at else stretches.quotation(first)
        if end > first:
            _mark(pieces, first, end)
        at = max(end, at + 1)
    if any(piece.role is Role.QUOTED for piece in pieces):
        state.tokens = list(tokens_of(pieces))


def _mark(pieces: Sequence[Piece], first: int, end: int) -> None:
    """These pieces are quoted, and a short line right before or behind them names their source."""
    for piece in pieces[first:end]:
        piece.role = Role.QUOTED
    if first and _is_short(pieces[first - 1]) and COLON.search(pieces[first - 1].text):
        pieces[first - 1].role = Role.SOURCE
    if pieces[end - 1].role is Role.QUOTED and _is_source_below(pieces[end - 1]):
        pieces[end - 1].role = Role.SOURCE
    elif end < len(pieces) and _is_source_below(pieces[end]):
        pieces[end].role = Role.SOURCE


def _is_lead_in(piece: Piece) -> bool:
    return piece.is_line and bool(LEAD_IN.search(piece.text)) and not OWN_WORDS.search(piece.text)


def _is_source_below(piece: Piece) -> bool:
    return _is_short(piece) and bool(SOURCE_BELOW.fullmatch(piece.text))


def _is_short(piece: Piece) -> bool:
    return piece.is_line and len(piece.text) <= LONGEST_SOURCE


class _Stretches:
    """Where in a comment long texts end. All is counted once, so that asking costs nothing."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.length = [0, *accumulate(len(piece.text) for piece in pieces)]
        self.quotes = [0, *accumulate(piece.kind == "blockquote" for piece in pieces)]
        self.rule = self._next_rules()
        self.quotations = dict(quotations(pieces))

    def _next_rules(self) -> list[int]:
        """For each place, that of the next rule, or of the end."""
        following = [len(self.pieces)] * (len(self.pieces) + 1)
        for at in range(len(self.pieces) - 1, -1, -1):
            following[at] = at if self.pieces[at].kind == "hr" else following[at + 1]
        return following

    def quotation(self, start: int) -> int:
        """Where the quotation of several long paragraphs ends that begins at `start`; or `start` if that is none."""
        end = self.quotations.get(start, start)
        return end if end > start + 1 and self._length(start, end) >= LONG else start

    def article(self, start: int) -> int:
        """Where the article ends that begins at `start`, below its lead-in; or `start` if that is none.

        It begins with a paragraph and has no quotation of another's hand in it. It ends where its quotation marks
        close, at a rule, behind an address on a line of its own, before the next article, or with the comment.
        """
        end = self.quotations.get(start, self.rule[start])
        if self._length(start, end) < LONG_BELOW_SOURCE or self.quotes[end] > self.quotes[start]:
            return start
        if start in self.quotations:
            return end
        return self._through_address(start, self._next_article(start, end)) if self.pieces[start].is_line else start

    def _through_address(self, start: int, end: int) -> int:
        """Behind the address that ends an article: what follows are words of whoever pasted it."""
        for at in range(start, end):
            is_address = self.pieces[at].is_line and ADDRESS_ALONE.fullmatch(self.pieces[at].text)
            if is_address and self._length(start, at) >= LONG_BELOW_SOURCE:
                return at + 1
        return end

    def _next_article(self, start: int, end: int) -> int:
        """The place of a short lead-in between `start` and `end` with long texts on both sides of it; else `end`."""
        at = start
        while at < end and (self._length(start, at) < LONG_BELOW_SOURCE or not self._parts(at)):
            at += 1
        return at if self._length(at + 1, end) >= LONG_BELOW_SOURCE else end

    def _parts(self, at: int) -> bool:
        return _is_short(self.pieces[at]) and _is_lead_in(self.pieces[at])

    def _length(self, start: int, end: int) -> int:
        """In characters of paragraphs, without the addresses."""
        return self.length[end] - self.length[start] if start < end else 0
