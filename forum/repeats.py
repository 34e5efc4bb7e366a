"""Paragraphs that stand twice in a row: pasting and taking over leave them behind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from forum.habits import LIST_ITEM
from forum.source import clean_title

MIN_WORDS = 3
MIN_LENGTH = 20
BEGINNING = 60
# A list item below another list is one as well.
ITEM = re.compile(rf"\s*(?:{LIST_ITEM.pattern.removeprefix('^')})")


@dataclass(frozen=True)
class Repeat:
    """A paragraph or list item with the words of the one right above; `line` is its first one, counted from 1."""

    line: int
    beginning: str


@dataclass
class Part:
    """A paragraph or list item: lines of a text that stand together, from `line` (counted from 1)."""

    line: int
    lines: list[str]

    @property
    def said(self) -> str:
        """What it says, whatever its mark, its blanks and its capitals."""
        return " ".join(ITEM.sub("", "\n".join(self.lines), count=1).casefold().split())

    @property
    def is_worth_a_word(self) -> bool:
        """Not a rule, a mark of a block or a short call."""
        has_words = any(character.isalnum() for character in self.said)
        return has_words and (len(self.said.split()) >= MIN_WORDS or len(self.said) >= MIN_LENGTH)


def repeated_paragraphs(body: str) -> list[Repeat]:
    """Each paragraph or list item of a post that says the same as the one directly above it.

    Blanks, capitals and the marks of lists make no difference. At least three words or 20 characters count.
    """
    return [
        Repeat(part.line, _beginning(part))
        for above, part in pairwise(_parts(body))
        if part.is_worth_a_word and part.said == above.said
    ]


def without_paragraph(body: str, line: int) -> str:
    """The text without the repeated paragraph that begins at `line`, and without the empty lines below it.

    Nothing is taken away if no repeated paragraph begins there: the text was changed since the warning.
    """
    lines = _lines(body)
    if line not in {repeat.line for repeat in repeated_paragraphs(body)}:
        return "\n".join(lines)
    part = next(part for part in _parts(body) if part.line == line)
    before, after = lines[: line - 1], lines[line - 1 + len(part.lines) :]
    while before and after and not before[-1].strip() and not after[0].strip():
        del after[0]
    return "\n".join(before + after)


def _lines(body: str) -> list[str]:
    return body.replace("\r\n", "\n").split("\n")


def _parts(body: str) -> list[Part]:
    """The paragraphs and list items in their order; the marks of blocks (`:::`) stand alone."""
    parts: list[Part] = []
    begins_new = True
    for number, line in enumerate(_lines(body), start=1):
        is_mark = line.startswith(":::")
        if line.strip() and (begins_new or is_mark or ITEM.match(line)):
            parts.append(Part(number, [line]))
        elif line.strip():
            parts[-1].lines.append(line)
        begins_new = is_mark or not line.strip()
    return parts


def _beginning(part: Part) -> str:
    text = clean_title(ITEM.sub("", part.lines[0], count=1))
    return text if len(text) <= BEGINNING else text[:BEGINNING].rsplit(" ", 1)[0] + " …"
