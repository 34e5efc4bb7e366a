"""Lines and paragraphs that stand together in one pair of quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forum.comment_pieces import Piece

MARK = re.compile('[\u201c\u201d"]')
# Before a straight mark that opens. At the end of a line it always closes.
BEFORE_OPENING = " \t\u00a0([-\u2013\u2014\u2018'"
AFTER_CLOSING = " \t\u00a0.,;"


@dataclass(frozen=True)
class Marks:
    """The double quotation marks of a line. Single ones are apostrophes as well, and say nothing."""

    # How many more open than close.
    excess: int
    opens_first: bool
    closes_last: bool


def quotations(pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """Where such lines begin and end (the end is behind them), in order. Linear in the length of the text.

    As printers do, each paragraph may open anew and only the last close. Marks that do not add up are no quotation.
    """
    start, opens_anew = -1, False
    for at, piece in enumerate(pieces):
        marks = _marks(piece.text) if piece.is_line else None
        if start < 0:
            if marks and marks.opens_first and marks.excess == 1:
                start, opens_anew = at, False
            elif marks and marks.opens_first and marks.closes_last and marks.excess == 0:
                yield at, at + 1
        elif marks is None:
            start = start if piece.kind.endswith("_list") else -1
        elif marks.opens_first and marks.excess == 1:
            opens_anew = True
        elif marks.closes_last and marks.excess == (0 if opens_anew and marks.opens_first else -1):
            yield start, at + 1
            start = -1
        elif marks.excess:
            start = -1


def _marks(line: str) -> Marks:
    text = line.strip(" \t\u00a0")
    last = len(text.rstrip(AFTER_CLOSING)) - 1
    opening = [match.start() for match in MARK.finditer(text) if _opens(text, match.start(), last)]
    count = len(MARK.findall(text))
    closes_last = last >= 0 and MARK.match(text[last]) is not None and last not in opening
    return Marks(2 * len(opening) - count, 0 in opening, closes_last)


def _opens(text: str, at: int, last: int) -> bool:
    if text[at] != '"':
        return text[at] == "\u201c"
    return at == 0 or (at != last and text[at - 1] in BEFORE_OPENING)
