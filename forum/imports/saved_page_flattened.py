"""The flattened layout of saved Blogger pages: no names, no blank lines, labels glued to the text."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from forum.imports.saved_page_parts import (
    BLANKS,
    Line,
    SavedComment,
    SavedPage,
    SavedPageError,
    comment_count,
    furniture_run,
    is_furniture,
    trim_furniture,
)

Label = Literal["ReplyDelete", "Delete"]

# "Deleted", "Deletes", "Deleters" and "Deleterious…" as words. A letter or figure after them undoes it, for
# then the label stands before a word of its own ("Delete" + "does", "so", "s17"); so does an apostrophe with
# a letter ("Delete" + "d'you", "s'pose"), for the words themselves never go on like that.
_REAL_WORD = re.compile(r"Delete(?:(?:d|s|rs)(?!['’]?[^\W_])|rious)")
_LIST_LINE = re.compile(r"(?:[-*]|[0-9]{1,3}\.)[ \t]")


@dataclass(frozen=True, slots=True)
class _Entry:
    number: int
    label: Label | None
    text: str


def split_label(line: str) -> tuple[Label | None, str]:
    """Part the label at the beginning of a line from the text after it.

    Whatever is neither a real word nor "Delete" with a space and a lower-case letter after it counts as
    label: a wrong "text" would lose a comment for good, while a wrong "label" shows, as one comment too
    many. So `Delete, then…`, `Delete: …`, `Delete Nothing`, `Delete...` and `Deleter…` are labels (replies
    do begin with dots, smileys and capitals). Nobody's line begins with "ReplyDelete": always a label.
    A no-break space is no space here: people type it to indent, never inside "Delete this".
    """
    if line.startswith("ReplyDelete"):
        return "ReplyDelete", line[len("ReplyDelete") :].lstrip(" \t")
    rest = line[len("Delete") :]
    if not line.startswith("Delete") or _REAL_WORD.match(line):
        return None, line
    if rest.startswith(" ") and rest.lstrip(" ")[:1].islower():
        return None, line
    return "Delete", rest.lstrip(" \t")


def read_flattened(lines: list[Line]) -> SavedPage:
    """Read a page whose labels stand in front of the line after each comment's first line.

    A line begins a comment if, and only if, the next line begins with a label; the label gives its level.
    Title, date, names and times are not on such a page. Blank lines, which the layout does not have, are
    passed over, and so are blanks between a label and its text.

    Raises:
        SavedPageError: labels that cannot belong to any comment, with the number of the line.
    """
    entries = _without_page_end([_entry(line) for line in lines if line.text])
    starts = [n - 1 for n, entry in enumerate(entries) if entry.label]
    _refuse_labels_without_text(entries)
    before = [entry.text.strip(BLANKS) for entry in entries[: starts[0] if starts else None]]
    body = trim_furniture(before)
    below = before[len(before) - furniture_run(reversed(before), with_counts=True) :]
    counts = [comment_count(text) for text in below]
    if starts:
        _refuse_doubtful_labels(entries, starts)
    return SavedPage(
        title=None,
        published=None,
        body=_paragraphs(body),
        comments=_comments(entries, starts),
        declared=next((count for count in counts if count is not None), None),
    )


def _entry(line: Line) -> _Entry:
    label, text = split_label(line.text)
    return _Entry(line.number, label, text if label else line.raw)


def _without_page_end(entries: list[_Entry]) -> list[_Entry]:
    """Drop the furniture after the last comment, which may be glued to that comment's label."""
    last = max((n for n, entry in enumerate(entries) if entry.label), default=len(entries))
    tail = entries[last:]
    kept = len(entries) - furniture_run(entry.text.strip(BLANKS) for entry in reversed(tail))
    if kept > last or not tail:
        return entries[:kept]
    return [*entries[:last], replace(tail[0], text="")]


def _refuse_labels_without_text(entries: list[_Entry]) -> None:
    for n, entry in enumerate(entries):
        if not entry.label:
            continue
        if n == 0 or not entries[n - 1].text:
            raise SavedPageError(f"line {entry.number}: a label stands here without a comment before it.")
        # "Delete this" after a label is text like any other; a label directly on a label is not.
        if split_label(entry.text)[0] and not entry.text.startswith("Delete "):
            raise SavedPageError(f"line {entry.number}: two labels stand together without a comment between.")


def _refuse_doubtful_labels(entries: list[_Entry], starts: list[int]) -> None:
    first, label = entries[starts[0]], entries[starts[0] + 1]
    if label.label == "Delete":
        raise SavedPageError(f"line {label.number}: a reply stands before any top-level comment.")
    if is_furniture(first.text.strip(BLANKS)) or comment_count(first.text.strip(BLANKS)) is not None:
        raise SavedPageError(f"line {label.number}: a label stands here without a comment before it.")
    # With no label glued to anything, the labels close comments instead of following first lines. The two
    # readings agree on comments of one line; of longer ones the beginnings would be guessed.
    glued = any(entries[n + 1].text for n in starts)
    longer = any(following - n > 2 for n, following in pairwise(starts))
    if not glued and (longer or first.text.startswith("1. ")):
        raise SavedPageError(
            f"line {label.number}: the labels stand alone, but no “N comments:” line with numbered comments "
            "below it tells where each comment begins."
        )


def _comments(entries: list[_Entry], starts: list[int]) -> list[SavedComment]:
    comments: list[SavedComment] = []
    top: int | None = None
    for start, end in zip(starts, [*starts, len(entries)][1:], strict=True):
        text = "\n".join(entry.text for entry in entries[start:end] if entry.text)
        if entries[start + 1].label == "ReplyDelete":
            top = len(comments)
            comments.append(SavedComment(text, None))
        else:
            comments.append(SavedComment(text, top))
    return comments


def _paragraphs(texts: list[str]) -> str:
    """One paragraph a line, as the layout has it; lines of one list stay together."""
    parts: list[str] = []
    in_list = False
    for text in texts:
        is_item = _LIST_LINE.match(text) is not None
        if parts:
            parts.append("\n" if in_list and is_item else "\n\n")
        parts.append(text)
        in_list = is_item
    return "".join(parts)
