"""Reading the clock times out of a typed text, with what stands on either side of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from forum.references import after
from forum.references.before import BULLET
from forum.references.dates import MONTHS, Day, day_after, day_before
from forum.web_addresses import ADDRESS

CLOCK = re.compile(
    r"(?<![0-9])(?:(?P<hour>[01][0-9]|2[0-3])(?P<mark>[:.]?)|(?P<short>[0-9])(?P<dot>[:.]))(?P<minute>[0-5][0-9])"
    r"(?![\w£$€%°#@=+<>|\\^~]|[:.,][0-9]|\.[a-z]|-\w|/(?!@?[0-9]{1,2}[:.][0-9]{2}))"
)
GLUED = re.compile(r"(?:^|[\s(\[\"'“”‘’@,;*–—…&-]|(?<=[0-9])/|\ban+on(?:ymous)?)$", re.IGNORECASE)
JOINED = re.compile(
    r"\s{0,3}(?:,|&|/|\+|,?\s?\b(?:and|or|and also|as well as)\b)\s{0,3}"
    r"(?:(?:an+on(?:ymous)?)?\s{0,3}(?:\bat\b)?\s{0,3}@?\s{0,3})?",
    re.IGNORECASE,
)
RANGE = re.compile(r"\s{0,3}(?:-|–|—|to|until|till|til)\s{0,3}", re.IGNORECASE)
SPAN_BEFORE = re.compile(r"\b(?:between|from)\s{1,3}$", re.IGNORECASE)
QUOTED_LINE = re.compile(r"\s{0,12}(?:(?:[-*+]|[0-9]{1,9}[.)])\s{1,12})*>")
# A sentence in quotation marks is somebody else's; “10:15” alone, or two words, are only put in marks.
QUOTED_WORDS = re.compile(r"[“\"](?P<words>[^“”\"]*)(?:[”\"]|$)")
SHORTEST_QUOTATION = 20
EMAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,64}\.){1,4}[a-z]{2,24}\b", re.IGNORECASE)
PATH = re.compile(r"\b[a-z0-9-]{1,63}(?:\.[a-z]{2,24}){1,3}/\S*", re.IGNORECASE)
YEAR_OF_DATE = re.compile(rf"(?:\b(?:{'|'.join(MONTHS)})[a-z]{{0,6}}\.?,?\s{{1,3}}|[0-9]/)$", re.IGNORECASE)
NOTHING = "\ufdd0"
# How far signs are looked for on either side.
REACH = 100


@dataclass(frozen=True)
class Clock:
    """A clock time in a line, and what stands on either side once its date is taken away."""

    match: re.Match[str]
    before: str
    after: str
    date: Day | None

    @property
    def bare(self) -> bool:
        """Four digits without a mark between them."""
        return not self.match["mark"] and not self.match["dot"]

    @property
    def dotted(self) -> bool:
        return "." in self.match[0]

    @property
    def could_be_amount(self) -> bool:
        """A dot, and no nought that only a clock puts before it."""
        return self.dotted and not self.match[0].startswith("0")

    @property
    def could_be_year(self) -> bool:
        return self.bare and self.match[0][:2] in ("19", "20")


@dataclass(frozen=True)
class Line:
    """What its author said in one line: where it stands in the text, whether it is the first, one of a timetable."""

    text: str
    offset: int
    opens: bool
    timetable: bool


def lines(text: str) -> Iterator[Line]:
    """The lines with a clock time that their author said, without addresses and quoted sentences."""
    said, offset = [], 0
    for line in text.split("\n"):
        if line.strip() and not QUOTED_LINE.match(line):
            said.append((offset, line))
        offset += len(line) + 1
    timetable = sum(_opens_with_clock(line) for _, line in said) > 1
    for at, (offset, line) in enumerate(said):
        if CLOCK.search(line):
            yield Line(_without_others_words(line), offset, at == 0, timetable)


def _opens_with_clock(line: str) -> bool:
    bullet = BULLET.match(line)
    return bool(CLOCK.match(line.lstrip() if bullet is None else line[bullet.end() :]))


def _without_others_words(line: str) -> str:
    for pattern in (ADDRESS, EMAIL, PATH):
        line = pattern.sub(_blank, line)
    return QUOTED_WORDS.sub(
        lambda match: _blank(match) if len(match["words"]) >= SHORTEST_QUOTATION else match[0], line
    )


def _blank(match: re.Match[str]) -> str:
    return NOTHING * (len(match[0]) - 1) + match[0][-1]


def chains(line: str) -> Iterator[list[Clock]]:
    """The clock times of a line, in lists of those joined by “and” or a comma; none that counts something else."""
    chain: list[re.Match[str]] = []
    sound = True
    for match in CLOCK.finditer(line):
        if _is_year_of_date(match, line):
            continue
        gap = line[chain[-1].end() : match.start()] if chain else ""
        is_range = len(gap) < REACH and bool(RANGE.fullmatch(gap))
        if chain and not is_range and not (len(gap) < REACH and JOINED.fullmatch(gap)):
            if sound:
                yield [_clock(one, line) for one in chain]
            chain, sound = [], True
        chain.append(match)
        sound = sound and not (chain[1:] and is_range) and _is_clock(match, line)
        if len(chain) == 2 and SPAN_BEFORE.search(_just_before(chain[0], line)):
            sound = False
    if chain and sound:
        yield [_clock(one, line) for one in chain]


def _is_clock(match: re.Match[str], line: str) -> bool:
    """Not glued to a word or a sign of money, and no unit after it."""
    before = _just_before(match, line)
    return bool(not before or GLUED.search(before)) and not after.UNIT.match(line, match.end(), match.end() + REACH)


def _is_year_of_date(match: re.Match[str], line: str) -> bool:
    return match[0][:2] in ("19", "20") and match[0].isdigit() and bool(YEAR_OF_DATE.search(_just_before(match, line)))


def _just_before(match: re.Match[str], line: str) -> str:
    return line[max(0, match.start() - 12) : match.start()]


def _clock(match: re.Match[str], line: str) -> Clock:
    before = line[max(0, match.start() - REACH) : match.start()]
    earlier, rest_before = day_before(before)
    later, rest_after = day_after(line[match.end() : match.end() + REACH])
    return Clock(match, rest_before, rest_after, earlier or later)
