"""How the addresses in a comment are shown: long ones short, with the clean form beside what was typed."""

from __future__ import annotations

import re
import unicodedata
from html import escape, unescape

from forum.clean_addresses import without_tracking

# As forum/markup.py writes it before the last wash: the address, and the same as it was typed.
LINK = re.compile(r'<a href="(https?://[^"]*)">([^<]*)</a>')
# The link beside it that is not its author's.
OFFER = re.compile(r' \(<a href="[^"]*" class="clean"[^>]*>[^<]*</a>\)')
SCHEME = re.compile("^https?://", re.IGNORECASE)
HOST_END = re.compile(r"[/?#\\]")
LONGEST = 60
# Of what follows a long host, so much is shown all the same.
LEAST_SHOWN = 20


def show_addresses(html: str) -> str:
    """The HTML of a comment with its links shown as they should be; where they lead is not changed."""
    return LINK.sub(_shown_link, html)


def shown_address(typed: str) -> str:
    """An address as people read it: its host always whole, and at most about 60 characters of a long one.

    A host beyond ASCII is shown by its other name (xn--…), since letters of several scripts look alike.
    """
    host, rest = parts_of(typed)
    if len(typed) <= LONGEST and host.isascii():
        return typed
    host = real_host(host)
    room = max(LONGEST - len(host), LEAST_SHOWN)
    if len(rest) > room:
        tail = room // 3
        rest = f"{rest[: room - tail - 1]}…{rest[-tail:]}"
    return host + rest


def parts_of(address: str) -> tuple[str, str]:
    """The host, with its port, and all that follows it."""
    bare = SCHEME.sub("", address, count=1)
    host = HOST_END.split(bare, maxsplit=1)[0]
    return host, bare[len(host) :]


def real_host(host: str) -> str:
    """The host that a browser asks, without "www."."""
    if not host.isascii():
        plain = unicodedata.normalize("NFKC", host).lower().replace("\u3002", ".")
        seen = "".join(character for character in plain if unicodedata.category(character) != "Cf")
        host = ".".join(label if label.isascii() else f"xn--{_punycode(label)}" for label in seen.split("."))
    return re.sub(r"^www\.(?=[^.]+\.)", "", host, flags=re.IGNORECASE)


def _punycode(label: str) -> str:
    return label.encode("punycode").decode("ascii")


def _shown_link(match: re.Match[str]) -> str:
    link = f'<a href="{match[1]}">{escape(shown_address(unescape(match[2])), quote=False)}</a>'
    href = unescape(match[1])
    clean = without_tracking(href)
    if clean == href:
        return link
    host = escape(real_host(parts_of(clean)[0]))
    return f'{link} (<a href="{escape(clean)}" class="clean">clean link to {host}</a>)'
