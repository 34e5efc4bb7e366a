"""Addresses as they are without the marks that newsrooms and offices put on them."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from forum.clean_addresses import is_tracking
from forum.source import unwrap_safelinks
from forum.web_addresses import is_web_address

# Chrome's mark of the words that were searched for, and the BBC's and others' mark of the button that was pressed.
TRACKING_FRAGMENT = re.compile(r"(?::~:|xtor=|utm_).*", re.DOTALL)


def clean_address(href: str) -> str:
    """The address on the web that `href` leads to, without tracking; "" if there is none.

    It holds no character that would end a link in Markdown.
    """
    address = unwrap_safelinks("".join(href.split()))
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = parts.netloc.lower()
    query = "&".join(pair for pair in parts.query.split("&") if not is_tracking(pair.partition("=")[0], host))
    fragment = TRACKING_FRAGMENT.sub("", parts.fragment)
    address = quote(parts._replace(query=query, fragment=fragment).geturl(), safe="!#$%&'+,-./:;=?@[]~_")
    return address if is_web_address(address) else ""


def is_address_itself(text: str, address: str) -> bool:
    """Whether the words of a link are where it leads, perhaps cut short or without its beginning."""
    said, meant = bare(text), bare(address)
    if said.endswith(("…", "...")) and re.match(r"(?:https?://|www\.)", text):
        return meant.startswith(said.rstrip(".…"))
    return said == meant


def bare(address: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", address.strip(), flags=re.IGNORECASE).rstrip("/")
