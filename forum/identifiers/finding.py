"""All kinds together, in the typed text's own places."""

from __future__ import annotations

from collections.abc import Iterable

from forum.identifiers import contacts, courts, guesses, records, signatures, traits, watched, web
from forum.identifiers.folding import Folded, fold
from forum.identifiers.kinds import Finding, Kind

ORDER = {kind: at for at, kind in enumerate(Kind)}
CONTACTS = (Kind.EMAIL, Kind.PHONE)


def find(text: str, watched_names: Iterable[str] = ()) -> list[Finding]:
    """What may identify somebody in a typed text, in its order; no two overlap.

    `watched_names` are the owner's, one name each. Web addresses should be unwrapped before (`clean_source`).
    """
    copy = fold(text)
    plain = web.blanked(copy)
    reach = list(contacts.places(plain))
    found = [*web.places(copy), *records.places(plain), *reach, *courts.places(plain), *guesses.places(plain)]
    found += watched.places(plain, watched_names)
    found += signatures.places(plain, [one for one in reach if one.kind in CONTACTS])
    return in_typed_text(copy, found)


def hints(text: str) -> list[Finding]:
    """Details that could name the author only together; nothing is ever held for them."""
    copy = fold(text)
    return in_typed_text(copy, traits.places(web.blanked(copy)))


def in_typed_text(copy: Folded, found: Iterable[Finding]) -> list[Finding]:
    """The findings where they stand in what was typed; of two that overlap, the one whose kind comes first."""
    taken = bytearray(len(copy.text))
    kept: list[Finding] = []
    for one in sorted(found, key=lambda one: (ORDER[one.kind], one.start, -one.end)):
        if taken.find(1, one.start, one.end) < 0:
            taken[one.start : one.end] = b"\x01" * (one.end - one.start)
            kept.append(Finding(one.kind, *copy.span(one.start, one.end)))
    return sorted(kept, key=lambda one: one.start)
