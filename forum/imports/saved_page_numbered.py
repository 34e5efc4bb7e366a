"""The numbered layout of saved Blogger pages: date, title, post, "N comments:", then nested lists."""

import datetime
import re
from dataclasses import dataclass, replace

from forum.imports.saved_page_parts import (
    BLANKS,
    Line,
    SavedComment,
    SavedPage,
    SavedPageError,
    comment_count,
    is_furniture,
    next_column,
    parse_date,
    trim_furniture,
)

STANDING_LABELS = frozenset({"ReplyDelete", "Reply Delete", "Delete"})

# Above a date line stand a blog's name, links and description, which Blogger keeps to 500 characters.
MOST_LINES_ABOVE_DATE = 20
LONGEST_LINE_ABOVE_DATE = 500
LONGEST_LINK_BELOW_POST = 160

_ITEM = re.compile(r"([0-9]{1,4})\.(?:[ \t]+|\xa0|$)")
# Blogger's own words, which stand alone where it shows no label under them.
_REMOVED = re.compile(r"(?:comment deleted|this (?:comment|post) has been removed by .{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Item:
    """A line such as "12. text": where the number begins and ends, and the number."""

    start: int
    end: int
    number: int
    comment: int = -1


def read_numbered(lines: list[Line], header: int | None) -> SavedPage:
    """Read a page whose labels stand alone under each comment; `header` is the index of "N comments:".

    Raises:
        SavedPageError: numbers, labels and indentation contradict each other, or the page is cut off.
    """
    published, title, begin = _heading(lines[:header])
    body = trim_furniture([line.text for line in lines[begin:header]])
    comments: list[SavedComment] = []
    if header is not None:
        first = _next_with_text(lines, header + 1)
        if first is not None and any(line.text in STANDING_LABELS for line in lines[first:]):
            comments = _Reader(lines, first).read()
    declared = None if header is None else comment_count(lines[header].text)
    return SavedPage(title, published, _with_single_blanks(body), comments, declared)


def find_header(lines: list[Line]) -> int | None:
    """The index of the "N comments:" line above the first numbered comment.

    A post and the first comment may hold lines like it, even with a list below. The post comes earlier and
    comments are indented, so of all that stand before the first label the outermost, last one counts.
    """
    labels = [n for n, line in enumerate(lines) if line.text in STANDING_LABELS]
    # A post may have a line "Delete" of its own; the first label of the comments is a top-level one.
    end = next((n for n in labels if lines[n].text != "Delete"), labels[0] if labels else len(lines))
    best: int | None = None
    below: _Item | None = None
    for n in range(end - 1, -1, -1):
        line = lines[n]
        if comment_count(line.text) is not None:
            if below and below.number == 1 and (best is None or line.indent < lines[best].indent):
                best = n
        elif line.text and not is_furniture(line.text):
            below = _item(line)
    return best


def find_closing_header(lines: list[Line]) -> int | None:
    """The index of a "No comments:" line on a page without comments, None if there is none.

    What follows it must be the page's end. After "No comments:" unknown links may stand there, but no prose;
    any other number, or the same without its colon, could be somebody's sentence, so only furniture may.
    """
    for n in range(len(lines) - 1, -1, -1):
        count = comment_count(lines[n].text)
        if count == 0 and lines[n].text.endswith(":"):
            return n
        if count is not None:
            return n if _next_with_text(lines, n + 1) is None else None
        if len(lines[n].text) > LONGEST_LINK_BELOW_POST:
            return None
    return None


def begins_with_date(lines: list[Line]) -> bool:
    """Whether a date is the first thing on the page that is not furniture."""
    first = _next_with_text(lines, 0)
    return first is not None and parse_date(lines[first].text) is not None


class _Reader:
    """Walks once through the lists of comments, keeping the comments that are still open to replies."""

    def __init__(self, lines: list[Line], first: int) -> None:
        self.lines = lines
        self.first = first
        self.last_label = max((n for n in range(first, len(lines)) if self._is_label(n)), default=-1)
        self.open: list[_Item] = []
        self.comments: list[SavedComment] = []

    def read(self) -> list[SavedComment]:
        at: int | None = self.first
        while at is not None:
            item = _item(self.lines[at])
            assert item is not None
            self._enter(item)
            end, following = self._end(at)
            parent = self.open[-2].comment if len(self.open) > 1 else None
            self.comments.append(SavedComment(self._text(at, end), parent))
            at = following
        return self.comments

    def _enter(self, item: _Item) -> None:
        """Put `item` in its list; the lists inside the comment before it are over."""
        if self.open and not self._is_child(item):
            del self.open[self._before(item) :]
        self.open.append(replace(item, comment=len(self.comments)))

    def _is_child(self, item: _Item) -> bool:
        return item.number == 1 and item.start > self.open[-1].start

    def _before(self, item: _Item) -> int | None:
        """The place in `open` of the comment that has the number before `item` in the same list.

        Lists line up at the left; in some saves, at the full stops.
        """
        levels = [n for n, level in enumerate(self.open) if level.number + 1 == item.number]
        lined_up = [n for n in levels if self.open[n].start == item.start]
        return next(iter(lined_up or [n for n in levels if self.open[n].end == item.end]), None)

    def _fits(self, item: _Item | None) -> bool:
        return item is not None and (self._is_child(item) or self._before(item) is not None)

    def _end(self, at: int) -> tuple[int, int | None]:
        """Where the comment that begins at line `at` ends (its label), and where the next one begins."""
        following = _next_with_text(self.lines, at + 1)
        removed = _REMOVED.fullmatch(_first_text(self.lines[at])) is not None
        if removed and following is not None and self._fits(_item(self.lines[following])):
            return at + 1, following
        for n in range(at + 1, len(self.lines)):
            if self._is_label(n):
                following = _next_with_text(self.lines, n + 1)
                if self._closes(n, following):
                    fits = following is not None and self._fits(_item(self.lines[following]))
                    return n, following if fits else None
        raise SavedPageError(
            f"line {self.lines[at].number}: the comment that begins here has no label under it; "
            "the page seems to be cut off."
        )

    def _closes(self, n: int, following: int | None) -> bool:
        """Whether the label at line `n` ends the comment, or is a line of its text that says "Delete".

        It ends the comment if a numbered comment follows that continues a list, or if no label follows at
        all: what stands below the last label is the rest of the page.
        """
        if following is None:
            return True
        line, label = self.lines[following], self.lines[n].text
        item = _item(line)
        if self._fits(item):
            # A top-level comment closes with "ReplyDelete", so with a list of its own right below it (and
            # no "Replies" between) a line "Delete" is the commenter's.
            own_list = len(self.open) == 1 and item is not None and self._is_child(item)
            return label != "Delete" or not own_list or self._replies_between(n, following)
        if n == self.last_label:
            return True
        if label != "Delete" or line.indent <= self.open[-1].start:
            raise SavedPageError(
                f"line {line.number}: a numbered comment that continues its list should follow the label "
                f"in line {self.lines[n].number}, but this line does not."
            )
        return False

    def _replies_between(self, n: int, following: int) -> bool:
        return any(line.text == "Replies" for line in self.lines[n + 1 : following])

    def _is_label(self, n: int) -> bool:
        return self.lines[n].text in STANDING_LABELS

    def _text(self, at: int, end: int) -> str:
        """The comment's text; the label stands exactly as deep as the layout indents the lines above it."""
        width = self.lines[end].indent if self._is_label(end) else 0
        if width <= self.open[-1].start:
            width = min((line.indent for line in self.lines[at + 1 : end] if line.text), default=0)
        texts = [_first_text(self.lines[at])]
        texts += [_without_indent(line.raw, width) for line in self.lines[at + 1 : end]]
        filled = [n for n, text in enumerate(texts) if text]
        return "\n".join(texts[filled[0] : filled[-1] + 1]) if filled else ""


def _heading(lines: list[Line]) -> tuple[datetime.date | None, str | None, int]:
    """Date, title, and where the post begins; without a date line everything is the post's text."""
    above = 0
    for n, line in enumerate(lines):
        published = parse_date(line.text)
        if published:
            title = _next_with_text(lines, n + 1)
            return (published, None, n + 1) if title is None else (published, lines[title].text, title + 1)
        above += bool(line.text)
        if above > MOST_LINES_ABOVE_DATE or len(line.text) > LONGEST_LINE_ABOVE_DATE:
            break
    return None, None, 0


def _next_with_text(lines: list[Line], start: int) -> int | None:
    """The next line that is neither blank nor furniture, nor one of the words Blogger puts between lists."""
    for n in range(start, len(lines)):
        text = lines[n].text
        if text and text not in ("Replies", "Reply") and not is_furniture(text):
            return n
    return None


def _item(line: Line) -> _Item | None:
    match = _ITEM.match(line.text)
    if match is None:
        return None
    return _Item(line.indent, line.indent + len(match[1]), int(match[1]))


def _first_text(line: Line) -> str:
    return _ITEM.sub("", line.text, count=1)


def _without_indent(raw: str, width: int) -> str:
    """`raw` without its first `width` columns of blanks; a tab across that border goes whole."""
    cut = column = 0
    while cut < len(raw) and raw[cut] in BLANKS and column < width:
        column = next_column(raw[cut], column)
        cut += 1
    return raw[cut:]


def _with_single_blanks(texts: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(texts)).strip("\n")
