"""A comment as its lines and blocks, between Markdown's parsing of blocks and of what stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

from markdown_it.token import Token


class Role(Enum):
    OWN = "own"
    QUOTED = "quoted"
    SOURCE = "source"


@dataclass
class Piece:
    """A line of a paragraph, or a whole block of another kind, at the outermost level of a comment."""

    kind: str
    tokens: list[Token]
    text: str = ""
    # Which of the paragraphs it belongs to.
    paragraph: int = 0
    role: Role = Role.OWN

    @property
    def is_line(self) -> bool:
        return self.kind == "paragraph"


def pieces_of(tokens: list[Token]) -> Iterator[Piece]:
    """The blocks at the outermost level, in order; of a paragraph, each line."""
    start = 0
    for at, token in enumerate(tokens):
        if token.level or token.nesting == 1 or token.type == "inline":
            continue
        block, start = tokens[start : at + 1], at + 1
        kind = token.type.removesuffix("_close")
        if kind == "paragraph":
            for line in block[1].content.split("\n"):
                yield Piece(kind, block, line, at)
        else:
            yield Piece(kind, block, paragraph=at)


def tokens_of(pieces: Iterable[Piece]) -> Iterator[Token]:
    """The blocks again: a paragraph is parted where its lines are said by different people."""
    for is_quoted, group in groupby(pieces, lambda piece: piece.role is Role.QUOTED):
        if is_quoted:
            yield Token("blockquote_open", "blockquote", 1, block=True, markup=">")
        for (_, role), lines in groupby(group, lambda piece: (piece.paragraph, piece.role)):
            said = list(lines)
            yield from _paragraph(said, role) if said[0].is_line else said[0].tokens
        if is_quoted:
            yield Token("blockquote_close", "blockquote", -1, block=True, markup=">")


def _paragraph(lines: list[Piece], role: Role) -> Iterator[Token]:
    opening, inline, closing = lines[0].tokens
    text = "\n".join(piece.text for piece in lines).strip(" \t")
    said = Token("inline", "", 0, map=inline.map, level=1, children=[], content=text, block=True)
    if role is not Role.SOURCE:
        yield from (opening, said, closing)
        return
    # Not a block: else the renderer would begin a line between the two tags.
    yield Token("paragraph_open", "p", 1)
    yield from (Token("cite_open", "cite", 1), said, Token("cite_close", "cite", -1), closing)
