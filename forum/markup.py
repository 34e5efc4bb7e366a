"""From what a person typed to HTML that is safe to show: the only place that touches bleach and nh3.

Three steps. markdown-it renders a small Markdown with raw HTML switched off. bleach applies the allow-list to
each run of text that we rendered, and turns bare addresses into links. nh3 has the last word over the whole, since
bleach gets no more security fixes. Nothing here changes what is stored.
"""

import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from html import escape, unescape
from typing import Any
from urllib.parse import urlsplit

import nh3
from bleach.linkifier import LinkifyFilter
from bleach.sanitizer import Cleaner
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from forum import blocks

# A bare address: a scheme, or "www." with a real suffix, up to a blank or a character that ends it.
ADDRESS = re.compile(r"(?:https?://|\bwww\.(?=[^\s<>\"]{1,253}\.[a-z]{2,}))[^\s<>\"\u201c\u201d]+", re.IGNORECASE)
# A path of this site: "//host" would be another one, as would a backslash to browsers.
SITE_PATH = re.compile(r"/(?!/)[\w.~%?=&#+:@!$'()*,;/-]*", re.ASCII)
# Noncharacters, which no text holds: they fence the number of an address that is set aside.
FENCED = re.compile("\ufdd0(\\d+)\ufdd1")
# Readers stress with stars. An underscore stands in names, tokens and shrugs, so it is set aside as well.
UNDERSCORE = "\ufdd2"
RULE_LINE = re.compile(r"^[ \t]*(?:\*{5,}|--oo00oo--)[ \t]*$")
# Stars glued to a letter are a masked word ("what the f*****"), not a rule.
RULE_AT_END = re.compile(r"(?:(?<=[^\s*\w])[ \t]*|(?<=\w)[ \t]+)\*{5,}[ \t]*$|(?<=\S)[ \t]*--oo00oo--[ \t]*$")
LIST_ITEM = re.compile(r"^\s{0,3}(?:[-*+]|\d{1,9}[.)])\s")
# Marks that turn the direction of the text around them, and could so disguise the page.
TURNING_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
# What may open a quotation or a list, once or several times, at the start of a line.
OPENERS = re.compile(r"(?:\s{0,3}(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s)))+")
MAX_OPENERS = 6
MAX_INDENT = 12


# What an element may carry beside its tag, and what shape that must have.
ATTRIBUTES = {
    "a": {"href"},
    "ol": {"start"},
    "figure": {"class", "id"},
    "img": {"src", "alt", "width", "height", "loading"},
}
SHAPES = {
    "start": re.compile(r"\d{1,9}", re.ASCII),
    "class": re.compile("quotation|relay|picture|comment"),
    "id": re.compile(r"item-\d{1,4}", re.ASCII),
    "src": re.compile(r"/pictures/[0-9a-f]{16}-\d{1,5}x\d{1,5}\.webp", re.ASCII),
    "width": re.compile(r"\d{1,5}", re.ASCII),
    "height": re.compile(r"\d{1,5}", re.ASCII),
    "loading": re.compile("lazy"),
}


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
    tags=BASIC,
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


def render_comment(source: str) -> str:
    """The HTML of a comment: paragraphs, kept line breaks, lists, quotes, stress, rules and links."""
    return _render(source, COMMENT)


def render_post(source: str) -> str:
    """The HTML of a post: as a comment, with headings (below the title, which is `h1`), named links and blocks."""
    html, item = "", 0
    for part in blocks.split(source):
        if isinstance(part, blocks.Block):
            item += part.kind == "comment"
            html += blocks.block_html(part, item, _unwashed_post)
        else:
            html += _unwashed_post(part)
    return _wash(html, POST)


def render_house_page(source: str) -> str:
    """The HTML of a house page, without its title: as a post, with tables, and links to paths of this site."""
    return _render(source, HOUSE_PAGE)


def plain_text(html: str) -> str:
    """HTML of ours as one line of text, for extracts."""
    return " ".join(
        unescape(nh3.clean(re.sub(r"<(?:/p|/li|br|hr|/h\d|/figcaption)[^>]*>", " ", html), tags=set())).split()
    )


