"""Blocks in the text of a post: what is not the owner's own word stands apart, with its source.

    :::quotation
    publisher: The Northmere Gazette
    title: Rooms for all
    date: 3 March 2026
    address: no link

    Their words.
    :::

`:::relay` hands on what was said elsewhere, `:::picture NAME` shows an uploaded picture, and
`:::comment /2026/11/a-title.html?c=14` quotes a comment of this site, whose words are fetched when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from forum.web_addresses import is_web_address

OPENING = re.compile(r"^:::(quotation|relay|picture|comment)(?:[ \t]+(\S+))?[ \t]*$")
CLOSING = re.compile(r"^:::[ \t]*$")
FIELD = re.compile(r"^([a-z]+):[ \t]*(.*)$")
FIELDS = {
    "quotation": ("publisher", "title", "date", "address"),
    "relay": ("from", "role"),
    "picture": ("alt", "caption", "credit"),
    "comment": (),
}
NO_LINK = "no link"
# A random part, and the size in pixels.
PICTURE_NAME = re.compile(r"[0-9a-f]{16}-[0-9]{1,4}x[0-9]{1,4}")
COMMENT_ADDRESS = re.compile(r"^(/\d{4}/\d{2}/[-\w]+\.html)\?c=(\d{1,9})(?:#c\d+)?$", re.ASCII)


@dataclass
class Block:
    """One block as it was typed; `line` is where it begins, from 1."""

    kind: str
    name: str
    line: int
    fields: dict[str, str] = field(default_factory=dict)
    text: str = ""
    is_closed: bool = False


def split(source: str) -> list[str | Block]:
    """The text of a post as stretches of Markdown and blocks, in order. A block that never ends reaches to the end."""
    parts: list[str | Block] = []
    lines: list[str] = []
    block: Block | None = None
    for number, line in enumerate(source.split("\n"), start=1):
        opening = None if block else OPENING.match(line)
        if opening or (block and CLOSING.match(line)):
            parts.append(_filled(block, lines) if block else "\n".join(lines))
            if block:
                block.is_closed = True
            block = Block(opening[1], opening[2] or "", number) if opening else None
            lines = []
        else:
            lines.append(line)
    parts.append(_filled(block, lines) if block else "\n".join(lines))
    return [part for part in parts if isinstance(part, Block) or part.strip()]


def _filled(block: Block, lines: list[str]) -> Block:
    """The fields are the first lines, each with a name that this kind of block knows."""
    fields = 0
    for line in lines:
        match = FIELD.match(line)
        if match is None or match[1] not in FIELDS[block.kind]:
            break
        block.fields[match[1]] = match[2].strip()
        fields += 1
    block.text = "\n".join(lines[fields:])
    return block


def problems(source: str) -> list[str]:
    """Why this text must not be published yet, in sentences that name the line."""
    return [
        f"Line {part.line}: {sentence}"
        for part in split(source)
        if isinstance(part, Block)
        for sentence in _check(part)
    ]


def _check(block: Block) -> list[str]:
    has = {name for name, value in block.fields.items() if value}
    found = [] if block.is_closed else ["this block has no end. Put ::: on a line of its own below it."]
    if block.kind == "quotation":
        address = block.fields.get("address", "")
        if "publisher" not in has:
            found.append("say who published the quotation (publisher: …).")
        if address.casefold() != NO_LINK and not is_web_address(address):
            found.append("give the address of the quotation, or say “address: no link”.")
    if block.kind == "relay" and "from" not in has:
        found.append("say where the words come from (from: Twitter).")
    if block.kind in ("quotation", "relay") and not block.text.strip():
        found.append("there are no words in this block.")
    if block.kind == "picture":
        if not PICTURE_NAME.fullmatch(block.name):
            found.append("this is not the name of a picture. Copy the block from the page of pictures.")
        if "alt" not in has:
            found.append("describe the picture for those who cannot see it (alt: …).")
        if "credit" not in has:
            found.append("say who made the picture (credit: …).")
    if block.kind == "comment" and not COMMENT_ADDRESS.match(block.name):
        found.append("this is not the address of a comment, such as /2026/11/a-title.html?c=14.")
    return found


def block_html(block: Block, item: int, inner: Callable[[str], str]) -> str:
    """The HTML of a block, still to be washed; `inner` renders its text, `item` numbers quoted comments."""
    if block.kind == "quotation":
        return _quotation(block, inner)
    if block.kind == "relay":
        return _relay(block, inner)
    # These two hold no words; whatever somebody wrote into one follows it, so that nothing is lost.
    return (_picture(block) if block.kind == "picture" else _comment(block, item)) + inner(block.text)


def _quotation(block: Block, inner: Callable[[str], str]) -> str:
    said = {name: escape(value) for name, value in block.fields.items() if value}
    source = ", ".join(said[name] for name in ("publisher", "date") if name in said)
    title = f": <cite>{said['title']}</cite>" if "title" in said else ""
    address = block.fields.get("address", "")
    link = f'<a href="{escape(address)}">Read it there</a>' if is_web_address(address) else "No link."
    caption = f"<figcaption>From {source}{title}. {link}</figcaption>"
    return f'<figure class="quotation">{caption}<blockquote>{inner(block.text)}</blockquote></figure>'


def _relay(block: Block, inner: Callable[[str], str]) -> str:
    source, role = (escape(block.fields.get(name, "")) for name in ("from", "role"))
    caption = f"<figcaption>From {source}{f', {role}' if role else ''}. Its author is not here to answer.</figcaption>"
    return f'<figure class="relay">{caption}{inner(block.text)}</figure>'


def picture_size(name: str) -> tuple[int, int]:
    """Width and height in pixels, as the name of a picture says."""
    width, height = name.partition("-")[2].split("x")
    return int(width), int(height)


def _picture(block: Block) -> str:
    if not PICTURE_NAME.fullmatch(block.name):
        return ""
    width, height = picture_size(block.name)
    alt, caption, credit = (escape(block.fields.get(name, "")) for name in ("alt", "caption", "credit"))
    image = f'<img src="/pictures/{block.name}.webp" alt="{alt}" width="{width}" height="{height}" loading="lazy">'
    said = " ".join(filter(None, [caption and f"{caption.rstrip('.')}.", credit and f"Picture: {credit}."]))
    return f'<figure class="picture">{image}<figcaption>{said}</figcaption></figure>'


def _comment(block: Block, item: int) -> str:
    """Only a place: forum/quotations.py puts the comment there whenever the post is read."""
    address = COMMENT_ADDRESS.match(block.name)
    if address is None:
        return ""
    return f'<figure class="comment" id="item-{item}"><a href="{address[1]}?c={address[2]}#c{address[2]}"></a></figure>'
