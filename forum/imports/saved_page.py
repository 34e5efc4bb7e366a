"""Reads the text of a saved Blogger page: a post and its comments, in either of the two layouts."""

import re

from forum.imports.saved_page_flattened import read_flattened
from forum.imports.saved_page_numbered import (
    STANDING_LABELS,
    begins_with_date,
    find_closing_header,
    find_header,
    read_numbered,
)
from forum.imports.saved_page_parts import (
    Line,
    SavedComment,
    SavedPage,
    SavedPageError,
    comment_count,
    split_lines,
)

__all__ = ["SavedComment", "SavedPage", "SavedPageError", "read_saved_page"]

_MARKUP = re.compile(
    r"\s*(?:<!doctype|<html|<head|<body|<\?xml|<!--|%PDF-|\{\\rtf|MIME-Version:|From: <Saved by )",
    re.IGNORECASE,
)
_NEVER_TEXT = re.compile("[\x00\ud800-\udfff]")
_SELDOM_TEXT = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f\ufffd]")


def read_saved_page(text: str) -> SavedPage:
    """Read the text of one saved Blogger page, whichever of the two layouts it has.

    Blogger puts the links "Reply" and "Delete" under each comment, and programs that save a page as text
    keep them in one of two ways. *Numbered*: date, title, post, "N comments:", then "1." with replies
    indented under "Replies", each comment closed by a label on a line of its own: "ReplyDelete" for a
    top-level comment, "Delete" for a reply. *Flattened*: no date, no title, no blank lines, and the label
    glued to the front of the line after each comment's first line. Neither keeps names, times or pictures.
    A page without comments gives a post with none.

    One page at a time; the work grows with the length of the text. Any plain text without labels is taken
    for a post, since the flattened layout marks a post by nothing.

    Raises:
        SavedPageError: no text at all, not a text page, or labels, numbers and indentation from which a
            comment's beginning, end or parent could only be guessed. The message names the line.
    """
    _refuse_what_is_no_text(text)
    page = _read(split_lines(text))
    if not page.body and not page.comments:
        raise SavedPageError("The page holds neither a post nor comments, only the furniture around them.")
    return page


def _refuse_what_is_no_text(text: str) -> None:
    if not text.strip("\ufeff \t\r\n\x0b\x0c\xa0"):
        raise SavedPageError("The page is empty.")
    strange = _NEVER_TEXT.search(text)
    # A few odd characters come from an old encoding; a file full of them is no text.
    if not strange and len(_SELDOM_TEXT.findall(text)) * 20 > len(text):
        strange = _SELDOM_TEXT.search(text)
    if strange:
        line = text.count("\n", 0, strange.start()) + 1
        raise SavedPageError(f"line {line}: this is not plain text. Save the page as text (UTF-8) first.")
    if _MARKUP.match(text.removeprefix("\ufeff")):
        raise SavedPageError("line 1: this is a page or document with its markup. Save it as plain text.")


def _read(lines: list[Line]) -> SavedPage:
    standing = [line for line in lines if line.text in STANDING_LABELS]
    glued = any(line.text.startswith("ReplyDelete") and line.text not in STANDING_LABELS for line in lines)
    header = find_header(lines)
    # Only the numbered layout indents its labels. Where nothing is indented, lines that begin with a label
    # speak for the flattened layout, in which one label may stand alone too: the last one.
    if header is not None and standing:
        indented = any(line.indent > lines[header].indent for line in standing)
        if indented or not glued:
            return read_numbered(lines, header)
    if not standing and not glued:
        closing = find_closing_header(lines)
        if closing is None and header is not None and comment_count(lines[header].text):
            raise SavedPageError(
                f"line {lines[header].number}: comments are announced here, but no label closes any of them."
            )
        if closing is not None or begins_with_date(lines):
            return read_numbered(lines, closing)
    return read_flattened(lines)
