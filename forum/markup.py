"""From what a person typed to HTML that is safe to show: the only place that touches bleach and nh3.

Three steps. markdown-it renders a small Markdown with raw HTML switched off. bleach applies the allow-list to
each run of text that we rendered, and turns bare addresses into links. nh3 has the last word over the whole, since
bleach gets no more security fixes. Nothing here changes what is stored.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from html import escape
from typing import Any

import nh3
from bleach.linkifier import LinkifyFilter
from bleach.sanitizer import Cleaner
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from forum import blocks
from forum.characters import CONTROLS, TURNING_MARKS
from forum.habits import in_grammar
from forum.kinds_of_text import COMMENT, HOUSE_PAGE, POST, Kind
from forum.markdown_rules import add_rules
from forum.pasted_articles import quote_pasted_articles
from forum.shown_addresses import show_addresses
from forum.web_addresses import ADDRESS, is_web_address, trim_address

# A path of this site: "//host" would be another one, as would a backslash to browsers.
SITE_PATH = re.compile(r"/(?!/)[\w.~%?=&#+:@!$'()*,;/-]*", re.ASCII)
# Noncharacters, which no text holds: they fence the number of an address that is set aside.
FENCED = re.compile("\ufdd0(\\d+)\ufdd1")
# And these that of a stretch of the source in whose place HTML of ours will stand.
REPLACED = re.compile("\ufdd3(\\d+)\ufdd4")
# Readers stress with stars. An underscore stands in names, tokens and shrugs, so it is set aside as well.
UNDERSCORE = "\ufdd2"
LINE_BREAK = "<br>\n"
# What an element may carry beside its tag, and what shape that must have.
ATTRIBUTES = {
    # Without this, nh3 would let title and lang pass on every element.
    "*": set[str](),
    "a": {"href", "class"},
    "ol": {"start"},
    "figure": {"class", "id"},
    "img": {"src", "alt", "width", "height", "loading"},
}
SHAPES = {
    "start": re.compile(r"\d{1,9}", re.ASCII),
    "class": re.compile("quotation|relay|picture|comment|clean"),
    "id": re.compile(r"item-\d{1,4}", re.ASCII),
    "src": re.compile(rf"/pictures/{blocks.PICTURE_NAME.pattern}\.webp"),
    "width": re.compile(r"\d{1,4}", re.ASCII),
    "height": re.compile(r"\d{1,4}", re.ASCII),
    "loading": re.compile("lazy"),
}


def render_comment(source: str, replaced: Sequence[tuple[int, int, str]] = ()) -> str:
    """The HTML of a comment: paragraphs, kept line breaks, lists, quotes, stress, rules and links.

    `replaced` names stretches of the source, in order, by where they begin and end, and the HTML of ours that stands
    in their place.
    """
    fenced, end = "", 0
    for index, (start, stop, _) in enumerate(replaced):
        fenced += f"{_plain(source[end:start])}\ufdd3{index}\ufdd4"
        end = stop
    html = _wash(show_addresses(_unwashed(fenced + _plain(source[end:]), COMMENT)), COMMENT)
    return REPLACED.sub(lambda match: replaced[int(match[1])][2], html)


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
    return _wash(_unwashed(_plain(source), HOUSE_PAGE), HOUSE_PAGE)


def _plain(source: str) -> str:
    """Text without characters that show nothing and mean something: ours among them, which so nobody can type."""
    return CONTROLS.sub("", TURNING_MARKS.sub("", source))


def _unwashed_post(source: str) -> str:
    return _unwashed(_plain(source), POST)


def _unwashed(text: str, kind: Kind) -> str:
    markdown = _markdown(kind)
    addresses: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        """Stars and underscores of an address are no marks of stress."""
        if match[0].startswith("]("):
            return match[0]
        address = trim_address(match[0])
        addresses.append(address)
        return f"\ufdd0{len(addresses) - 1}\ufdd1{match[0][len(address) :]}"

    text = kind.address.sub(set_aside, text)
    if kind is COMMENT:
        text = text.replace("_", UNDERSCORE)
    html = markdown.render(in_grammar(text, is_bounded=kind is COMMENT), {"addresses": addresses})
    return put_back(html, addresses)


def _wash(html: str, kind: Kind) -> str:
    """nh3's last word: whatever is not allowed here is gone."""
    return nh3.clean(
        html,
        tags=set(kind.tags),
        attributes={name: set(allowed) for name, allowed in ATTRIBUTES.items() if name in kind.tags | {"*"}},
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
        return LINE_BREAK.join(self.cleaned(lines) for lines in _whole_lines(html))

    def cleaned(self, html: str) -> str:
        return self.cleaner.clean(html) if "<" in html or ADDRESS.search(html) else html


def _whole_lines(html: str) -> Iterator[str]:
    """As few lines at a time as hold whole elements: bleach takes 30 microseconds for each break between them."""
    lines, depth = list[str](), 0
    for line in html.split(LINE_BREAK):
        lines.append(line)
        depth += line.count("<") - 2 * line.count("</")
        if depth == 0:
            yield LINE_BREAK.join(lines)
            lines.clear()
    if lines:
        yield LINE_BREAK.join(lines)


_tools = threading.local()


def _markdown(kind: Kind) -> MarkdownIt:
    """The parser for a kind of text: one per thread, since it and its cleaner keep state while they work."""
    made: dict[Kind, MarkdownIt] = _tools.__dict__.setdefault("made", {})
    if kind not in made:
        markdown = MarkdownIt("js-default", {"html": False, "breaks": True}, renderer_cls=_CleaningRenderer)
        markdown.disable(kind.disabled.split())
        markdown.renderer.cleaner = _cleaner(kind)  # type: ignore[attr-defined]
        add_rules(markdown, lowers_headings="h2" in kind.tags)
        if kind is COMMENT:
            markdown.core.ruler.before("inline", "quote_pasted_articles", quote_pasted_articles)
        made[kind] = markdown
    return made[kind]


class _Links(LinkifyFilter):
    """bleach's link builder with our own idea of where an address ends."""

    def strip_non_url_bits(self, fragment: str) -> tuple[str, str, str]:
        address = trim_address(fragment)
        return address, "", fragment[len(address) :]

    def extract_entities(self, token: Any) -> Any:
        # The cleaner has read the entities already; reading them twice would turn a typed "&amp;lt;" into "<".
        yield token


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
    # bleach leaves what looks like an entity in an attribute as it is: "&lt;" in an address would lead to "<".
    return {(None, "href"): escape(href) if new else href, "_text": attrs["_text"]}


def may_lead_to(href: str, kind: Kind) -> bool:
    return is_web_address(href) or (kind.site_paths and SITE_PATH.fullmatch(href) is not None)


def _last_look(kind: Kind, tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        return value if may_lead_to(value, kind) or blocks.COMMENT_ADDRESS.match(value) else None
    shape = SHAPES.get(attribute)
    return value if shape is None or shape.fullmatch(value) else None
