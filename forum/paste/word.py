"""What Word and Outlook write instead of lists: paragraphs with a bullet typed into them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import Tag

from forum.paste.furniture import style_of

LEVEL = re.compile(r"\blevel(\d{1,2})\b")
NUMBER = re.compile(r"\W*(?:\d+|[a-z]|[ivxlc]+)[.)]", re.IGNORECASE)
DEEPEST = 5


@dataclass(frozen=True)
class WordItem:
    """A paragraph that Word shows as an item of a list; levels count from 1."""

    level: int
    kind: str


def list_item(tag: Tag) -> WordItem | None:
    """What `mso-list:l0 level2 lfo1` says about a paragraph."""
    level = LEVEL.search(style_of(tag).get("mso-list", "")) if tag.name in ("p", "div") else None
    if level is None:
        return None
    mark = next((part.get_text() for part in tag.find_all("span") if is_mark(part)), "")
    return WordItem(min(max(int(level[1]), 1), DEEPEST), "ol" if NUMBER.match(mark.strip()) else "ul")


def is_mark(tag: Tag) -> bool:
    """The bullet or number that Word typed before an item."""
    return style_of(tag).get("mso-list") == "ignore"
