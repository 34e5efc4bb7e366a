"""What stands around a text: menus, advertisements, share bars, related links, and what a page hides."""

from __future__ import annotations

import re
from collections import Counter

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

NEVER_TEXT = re.compile(
    "applet|area|aside|audio|base|button|canvas|datalist|dialog|embed|form|frame|frameset|head|iframe|img|input|link"
    "|map|math|meta|meter|nav|noframes|noscript|object|option|param|picture|progress|rp|script|select|source|style"
    "|svg|template|textarea|title|track|video|xml"
)
# Words in class names. What carries one goes if it holds links or buttons and hardly any text of its own.
BOX_WORD = re.compile(
    "ads?|advert|advertisement|cookies?|newsletters?|outbrain|promos?|promoted|related|share|sharebar|sharing|signup"
    "|social|sponsored|taboola"
)
HIDING_WORDS = ("visually-hidden", "visuallyhidden", "visually_hidden", "sr-only", "screen-reader-text")
# An introduction of a box is short; an article that happens to stand in one is not.
MOST_OWN_TEXT = 200


class Furniture:
    """Tells furniture from text, for the tags of one tree."""

    def __init__(self, tree: BeautifulSoup) -> None:
        self.own_text: Counter[int] = Counter()
        self.links: Counter[int] = Counter()
        # Backwards, so that everything inside a tag is counted before the tag: one pass, however deep.
        for node in reversed(list(tree.descendants)):
            is_link = isinstance(node, Tag) and node.name in ("a", "button", "form", "input")
            if not is_link:
                is_text = type(node) is NavigableString  # not a script's, nor a comment
                self.own_text[id(node.parent)] += len(str(node).strip()) if is_text else self.own_text[id(node)]
            self.links[id(node.parent)] += is_link or self.links[id(node)]

    def __contains__(self, tag: Tag) -> bool:
        if tag.name == "figure":
            return tag.find("blockquote") is None and not class_words(tag) & {"pullquote", "pull", "quote"}
        if tag.name in ("footer", "figcaption"):
            return tag.find_parent(["blockquote", "figure"]) is None
        return bool(NEVER_TEXT.fullmatch(tag.name) or (tag.attrs and (is_hidden(tag) or self.is_box(tag))))

    def is_box(self, tag: Tag) -> bool:
        """Links to other pages under a name that says so."""
        if self.own_text[id(tag)] > MOST_OWN_TEXT or not any(map(BOX_WORD.fullmatch, class_words(tag))):
            return False
        return self.links[id(tag)] > 0 or not self.own_text[id(tag)]


def is_hidden(tag: Tag) -> bool:
    """Whether a reader of the page does not see it."""
    if tag.has_attr("hidden") or tag.get("aria-hidden") == "true":
        return True
    style = style_of(tag)
    if style.get("display") == "none" or style.get("visibility") == "hidden" or style.get("mso-hide") == "all":
        return True
    return any(word in str(tag.get("class", "")).lower() for word in HIDING_WORDS)


def class_words(tag: Tag) -> set[str]:
    """`class="LinkShare_related-box"` says link, share, related, box."""
    names = " ".join(str(tag.get(name, "")) for name in ("class", "id", "data-component", "data-testid"))
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", names)}


def style_of(tag: Tag) -> dict[str, str]:
    """The declarations of the `style` attribute."""
    style = tag.get("style")
    if not style:
        return {}
    pairs = (declaration.partition(":") for declaration in str(style).lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}
