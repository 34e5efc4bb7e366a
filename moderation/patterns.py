"""Patterns for the owner's rules: regular expressions that cannot be made to run for long.

Python's own try one way after another, and a text can be written for which that takes hours. Here all ways are
followed at once, sign by sign, and each step is remembered: the time grows with the length of the text alone. For
that there is nothing that looks back (`\\1`) or around (`(?=…)`). Capitals never matter; `^` and `$` are ends of lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from moderation.pattern_parts import BadPattern, Node, graph_of

# Of one text: steps that were not known before. More need a pattern and a text made for each other.
MOST_STEPS = 25_000
MOST_KNOWN = 20_000
# A place is shown at most this long.
LONGEST = 200
# What stands before a sign.
LINE, WORD, OTHER = range(3)

__all__ = ["BadPattern", "Pattern", "TooCostly", "compiled"]

Place = tuple[frozenset[int], int]


class TooCostly(Exception):
    """The pattern takes too many steps on this text."""


class Pattern:
    """A pattern, ready to be looked for; `source` as the owner typed it.

    Raises:
        BadPattern: it cannot be read, or is too long.
    """

    def __init__(self, source: str) -> None:
        self.nodes, self.first = graph_of(source)
        self.known: dict[tuple[Place, str], tuple[Place, bool]] = {}
        self.left = 0

    def find(self, text: str) -> tuple[int, int] | None:
        """Where it stands first, from the first sign to behind the last; None if nowhere.

        Raises:
            TooCostly: the text is made for it to take long.
        """
        self.left = MOST_STEPS
        if (end := self._end(text, 0, len(text), anywhere=True)) is None:
            return None
        for start in range(max(0, end - LONGEST), end):
            longest = self._end(text, start, min(len(text), start + LONGEST), anywhere=False)
            if longest is not None and longest > start and longest >= end:
                return start, longest
        return max(0, end - LONGEST), end

    def _end(self, text: str, start: int, stop: int, *, anywhere: bool) -> int | None:
        """Where it ends first, if it may begin `anywhere`; else where it ends last, if it begins at `start`."""
        place: Place = frozenset({self.first}), kind(text[start - 1] if start else "")
        found = None
        for at in range(start, stop + 1):
            sign = text[at] if at < len(text) else ""
            (reached, before), ends = self.known.get((place, sign)) or self._step(place, sign)
            if ends:
                found = at
                if anywhere:
                    return at
            if not reached and not anywhere:
                return found
            place = (reached | {self.first} if anywhere else reached), before
        return found

    def _step(self, place: Place, sign: str) -> tuple[Place, bool]:
        """What is reached from a place by one sign, and whether the pattern was at its end before it."""
        reachable = self._closure(place, kind(sign))
        ends = any(self.nodes[node].kind == "end" for node in reachable)
        read = [self.nodes[node] for node in reachable if sign and self.nodes[node].kind == "sign"]
        reached = frozenset(node.then for node in read if node.takes(sign))
        if len(self.known) > MOST_KNOWN:
            self.known = {}
        answer = (reached, kind(sign)), ends
        self.known[place, sign] = answer
        return answer

    def _closure(self, place: Place, after: int) -> set[int]:
        """All parts that can be reached without reading a sign."""
        nodes, before = place
        seen: set[int] = set()
        waiting = list(nodes)
        while waiting:
            number = waiting.pop()
            if number in seen:
                continue
            seen.add(number)
            self.left -= 1
            if self.left < 0:
                raise TooCostly
            waiting.extend(ways_on(self.nodes[number], before, after))
        return seen


def ways_on(node: Node, before: int, after: int) -> Iterable[int]:
    """Where a part leads that reads no sign."""
    if node.kind == "fork":
        return node.then, node.other
    holds = {
        "^": before == LINE,
        "$": after == LINE,
        "b": (before == WORD) != (after == WORD),
        "B": (before == WORD) == (after == WORD),
    }
    return (node.then,) if holds.get(node.kind) else ()


def kind(sign: str) -> int:
    if sign in ("", "\n"):
        return LINE
    return WORD if sign.isalnum() or sign == "_" else OTHER


@lru_cache(maxsize=100)
def compiled(source: str) -> Pattern:
    """The pattern; steps that it has learnt are kept in this process, single signs and nothing of a text.

    Raises:
        BadPattern: it cannot be read, or is too long.
    """
    return Pattern(source)