def shows_nothing(html: str) -> bool:
    """Whether a reader would see neither a letter nor a rule: only marks, spaces, and characters without a shape."""
    return "<hr>" not in html and all(without_shape(character) for character in plain_text(html))


def without_shape(character: str) -> bool:
    """Spaces, controls, invisible formatting, and the letters that Unicode has for leaving room."""
    return unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp") or character in FILLERS


def extract(html: str, length: int) -> str:
    """The beginning of rendered HTML as plain text, cut at a word; of its author's own words, if there are any."""
    text = plain_text(re.sub(r"<figure.*?</figure>", " ", html, flags=re.DOTALL)) or plain_text(html)
    return text if len(text) <= length else text[: length + 1].rsplit(" ", 1)[0] + " …"


def own_words(html: str) -> str:
    """Rendered HTML without what it quotes; whole, if it does nothing else."""
    kept, depth = "", 0
    for part in re.split(r"(</?blockquote>)", html):
        depth += {"<blockquote>": 1, "</blockquote>": -1}.get(part, 0)
        kept += " " if part.endswith("blockquote>") else "" if depth else part
    return html if shows_nothing(kept) else kept


def count_links(html: str) -> int:
    """How many links rendered HTML holds."""
    return html.count("<a ")


def _render(source: str, kind: Kind) -> str:
    return _wash(_unwashed(source, kind), kind)


def _unwashed_post(source: str) -> str:
    return _unwashed(source, POST)


def _unwashed(source: str, kind: Kind) -> str:
    markdown = _markdown(kind)
    text = CONTROLS.sub("", TURNING_MARKS.sub("", source))
    addresses: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        """Stars and underscores of an address are no marks of stress."""
        if match[0].startswith("]("):
            return match[0]
        address = trim_address(match[0])
        addresses.append(address)
        return f"\ufdd0{len(addresses) - 1}\ufdd1{match[0][len(address) :]}"

    html = markdown.render(_prepare(kind.address.sub(set_aside, text), kind), {"addresses": addresses})
    return put_back(html, addresses)


def _wash(html: str, kind: Kind) -> str:
    """nh3's last word: whatever is not allowed here is gone."""
    return nh3.clean(
        html,
        tags=set(kind.tags),
        attributes={name: set(allowed) for name, allowed in ATTRIBUTES.items() if name in kind.tags},
        url_schemes={"http", "https"},
        link_rel=kind.rel,
        attribute_filter=partial(_last_look, kind),
    ).strip()


def put_back(html: str, addresses: Sequence[str]) -> str:
    """The addresses that were set aside, and the underscores."""
    return FENCED.sub(lambda match: escape(addresses[int(match[1])], quote=False), html).replace(UNDERSCORE, "_")


