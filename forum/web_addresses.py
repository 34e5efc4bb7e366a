"""Addresses on the web: where one ends in a text, and whether a link may lead there."""

import re
from urllib.parse import urlsplit

from forum.characters import CONTROLS

# A bare address: a scheme, or "www." with a real suffix, up to a blank or a character that ends it.
ADDRESS = re.compile(r"(?:https?://|\bwww\.(?=[^\s<>\"]{1,253}\.[a-z]{2,}))[^\s<>\"\u201c\u201d]+", re.IGNORECASE)


def trim_address(address: str) -> str:
    """Leave the punctuation that ends a sentence, and a bracket that was opened before the address, outside."""
    while address:
        last, opener = address[-1], {")": "(", "]": "["}.get(address[-1])
        unopened = opener and address.count(last) > address.count(opener)
        if last not in ".,;:!?'*_\u2019\u2026" and not unopened:
            break
        address = address[:-1]
    return address


def is_web_address(href: str) -> bool:
    """`http` or `https`, a host with a dot or localhost, no user name, no control character."""
    if CONTROLS.search(href) or re.search(r"\s", href):
        return False
    try:
        parts = urlsplit(href)
        host = parts.hostname or ""
        has_name = parts.username is not None or parts.port == 0
        return parts.scheme in ("http", "https") and "." in host.strip(".") and not has_name
    except ValueError:
        return False
