"""The corpus of hostile texts, read from payloads.txt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from hypothesis import strategies as st

from forum.source import clean_source


def _read() -> Iterator[str]:
    for line in Path(__file__).with_suffix(".txt").read_text(encoding="ascii").splitlines():
        if line and not line.startswith("#"):
            yield line.encode("ascii").decode("unicode_escape")


PAYLOADS = list(_read())
# As forms can bring them; else both would be refused before anything is rendered.
TYPED = [clean_source(payload) for payload in PAYLOADS]


def batches(size: int, payloads: Sequence[str] = TYPED) -> Iterator[list[str]]:
    """The payloads, some at a time, for a text that holds several."""
    for start in range(0, len(payloads), size):
        yield list(payloads[start : start + size])


# What they are made of, to be put together anew.
PIECES = [*"<>\"'`&;:/\\[]()!*_#|~=\n\t \x01\xad\u200b\u202e\ufdd0\ufdd1\ufdd3\ufdd4"]
PIECES += [
    "<a href=",
    "<img src=x onerror=alert(1)>",
    "</p>",
    "<!--",
    "-->",
    "<svg>",
    "<style>",
    "javascript:",
    "&#x3c;",
    "&lt",
]
PIECES += [
    "https://a.example/",
    "www.a.example",
    "[x](",
    "](",
    "[x]: ",
    "```",
    "\n\n",
    "\n> ",
    "\n* ",
    "\n1. ",
    "<![CDATA[",
    "{{",
    "\ufdd00\ufdd1",
]
HOSTILE = st.lists(
    st.one_of(st.sampled_from(PIECES), st.sampled_from(TYPED), st.text(max_size=4)), min_size=1, max_size=25
).map(lambda pieces: "".join(pieces)[:2_000])