class _CleaningRenderer(RendererHTML):
    """markdown-it's renderer, with bleach at work on each run of text between block tags.

    bleach builds the links and applies the allow-list there. The block tags are ours; given whole pages, bleach
    needs quadratic time for many short blocks.
    """

    cleaner: Cleaner

    def renderInline(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        html = put_back(super().renderInline(tokens, options, env), env["addresses"])
        return self.cleaner.clean(html) if "<" in html or ADDRESS.search(html) else html


_tools = threading.local()


def _markdown(kind: Kind) -> MarkdownIt:
    """The parser for a kind of text: one per thread, since it and its cleaner keep state while they work."""
    made: dict[Kind, MarkdownIt] = _tools.__dict__.setdefault("made", {})
    if kind not in made:
        markdown = MarkdownIt("js-default", {"html": False, "breaks": True}, renderer_cls=_CleaningRenderer)
        markdown.disable(kind.disabled.split())
        markdown.renderer.cleaner = _cleaner(kind)  # type: ignore[attr-defined]
        if "h2" in kind.tags:
            markdown.core.ruler.push("lower_headings", _lower_headings)
        made[kind] = markdown
    return made[kind]


def _prepare(text: str, kind: Kind) -> str:
    """Bring the habits of this audience into Markdown's grammar.

    Rules typed as asterisks or `--oo00oo--`, also at the end of a paragraph; an answer straight below a
    quoted line or a list is a paragraph of its own and not part of it. What readers nest is limited, since
    beyond a depth that nobody means, Markdown parsers drop text.
    """
    lines: list[str] = []
    for line in (text.replace("_", UNDERSCORE) if kind is COMMENT else text).split("\n"):
        if RULE_LINE.match(line):
            lines += ["", "***", ""]
            continue
        glued = RULE_AT_END.search(line)
        said = line[: glued.start()] if glued else line
        said = _bound(said) if kind is COMMENT else said
        if said.strip() and lines and _ends_block(lines[-1], said):
            lines.append("")
        lines.append(said)
        if glued:
            lines += ["", "***", ""]
    return "\n".join(lines)


def _bound(line: str) -> str:
    """At most 12 columns of indentation, and six openers of quotations or lists; what follows is text."""
    body = line.lstrip(" \t")
    indent = line[: len(line) - len(body)].expandtabs(4)[:MAX_INDENT]
    openers = OPENERS.match(body)
    if openers and len(marks := list(re.finditer(r">|[-*+]|\d{1,9}[.)]", openers[0]))) > MAX_OPENERS:
        cut = marks[MAX_OPENERS].start()
        # A word joiner keeps the next mark from opening anything and shows nothing.
        body = f"{body[:cut]}\u2060{body[cut:]}"
    return indent + body


def _ends_block(before: str, line: str) -> bool:
    quoted, was_quoted = line.lstrip().startswith(">"), before.lstrip().startswith(">")
    if quoted or was_quoted:
        return was_quoted and not quoted
    return bool(LIST_ITEM.match(before)) and not LIST_ITEM.match(line) and not line.startswith((" ", "\t"))


def _lower_headings(state: Any) -> None:
    """`h1` is the title of the page, so `#` and `##`, which people use alike, are both `h2`."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(max(int(token.tag[1]), 2), 4)}"


class _Links(LinkifyFilter):
    """bleach's link builder with our own idea of where an address ends."""

    def strip_non_url_bits(self, fragment: str) -> tuple[str, str, str]:
        address = trim_address(fragment)
        return address, "", fragment[len(address) :]

    def extract_entities(self, token: Any) -> Any:
        # The cleaner has read the entities already; reading them twice would turn a typed "&amp;lt;" into "<".
        yield token


def trim_address(address: str) -> str:
    """Leave the punctuation that ends a sentence, and a bracket that was opened before the address, outside."""
    while address:
        last, opener = address[-1], {")": "(", "]": "["}.get(address[-1])
        unopened = opener and address.count(last) > address.count(opener)
        if last not in ".,;:!?'*_\u2019\u2026" and not unopened:
            break
        address = address[:-1]
    return address


def _cleaner(kind: Kind) -> Cleaner:
    linkify = partial(_Links, callbacks=[partial(_link, kind)], skip_tags={"code", "pre"}, url_re=ADDRESS)
    return Cleaner(
        tags=kind.tags,
        attributes={"a": ["href"], "ol": ["start"]},
        protocols={"http", "https"},
        strip=True,
        strip_comments=True,
        filters=[linkify],
    )


def _link(kind: Kind, attrs: Any, new: bool = False) -> Any:
    """Keep a link only if it leads where this kind of text may lead; `rel` is nh3's business."""
    href = attrs.get((None, "href"), "")
    if not may_lead_to(href, kind):
        return None
    return {(None, "href"): href, "_text": attrs["_text"]}


def may_lead_to(href: str, kind: Kind) -> bool:
    return is_web_address(href) or (kind.site_paths and SITE_PATH.fullmatch(href) is not None)


def is_web_address(href: str) -> bool:
    """`http` or `https`, a host with a dot or localhost, no user name, no control character."""
    if CONTROLS.search(href) or re.search(r"\s", href):
        return False
    try:
        parts = urlsplit(href)
        host = parts.hostname or ""
        has_name = parts.username is not None or parts.port == 0
        return parts.scheme in ("http", "https") and "." in host.strip(".") and not has_name
    except ValueError:
        return False


def _last_look(kind: Kind, tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        return value if may_lead_to(value, kind) or blocks.COMMENT_ADDRESS.match(value) else None
    shape = SHAPES.get(attribute)
    return value if shape is None or shape.fullmatch(value) else None
