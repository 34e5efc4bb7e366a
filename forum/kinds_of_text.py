"""What each kind of text may hold: a comment (or a discussion of a reader), a post of the owner, a house page."""

import re
from dataclasses import dataclass

from forum.web_addresses import ADDRESS


@dataclass(frozen=True)
class Kind:
    """How one kind of text is rendered."""

    disabled: str
    address: re.Pattern[str]
    tags: frozenset[str]
    rel: str
    # Whether links may name a path of this site.
    site_paths: bool = False


BASIC = frozenset({"a", "blockquote", "br", "em", "hr", "li", "ol", "p", "strong", "ul"})
# No [text](address) for readers: where a link leads must be seen, and 10,000 brackets cost nothing.
COMMENT = Kind(
    disabled="autolink backticks code entity escape fence heading html_block html_inline image lheading link reference"
    " strikethrough table",
    address=ADDRESS,
    tags=BASIC | {"cite"},
    rel="ugc nofollow noopener noreferrer",
)
POST = Kind(
    disabled="autolink html_block html_inline image lheading reference strikethrough table",
    # The address of a [named](link) is found too, so that nothing within it is, and left to Markdown.
    address=re.compile(rf"\]\([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*\)|{ADDRESS.pattern}", re.IGNORECASE),
    tags=BASIC | {"cite", "code", "figcaption", "figure", "h2", "h3", "h4", "img", "pre"},
    rel="noopener noreferrer",
)

HOUSE_PAGE = Kind(
    disabled=POST.disabled.replace(" table", ""),
    address=POST.address,
    tags=POST.tags | {"table", "tbody", "td", "th", "thead", "tr"},
    rel="noopener",
    site_paths=True,
)
