"""Signatures of e-mails that came along with a pasted text: a name, a role and a way to reach them, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from forum.identifiers.folding import Folded
from forum.identifiers.kinds import Finding, Kind, Places
from forum.identifiers.people import FULL_NAME, is_name, may_be_name

# Lines of a signature are short, and few.
LONGEST_LINE = 90
LINES_ABOVE = 6
LONGEST_SIGN_OFF = 30
NAME_LINE = re.compile(rf"[ \t*_]{{0,3}}(?P<name>{FULL_NAME})(?=[ \t*_]{{0,3}}(?:$|[,|(/-]|\n))")
ROLE = re.compile(
    r"\b(?:officer|manager|administrator|admin|practitioner|director|head of|lead|psychologist|po|pso|spo|apo|"
    r"chair|secretary|co-?ordinator|supervisor|solicitor|trainee|pq[iu]i?p|clerk|assistant|consultant|trainer)\b"
)
SIGN_OFF = re.compile(
    r"[ \t]{0,3}(?:(?:kind|best|warm|many)? ?regards|best wishes|(?:many )?thanks|"
    r"yours (?:sincerely|faithfully)|cheers)[ \t]{0,3}[,.]?[ \t]{0,3}$"
)


def places(copy: Folded, contacts: Iterable[Finding]) -> Places:
    """Blocks from the line with a name to the last line with a contact; after “Kind regards”, a role is enough."""
    lines = list(lines_of(copy.text))
    by_start = {start: number for number, (start, _) in enumerate(lines)}
    for finding in contacts:
        number = by_start[copy.text.rfind("\n", 0, finding.start) + 1]
        if (first := first_line(copy, lines, number)) is not None:
            yield Finding(Kind.SIGNATURE, lines[first][0], max(finding.end, lines[number][0] + 1))
    for number, (start, end) in enumerate(lines):
        is_sign_off = end - start < LONGEST_SIGN_OFF and SIGN_OFF.fullmatch(copy.low, start, end)
        if is_sign_off and (last := last_line(copy, lines, number)) is not None:
            yield Finding(Kind.SIGNATURE, start, lines[last][1])


def lines_of(text: str) -> Iterable[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def first_line(copy: Folded, lines: list[tuple[int, int]], number: int) -> int | None:
    """The line of the name above (or in) the line of a contact, if a role stands there, too."""
    has_role = False
    for above in range(number, max(-1, number - LINES_ABOVE - 1), -1):
        start, end = lines[above]
        if end - start > LONGEST_LINE:
            return None
        has_role = has_role or bool(ROLE.search(copy.low, start, end))
        named = NAME_LINE.match(copy.text, start, end)
        if named and has_role and is_name(named["name"]):
            return above
    return None


def last_line(copy: Folded, lines: list[tuple[int, int]], number: int) -> int | None:
    """The line of the role below a sign-off and a name."""
    below = [at for at in range(number + 1, min(len(lines), number + 6)) if copy.text[slice(*lines[at])].strip()]
    if len(below) < 1 or lines[below[0]][1] - lines[below[0]][0] > LONGEST_LINE:
        return None
    named = NAME_LINE.match(copy.text, *lines[below[0]])
    if not named or not may_be_name(named["name"]):
        return None
    for at in below[:2]:
        start = named.end() if at == below[0] else lines[at][0]
        if lines[at][1] - lines[at][0] <= LONGEST_LINE and ROLE.search(copy.low, start, lines[at][1]):
            return at
    return None
