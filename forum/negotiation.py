"""What a browser's headers say about the form in which it wants a page, and about the copy that it has."""

from __future__ import annotations

import re

LAST_CHOICE = 0.001
OPAQUE_TAG = re.compile(r'(?:W/)?("[^"]*")')


def wants_gzip(accepted: str) -> bool:
    """Whether a page should go out as gzip, after `Accept-Encoding`; "" where there is none."""
    wishes = _wishes(accepted)
    # What is not named is the last choice: as it is, a page is acceptable; zipped, only where it is not.
    plain = wishes.get("identity", wishes.get("*", LAST_CHOICE))
    unnamed = LAST_CHOICE if plain == 0 else 0.0
    zipped = next((wishes[name] for name in ("gzip", "x-gzip", "*") if name in wishes), unnamed)
    return zipped > 0 and zipped >= plain


def _wishes(accepted: str) -> dict[str, float]:
    """Each encoding with its weight; one that cannot be read counts as nought."""
    wishes = {}
    for item in accepted.lower().split(","):
        name, _, parameter = item.partition(";")
        if name.strip():
            wishes[name.strip()] = _weight(parameter.strip())
    return wishes


def _weight(parameter: str) -> float:
    if not parameter:
        return 1.0
    found = re.fullmatch(r"q\s*=\s*([01](?:\.\d{0,3})?)", parameter, re.ASCII)
    return float(found[1]) if found else 0.0


def has_copy(none_match: str, tag: str) -> bool:
    """Whether `If-None-Match` names this entity tag (with its quotes), weak or strong, or any at all."""
    return bool(none_match) and (none_match.strip() == "*" or tag in OPAQUE_TAG.findall(none_match))
