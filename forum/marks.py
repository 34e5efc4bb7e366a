"""The extract of a search result with the words marked that were looked for.

An FTS5 table in memory finds them, for both databases: it knows stems and accents as their indexes do, and is gone
with the answer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

from forum.search import Term

# Never in a text: forum/markup.py drops them.
BEGIN, END = "\x02", "\x03"
LENGTH = 300
BEFORE = 90


def marked_extracts(texts: Sequence[str], terms: Sequence[Term]) -> list[SafeString]:
    """The stretch around the first hit of each plain text, as HTML with `<mark>`; else its beginning."""
    query = " OR ".join(f'"{term.words}"' for term in terms if not term.is_excluded)
    table = sqlite3.connect(":memory:")
    try:
        table.execute("CREATE VIRTUAL TABLE t USING fts5(words, tokenize='porter unicode61 remove_diacritics 2')")
        table.executemany("INSERT INTO t (rowid, words) VALUES (?, ?)", enumerate(texts))
        marked = "SELECT rowid, highlight(t, 0, ?, ?) FROM t WHERE t MATCH ?"
        rows = dict(table.execute(marked, [BEGIN, END, query]))
    finally:
        table.close()
    return [stretch(rows.get(number, text)) for number, text in enumerate(texts)]


def stretch(text: str) -> SafeString:
    """About 300 characters around the first mark, cut at words."""
    start = max(text.find(BEGIN) - BEFORE, 0)
    if start:
        start = text.rfind(" ", 0, start) + 1
    part, rest = text[start : start + LENGTH], text[start + LENGTH :]
    if rest:
        whole_words = part.rpartition(" ")[0]
        # Unless one endless word would take the mark along.
        part = whole_words if len(whole_words) > LENGTH // 2 else part
        part += END * (part.count(BEGIN) - part.count(END)) + " …"
    html = escape(("… " if start else "") + part).replace(BEGIN, "<mark>").replace(END, "</mark>")
    return mark_safe(html)  # noqa: S308 - escaped, and the marks are ours
