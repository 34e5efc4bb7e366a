"""Long comments are shown in part, and all of it one press away: nothing is cut."""

from __future__ import annotations

import re

from forum.extracts import plain_text

# About a screen of a phone. Most of what is longer is a pasted article or notice.
SHOWN = 1_200
# Less than this is not worth a press.
WORTH_FOLDING = 400
BLOCK = re.compile(r"<(?P<end>/?)(?:p|ul|ol|blockquote|figure)\b[^>]*>|<hr>")


def fold(html: str) -> str:
    """The HTML of a comment, with what follows the first 1,200 characters or so behind a line to open it."""
    if len(html) < SHOWN + WORTH_FOLDING:
        return html
    shown = length = 0
    for end in _block_ends(html):
        length += len(plain_text(html[shown:end]))
        shown = end
        if length >= SHOWN:
            break
    rest = len(plain_text(html[shown:]))
    if rest < WORTH_FOLDING:
        return html
    summary = f"<summary>Show all: {rest:,} more characters</summary>"
    return f'{html[:shown]}<details class="more">{summary}{html[shown:]}</details>'


def _block_ends(html: str) -> list[int]:
    """Where the outermost blocks end."""
    ends, depth = [], 0
    for match in BLOCK.finditer(html):
        if match[0] != "<hr>":
            depth += -1 if match["end"] else 1
        if not depth:
            ends.append(match.end())
    return ends
