"""From the tree of a page to a small one: paragraphs, headings, lists and quotations, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from forum.paste import word
from forum.paste.furniture import Furniture, style_of
from forum.paste.inline import BREAK, EM, STRONG, Run, clean, fill, paragraphs
from forum.paste.links import clean_address

HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
LISTS = {"ul": "ul", "ol": "ol", "menu": "ul", "dir": "ul"}
BLOCK = re.compile(
    "address|article|blockquote|body|caption|center|dd|details|dir|div|dl|dt|fieldset|figcaption|figure|footer|h[1-6]"
    "|header|hgroup|hr|html|legend|li|main|menu|ol|p|pre|search|section|summary|table|td|th|tr|ul"
)
# Lists with their items and quotations, within each other; what is deeper joins what stands around it.
MAX_NESTED = 12
ADVERTISEMENT = re.compile(
    r"(?:advert(?:isement)?|(?:article|story) continues (?:after|below)(?: (?:this )?ad\w*)?|skip (?:past )?ad\w*)\W*",
    re.IGNORECASE,
)
RULE = re.compile(r"\*[* ]{2,}|--oo00oo--|[-_]{3,}")


@dataclass
class Open:
    """An open tag of the page, and what it changed, to be changed back at its end."""

    tag: Tag
    children: Iterator[object]
    marks: frozenset[str]
    kind: str
    in_pre: bool
    depth: int


@dataclass
class Blocks:
    """Reads a page from top to bottom, without recursion; `root` is what it made."""

    furniture: Furniture
    root: BeautifulSoup = field(default_factory=lambda: BeautifulSoup("", "html.parser"))
    runs: list[Run] = field(default_factory=list)
    marks: frozenset[str] = frozenset()
    kind: str = "p"
    in_pre: bool = False
    containers: list[Tag] = field(default_factory=list)
    # The number of the next item of each numbered list.
    numbers: dict[int, int] = field(default_factory=dict)
    # Where in `containers` the lists begin that Word wrote as paragraphs.
    word_lists: int | None = None

    def read(self, tree: Tag) -> None:
        self.containers.append(self.root)
        path = [self.enter(tree)]
        while path:
            child = next(path[-1].children, None)
            if child is None:
                self.leave(path.pop())
            elif isinstance(child, Tag):
                if child not in self.furniture and not word.is_mark(child):
                    path.append(self.enter(child))
            elif type(child) is NavigableString:  # comments and the like are subclasses
                self.read_text(str(child))
        self.flush()

    def enter(self, tag: Tag) -> Open:
        if is_block(tag):
            self.flush()
        opened = Open(tag, iter(list(tag.contents)), self.marks, self.kind, self.in_pre, len(self.containers))
        if is_block(tag):
            self.enter_block(tag)
        else:
            self.enter_inline(tag)
        return opened

    def enter_block(self, tag: Tag) -> None:
        item = word.list_item(tag)
        if item:
            self.begin_word_item(item)
        elif self.word_lists is not None:
            self.end_word_lists()
        if tag.name in HEADINGS:
            self.kind = HEADINGS[tag.name]
        elif tag.name == "li":
            self.begin_item()
        elif tag.name in LISTS or tag.name == "blockquote":
            self.open_container(LISTS.get(tag.name, "blockquote"), start=str(tag.get("start", "")))
        elif tag.name == "hr":
            self.add(self.root.new_tag("hr"))
        self.in_pre = self.in_pre or tag.name == "pre"

    def enter_inline(self, tag: Tag) -> None:
        if tag.name == "br":
            self.runs.append(Run(BREAK))
        elif tag.name == "q":
            self.runs.append(Run("“", self.marks))
        elif tag.name == "a" and (address := clean_address(str(tag.get("href") or ""))):
            self.marks = (self.marks & {STRONG, EM}) | {address}
        self.marks = stressed(tag, self.marks)

    def leave(self, opened: Open) -> None:
        if opened.tag.name == "q":
            self.runs.append(Run("”", self.marks))
        elif is_block(opened.tag):
            self.flush()
            if word.list_item(opened.tag) is None:
                del self.containers[opened.depth :]
                if opened.depth <= (self.word_lists or 0):
                    self.word_lists = None
        self.marks, self.kind, self.in_pre = opened.marks, opened.kind, opened.in_pre

    def read_text(self, text: str) -> None:
        for number, line in enumerate(text.split("\n") if self.in_pre else [text]):
            if number:
                self.runs.append(Run(BREAK))
            if line := clean(line):
                self.runs.append(Run(line, self.marks))

    def flush(self) -> None:
        """What was read since the last block is one paragraph, or several where there are empty lines."""
        runs, self.runs = self.runs, []
        if self.kind != "p":
            runs = [Run(" ") if run.text == BREAK else Run(run.text, run.marks - {STRONG, EM}) for run in runs]
        for paragraph in paragraphs(runs):
            text = "".join(run.text for run in paragraph)
            if RULE.fullmatch(text):
                self.add(self.root.new_tag("hr"))
            elif not ADVERTISEMENT.fullmatch(text):
                self.add_paragraph(paragraph)

    def add_paragraph(self, runs: list[Run]) -> None:
        if self.containers[-1].name in ("ul", "ol"):
            self.begin_item()
        around = self.containers[-1]
        is_first_of_item = around.name == "li" and not around.contents and self.kind == "p"
        fill(around if is_first_of_item else self.add(self.root.new_tag(self.kind)), runs, self.root)

    def add(self, tag: Tag) -> Tag:
        if self.containers[-1].name in ("ul", "ol") and tag.name != "li":
            self.begin_item()
        self.containers[-1].append(tag)
        return tag

    def open_container(self, name: str, *, start: str = "") -> None:
        if len(self.containers) > MAX_NESTED:
            return
        if self.containers[-1].name in ("ul", "ol"):
            # Google Docs puts a list straight into a list: it belongs to the item above.
            last = self.containers[-1].contents[-1:]
            self.containers.extend(item for item in last if isinstance(item, Tag))
        number = int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1
        self.containers.append(self.add(self.root.new_tag(name)))
        self.numbers[id(self.containers[-1])] = number

    def begin_item(self) -> None:
        """A new item of the innermost list, also where the one before was not ended or there is no list."""
        if self.containers[-1].name == "li":
            self.containers.pop()
        if self.containers[-1].name not in ("ul", "ol"):
            self.containers.append(self.add(self.root.new_tag("ul")))
        around = self.containers[-1]
        item = self.root.new_tag("li")
        if around.name == "ol":
            item["value"] = str(self.numbers[id(around)])
            self.numbers[id(around)] += 1
        self.containers.append(self.add(item))

    def begin_word_item(self, item: word.WordItem) -> None:
        """Lists are opened down to the item's level, and closed where they are deeper or of another kind."""
        if self.word_lists is None:
            self.word_lists = len(self.containers)
        level = min(item.level, (len(self.containers) - self.word_lists) // 2 + 1)
        place = self.word_lists + 2 * (level - 1)
        del self.containers[place + 1 :]
        if self.containers[place:] and self.containers[place].name != item.kind:
            self.containers.pop()
        if not self.containers[place:]:
            self.open_container(item.kind)
        self.begin_item()

    def end_word_lists(self) -> None:
        del self.containers[self.word_lists :]
        self.word_lists = None


def is_block(tag: Tag) -> bool:
    return BLOCK.fullmatch(tag.name) is not None


def stressed(tag: Tag, marks: frozenset[str]) -> frozenset[str]:
    """The marks inside `tag`: what its name says, unless its style says otherwise, as Google Docs does."""
    names = {"b": STRONG, "strong": STRONG, "i": EM, "em": EM}
    marks = marks | {names[tag.name]} if tag.name in names else marks
    if tag.name in ("b", "em", "font", "i", "span", "strong") and (style := style_of(tag)):
        weight, slope = style.get("font-weight", ""), style.get("font-style", "")
        marks = marks | {STRONG} if weight in ("bold", "bolder", "600", "700", "800", "900") else marks
        marks = marks - {STRONG} if weight in ("normal", "lighter", "300", "400", "500") else marks
        marks = marks | {EM} if slope in ("italic", "oblique") else marks
        marks = marks - {EM} if slope == "normal" else marks
    return marks
