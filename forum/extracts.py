"""From HTML of ours back to plain words: for lists, mails, feeds and search."""

import re
from html import unescape

from forum.characters import without_shape
from forum.shown_addresses import OFFER

# As nh3 writes them: an attribute stands in double quotes and may hold ">".
TAG = re.compile(r'<(?:[^">]|"[^"]*")*>')
PARTING_TAG = re.compile(r'<(?:/p|/li|br|hr|/h\d|/figcaption)(?:[^">]|"[^"]*")*>')
QUOTED = re.compile(r"(</?(?:blockquote|cite|figure)(?: [^>]*)?>)")


def plain_text(html: str) -> str:
    """HTML of ours as one line of text, without the clean links that we offer."""
    return " ".join(unescape(TAG.sub("", PARTING_TAG.sub(" ", OFFER.sub("", html)))).split())


def shows_nothing(html: str) -> bool:
    """Whether a reader would see neither a letter nor a rule: only marks, spaces, and characters without a shape."""
    return "<hr>" not in html and all(without_shape(character) for character in plain_text(html))


def own_words(html: str) -> str:
    """Rendered HTML without what it quotes or shows of others; whole, if it does nothing else."""
    kept, depth = "", 0
    for part in QUOTED.split(html):
        if QUOTED.fullmatch(part):
            depth += -1 if part.startswith("</") else 1
            kept += " "
        elif not depth:
            kept += part
    return html if shows_nothing(kept) else kept


def extract(html: str, length: int) -> str:
    """The beginning of its author's own words as plain text, cut at a word."""
    text = plain_text(own_words(html))
    return text if len(text) <= length else text[: length + 1].rsplit(" ", 1)[0] + " …"


def count_links(html: str) -> int:
    """How many links of its author rendered HTML holds."""
    return html.count("<a ") - len(OFFER.findall(html))
