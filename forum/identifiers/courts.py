"""A court that is named, together with what makes one case of it. To talk about a court is everybody's right."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator

from forum.identifiers.dates import DAY
from forum.identifiers.folding import Folded
from forum.identifiers.kinds import Finding, Kind, Places
from forum.identifiers.people import FULL_NAME, HONORIFIC, PART, is_name
from forum.identifiers.words import words

COURT = re.compile(
    r"\b(?P<kind>crown court|magistrates?'?s?'? court|mags(?: court)?|(?:youth|county|family|sheriff) court|crown\b)"
)
OLD_BAILEY = re.compile(r"\bold bailey\b")
# What stands right before it: “Northtown”, “Market Ashby”, “at northtown”.
PLACE = re.compile(r"(?:[A-Z][a-z]{2,20}(?:[ -](?:upon|on|under|le|and|in)(?=[ -]))?[ -]){1,4}$")
PLAIN_PLACE = re.compile(r"\b(?:at|from|by|near|before|in|up) (?P<place>[a-z]{3,20}) $", re.IGNORECASE)
NO_PLACES = words(
    """the a an this that our my your their his her its any every each some one two busy local open closed youth crown
    county family high supreme magistrates in at by from before and or many most other another same new old whole
    combined no specialist online district virtual next last remote first second third when if but so as all both
    these those yesterday today tomorrow monday tuesday wednesday thursday friday saturday sunday"""
)
# How far from the court the detail may stand, in characters of one paragraph.
REACH = 160
# How many details on either side are looked at.
NEXT = 4
PARAGRAPH = re.compile(r"\n[ \t]{0,8}\n")
LENGTH = (
    r"(?:[0-9]{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|eighteen|twenty)"
    r"[ -]?(?:day|week|month|year|wk|mth|yr)s?'?"
)
SENTENCE = re.compile(
    rf"\b(?:sentenced to|jailed for|imprisoned for|sent down for|locked up for|(?:was|got|been|were) (?:given|handed)|"
    rf"(?:he|she|they|client|lad|man|woman|lass|and|who) (?:just |only |has |had )?(?:got|received)|recalled for)"
    rf"(?: just| only| about| an?)? (?:life\b|{LENGTH})|"
    rf"\b{LENGTH} (?:custodial sentence|custody|imprisonment|in prison|inside|suspended|sso|dto|yro|community order)"
    rf" (?:for|and|with|yesterday|today|last|this)\b"
)
DATE = re.compile(rf"\b{DAY}")
PERSON = re.compile(rf"\b(?:(?P<titled>{HONORIFIC}{PART})|(?P<full>{FULL_NAME}))")
# Who sits or speaks there in public is named in every law report.
BENCH = re.compile(r"(?:judge|hhj|recorder|justice|lord|lady|sir|dame|minister|mp|secretary|commissioner) ?$")
CASE_NUMBER = re.compile(r"(?<!\w)[TSUA]20[0-9]{2} ?[0-9]{4}(?!\w)")


def places(copy: Folded) -> Places:
    """Named courts and the details beside them; and the Crown Court's own numbers of cases."""
    for match in CASE_NUMBER.finditer(copy.text):
        yield Finding(Kind.COURT, *match.span())
    courts = list(named_courts(copy))
    details = sorted(details_of(copy)) if courts else []
    breaks = [match.start() for match in PARAGRAPH.finditer(copy.text)] if details else []
    near: set[tuple[int, int]] = set()
    for start, end in courts:
        beside = beside_court(start, end, details, breaks)
        if beside:
            near |= {(start, end), *beside}
    for place in sorted(near):
        yield Finding(Kind.COURT, *place)


def named_courts(copy: Folded) -> Iterator[tuple[int, int]]:
    for match in OLD_BAILEY.finditer(copy.low):
        yield match.span()
    for match in COURT.finditer(copy.low):
        before = copy.text[max(0, match.start() - 60) : match.start()]
        if (name := place_before(before, is_short=" court" not in match[0])) is not None:
            yield match.start() - len(name), match.end()


def place_before(text: str, *, is_short: bool) -> str | None:
    """The name of the place that ends this text. “The Crown” and “mags” alone need a capital before them."""
    if place := PLACE.search(text):
        parts = place[0].split(" ")[:-1] if place[0].endswith(" ") else place[0].split("-")
        while parts and parts[0].lower() in NO_PLACES:
            parts.pop(0)
        name = " ".join(parts)
        return f"{name} " if name and name.lower().split()[-1] not in NO_PLACES else None
    plain = PLAIN_PLACE.search(text)
    return f"{plain['place']} " if plain and not is_short and plain["place"].lower() not in NO_PLACES else None


def beside_court(start: int, end: int, details: list[tuple[int, int]], breaks: list[int]) -> list[tuple[int, int]]:
    """The few details next to a court, on either side, that stand near and in its paragraph."""
    at = bisect.bisect(details, (start, end))
    above = breaks[bisect.bisect(breaks, start) - 1] if breaks and breaks[0] <= start else 0
    below_at = bisect.bisect(breaks, end)
    below = breaks[below_at] if below_at < len(breaks) else end + REACH
    first, last = max(above, start - REACH), min(below, end + REACH)
    return [one for one in details[max(0, at - NEXT) : at + NEXT] if first <= one[0] and one[1] <= last]


def details_of(copy: Folded) -> Iterator[tuple[int, int]]:
    """All dates, sentences and names of persons in the text."""
    for pattern in (DATE, SENTENCE):
        for match in pattern.finditer(copy.low):
            yield match.span()
    for match in PERSON.finditer(copy.text):
        if BENCH.search(copy.low[max(0, match.start() - 14) : match.start()]):
            continue
        if match["titled"] or is_name(match["full"]):
            yield match.span()
