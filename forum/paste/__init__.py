"""From the HTML that a browser puts on the clipboard to the Markdown of posts."""

from __future__ import annotations

import re

from bs4 import Tag
from markdownify import MarkdownConverter

from forum.paste.blocks import Blocks
from forum.paste.furniture import Furniture
from forum.paste.parsing import parse
from forum.paste.tables import rows_to_lines


def markdown_from_html(html: str) -> str:
    """What a reader of `html` sees, as the Markdown that `render_post` understands, one blank line between blocks.

    Kept are headings (two levels), paragraphs and their line breaks, lists, quotations, rules, stress and links to
    the web; tables become lines. The words and their order stay; what stands around a text (menus, advertisements,
    boxes with related links, pictures) goes. "" if nothing is left. The work grows with the length, about two
    seconds for a megabyte at worst.

    Raises:
        BadText: more than 20,000 tags.
    """
    tree = parse(html)
    furniture = Furniture(tree)
    rows_to_lines(tree, furniture)
    blocks = Blocks(furniture)
    blocks.read(tree)
    text = str(_Converter(heading_style="atx", bullets="-", autolinks=False).convert_soup(blocks.root))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)).strip()


class _Converter(MarkdownConverter):
    """markdownify, for a tree whose text is Markdown already (`inline.py` escapes with a view of the whole line)."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        return text

    def convert_hr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return "\n\n***\n\n"

    def convert_ol(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Only a list that begins with 1 may stand straight below the words of an item."""
        if "li" not in parent_tags:
            return f"\n\n{text}\n"
        return ("\n" if text.lstrip().startswith("1. ") else "\n\n") + text.rstrip()

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Like markdownify's own, which counts all items above for each item."""
        text = text.strip()
        mark = f"{el['value']}. " if el.has_attr("value") else "- "
        return f"{mark}{text}\n".replace("\n", "\n" + " " * len(mark)).rstrip(" ") if text else ""
