"""Whether a text looks like a topic: rather not than wrongly, since whoever is told so wrongly stops reading it."""

from __future__ import annotations

import re

LEAST_WORDS = 2
SIGNS = str.maketrans("’‘", "''")
QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)


def looks_like(text: str, listed: str) -> bool:
    """Whether a text has one phrase of several words of a list (one a line), or two different single words.

    Whole words, in any case, with or without a plural's s; what the author only quotes does not count.
    """
    said = plain(QUOTED.sub(" ", text))
    found: set[str] = set()
    for line in {plain(line) for line in listed.splitlines()} - {""}:
        if match := re.search(rf"(?<!\w){re.escape(line)}(?:'?s)?(?!\w)", said):
            if " " in line:
                return True
            found.add(match[0].removesuffix("s").removesuffix("'"))
    return len(found) >= LEAST_WORDS


def plain(text: str) -> str:
    return " ".join(text.translate(SIGNS).casefold().split())
