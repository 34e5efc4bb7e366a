"""From HTML, however broken or hostile, to a tree of bounded depth and size."""

from __future__ import annotations

import re
import warnings
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.builder._htmlparser import HTMLParserTreeBuilder

from forum.errors import BadText

MAX_DEPTH = 200
MAX_TAGS = 20_000
# Closes whatever is still open at the end (a comment, a tag, a quoted value), and shows nothing if nothing is.
# Without it, Python's parser looks for each open end through all the rest: quadratic work.
CLOSES_ALL = "<!--\"'><!-- -->"

# HTML lets these ends be left out; html.parser would nest hundreds of paragraphs in each other.
ENDS_P = re.compile(
    "address|article|blockquote|center|div|dl|fieldset|h[1-6]|hr|li|ol|p|pre|section|table|tr|td|th|dt|dd|ul"
)
ENDED_BY = {"li": "li", "dt": "dt|dd", "dd": "dt|dd", "tr": "td|th|tr", "td": "td|th", "th": "td|th"}


def parse(html: str) -> BeautifulSoup:
    """The tree of `html`; what is nested deeper than 200 tags stands at that depth.

    Raises:
        BadText: more than 20,000 tags.
    """
    builder = HTMLParserTreeBuilder(store_line_numbers=False, multi_valued_attributes=None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about text that looks like a file name or like XML
        # Word's "<![if !supportLists]>" is a comment for browsers, and an error for Python's parser.
        return _Bounded(html.replace("<![", "<!") + CLOSES_ALL, builder=builder)


class _Bounded(BeautifulSoup):
    """BeautifulSoup that makes no tag too deep and not too many."""

    made = 0

    def handle_starttag(self, name: str, *args: Any, **options: Any) -> Tag | None:
        ended = ("p|" if ENDS_P.fullmatch(name) else "") + ENDED_BY.get(name, "")
        while ended and self.currentTag is not None and re.fullmatch(ended, self.currentTag.name):
            self.handle_endtag(self.currentTag.name)
        if len(self.tagStack) > MAX_DEPTH:
            return None
        self.made += 1
        if self.made > MAX_TAGS:
            raise BadText("This has too many parts to be pasted at once. Paste it in pieces, or as plain text.")
        tag: Tag | None = super().handle_starttag(name, *args, **options)
        return tag
