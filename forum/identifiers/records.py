"""Numbers that stand for one person: of cases, prisons, police, insurance, health, staff; and dates of birth."""

from __future__ import annotations

import re

from forum.identifiers.dates import DATE
from forum.identifiers.folding import Folded
from forum.identifiers.kinds import Finding, Kind, Places

GAP = r"[ ._-]{1,2}"
PRISON_NUMBER = re.compile(r"(?<!\w)[A-Z][0-9]{4}[A-Z]{2}(?!\w)", re.IGNORECASE)
# Grouped only in capitals: “a 1200 hr” is no number.
PARTED_PRISON_NUMBER = re.compile(rf"(?<!\w)[A-Z](?:{GAP})?[0-9]{{4}}(?:{GAP})?[A-Z]{{2}}(?!\w)")
SPELLED_PRISON_NUMBER = re.compile(
    rf"(?<!\w)[A-Z](?:{GAP}[0-9]){{4}}(?:{GAP}[A-Z]){{2}}(?!\w)",
    re.IGNORECASE,
)
# A letter with six digits is much else too (amounts, petitions, colours), so only in capitals and on its own.
CRN = re.compile(r"(?<![\w£$€.#-])[A-Z][0-9]{6}(?!\w|[.,][0-9])")
SPELLED_CRN = re.compile(rf"(?<![\w£$€.#-])[A-Z](?:{GAP}[0-9]){{6}}(?!\w|{GAP}[0-9])")
CRN_SAID = re.compile(
    r"\b(?:crn|n?delius|case (?:ref(?:erence)?|no|number|id))\b(?: (?:no|number|ref|is|was))?[^\w\n]{0,4}"
    r"(?P<value>[a-z](?:[ -]?[0-9]){6})(?!\w)"
)
PNC = re.compile(
    r"(?<![\w/])(?P<year>(?:19|20)?[0-9]{2})\s?/\s?(?P<serial>[0-9]{1,7})\s?(?P<check>[A-HJ-NP-RT-Z])(?![\w/])",
    re.IGNORECASE,
)
PNC_SAID = re.compile(
    r"\bpnc(?: ?id)?\b[^\w\n]{0,4}(?:(?:no|number|is)\b[^\w\n]{0,3}){0,2}"
    r"(?P<value>(?P<year>(?:19|20)?[0-9]{2})/?(?P<serial>[0-9]{7})(?P<check>[a-hj-np-rt-z]))(?!\w)"
)
PNC_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
# “2024/25 A” may be a slip in a year; a serial that short is written with noughts.
SHORTEST_SERIAL = 4
NATIONAL_INSURANCE = re.compile(
    r"(?<![A-Z0-9])(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[ .-]?[0-9]{2}){3}[ .-]?[A-D]"
    r"(?![A-Z0-9])",
    re.IGNORECASE,
)
NHS_NUMBER = re.compile(r"(?<![\w/£.+-])[0-9]{3}[ -][0-9]{3}[ -][0-9]{4}(?![\w/-])")
NHS_SAID = re.compile(r"\bnhs (?:no|number|num)\b(?: is)?[^\w\n]{0,4}(?P<value>[0-9](?:[ -]?[0-9]){9})(?!\w)")
# “Staff numbers: 16,547” counts people.
STAFF_NUMBER = re.compile(
    r"\b(?:(?:staff|employee|warrant|personnel|sop|oracle|payroll)\s?(?:no|number|id|ref)\b|payroll\b)\.?"
    r"(?: (?:is|was))?[^\w\n]{0,3}(?P<value>[a-z]{0,2}[0-9]{5,8})(?![\w%]|,[0-9]|\.[0-9])"
)
BIRTH = re.compile(
    rf"\b(?:d\.? ?o\.? ?b\b\.?|date of birth|birth ?date|born)(?: (?:is|was|on|on the)\b)?[^\w\n]{{0,4}}"
    rf"(?P<value>{DATE})"
)
# Whoever is on probation or in a job; a law or a service may be “born” later.
YEARS_OF_BIRTH = range(1920, 2013)


def places(copy: Folded) -> Places:
    """The numbers and dates in a text without its web addresses."""
    if not re.search("[0-9]", copy.text):
        return
    for kind, pattern in (
        (Kind.PRISON_NUMBER, PRISON_NUMBER),
        (Kind.PRISON_NUMBER, PARTED_PRISON_NUMBER),
        (Kind.PRISON_NUMBER, SPELLED_PRISON_NUMBER),
        (Kind.CRN, CRN),
        (Kind.CRN, SPELLED_CRN),
        (Kind.NATIONAL_INSURANCE, NATIONAL_INSURANCE),
    ):
        for match in pattern.finditer(copy.text):
            yield Finding(kind, *match.span())
    for match in PNC.finditer(copy.text):
        if len(match["serial"]) >= SHORTEST_SERIAL and is_pnc(match):
            yield Finding(Kind.PNC, *match.span())
    for match in NHS_NUMBER.finditer(copy.text):
        if is_nhs_number(match[0]):
            yield Finding(Kind.NHS_NUMBER, *match.span())
    yield from said(copy)


def said(copy: Folded) -> Places:
    """Numbers that only the words before them make what they are."""
    for match in CRN_SAID.finditer(copy.low):
        yield Finding(Kind.CRN, *match.span("value"))
    for match in PNC_SAID.finditer(copy.low):
        if is_pnc(match):
            yield Finding(Kind.PNC, *match.span("value"))
    for match in NHS_SAID.finditer(copy.low):
        if is_nhs_number(match["value"]):
            yield Finding(Kind.NHS_NUMBER, *match.span("value"))
    for match in STAFF_NUMBER.finditer(copy.low):
        yield Finding(Kind.STAFF_NUMBER, *match.span("value"))
    for match in BIRTH.finditer(copy.low):
        if year_of_birth(match["value"]) in YEARS_OF_BIRTH:
            yield Finding(Kind.BIRTH, *match.span("value"))


def is_pnc(match: re.Match[str]) -> bool:
    """Whether the check letter is the one that year and serial give."""
    remainder = int(match["year"][-2:] + match["serial"].zfill(7)) % len(PNC_LETTERS)
    return PNC_LETTERS[remainder] == match["check"].upper()


def is_nhs_number(typed: str) -> bool:
    """Whether the last of ten digits is the check digit of the others (modulus 11)."""
    digits = [int(digit) for digit in typed if digit.isdigit()]
    total = sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits, strict=False))
    return (11 - total % 11) % 11 == digits[-1]


def year_of_birth(date: str) -> int:
    """The year of a date of birth; two digits mean the past hundred years, as people write them."""
    year = int(re.findall("[0-9]+", date)[-1])
    return year if year > 99 else 1900 + year if year > 12 else 2000 + year
