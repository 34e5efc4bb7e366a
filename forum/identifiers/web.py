"""Web addresses: what is in them is mostly the address's own; but a case or a mail address may be part of one."""

from __future__ import annotations

import re

from forum.identifiers.contacts import is_public_box
from forum.identifiers.folding import Folded
from forum.identifiers.kinds import Finding, Kind, Places
from forum.web_addresses import ADDRESS

# Neither a letter nor a blank nor a digit: nothing matches across it.
NOTHING = "\ufdd0"
EMAIL = re.compile(
    r"(?<![\w.+-])(?P<value>[\w.+-]{1,64}(?:@|%40)(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?![\w-])",
    re.ASCII | re.IGNORECASE,
)
PERSON = re.compile(r"(?<=[/=:,|])(?P<value>[A-Z][0-9]{6}|[A-Z][0-9]{4}[A-Z]{2})(?=[/?&#.,|]|$)")


def places(copy: Folded) -> Places:
    """Parts of web addresses that are a mail address, a case number or a prison number as a whole."""
    for address in ADDRESS.finditer(copy.text):
        for match in EMAIL.finditer(copy.text, *address.span()):
            if not is_public_box(match["value"].lower().replace("%40", "@")):
                yield Finding(Kind.EMAIL, *match.span("value"))
        for match in PERSON.finditer(copy.text, *address.span()):
            kind = Kind.CRN if match["value"][-1].isdigit() else Kind.PRISON_NUMBER
            yield Finding(kind, *match.span("value"))


def blanked(copy: Folded) -> Folded:
    """The same text with nothing where web addresses stand; every other place keeps its number."""
    if not re.search("://|www", copy.low):
        return copy
    return copy.without(ADDRESS.sub(lambda match: NOTHING * len(match[0]), copy.text))
