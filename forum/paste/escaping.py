"""Which characters of a text would mean something to `render_post`, and so need a backslash."""

from __future__ import annotations

import re

from forum.kinds_of_text import POST

# At the start of a line: headings, quotations, lists, fences, rules and blocks.
LINE_START = re.compile(
    r"^(?:(#)(?=#{0,5}(?:\s|$))|(>)|([-+*])(?=\s|$)|\d{1,9}([.)])(?=\s|$)|(`)(?=``)|(~)(?=~~)|(:)(?=::)"
    r"|([-*_])(?=[-*_ \t]*$))",
    re.MULTILINE,
)
HEADING_END = re.compile(r"(?<!\S)(#)(?=#*$)")
# A star between blanks and an underscore inside a word mean nothing.
STARS = re.compile(r"(?<!\S)\*+(?=\S)|(?<=\S)\*+")
UNDERSCORES = re.compile(r"(?<![^\W_])_+(?=\S)|(?<=\S)_+(?![^\W_])")
BACKTICKS = re.compile(r"`+")
# Always: the end of what would be a link, what would be read as an entity, and this blog's own rules.
ALWAYS = re.compile(r"(\])(?=\()|(&)(?=#?\w{1,40};)|--oo00oo(-)(?=-[ \t]*$)", re.MULTILINE)
RULE_STARS = re.compile(r"\*{5,}(?=[ \t]*$)|^\*{3,}(?=[ \t]*$)", re.MULTILINE)
BACKSLASH = re.compile(r"\\(?![^\W_]| )")  # also at the end of a line


def to_escape(text: str, *, in_heading: bool, has_stress: bool) -> set[int]:
    """The positions in `text` (a paragraph, with its line breaks) that need a backslash before them.

    `has_stress` tells that there will be stars beside these. Inside bare addresses nothing is escaped, since
    `render_post` takes those as they are.
    """
    found: set[int] = set()
    for marks in (HEADING_END if in_heading else LINE_START, ALWAYS):
        found.update(match.start(match.lastindex or 0) for match in marks.finditer(text))
    found |= {match.start() for match in BACKSLASH.finditer(text)}
    for marks in (STARS, UNDERSCORES, BACKTICKS):
        runs = list(marks.finditer(text))
        # One alone has no partner.
        if len(runs) > 1 or (has_stress and marks is STARS):
            found.update(position for run in runs for position in range(*run.span()))
    found.update(position for run in RULE_STARS.finditer(text) for position in range(*run.span()))
    for address in addresses(text):
        found.difference_update(range(*address))
    return found


def addresses(text: str) -> list[tuple[int, int]]:
    """Where bare addresses stand, as `render_post` will find them."""
    if "://" not in text and "www." not in text.lower():
        return []
    found = POST.address.finditer(text)
    return [match.span() for match in found if not match[0].startswith("](")]  # what only looks like a named link
