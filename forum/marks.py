"""The words marked that were looked for: in the extract of a search result, and in the place that it leads to.

An FTS5 table in memory finds them, for both databases: it knows stems and accents as their indexes do, and is gone
with the answer.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from html import escape, unescape

from django.utils.safestring import SafeString, mark_safe

from forum.extracts import TAG
from forum.search import BadQuery, Term, terms_of

# Never in a text: forum/markup.py drops them.
BEGIN, END = "\x02", "\x03"
TAG_HERE = "\x04"
SIGNS = re.compile(f"([{BEGIN}{END}{TAG_HERE}])")
LENGTH = 300
BEFORE = 90


def terms_or_none(typed: str) -> list[Term]:
    """What an address asks to have marked; nothing where that cannot be looked for."""
    try:
        return terms_of(typed) if typed.strip() else []
    except BadQuery:
        return []


def marked_extracts(texts: Sequence[str], terms: Sequence[Term]) -> list[SafeString]:
    """The stretch around the first hit of each plain text, as HTML with `<mark>`; else its beginning."""
    return [stretch(text) for text in marked_texts(texts, terms)]


def marked_texts(texts: Sequence[str], terms: Sequence[Term]) -> list[str]:
    """Each text with BEGIN and END around every hit."""
    query = " OR ".join(f'"{term.words}"' for term in terms if not term.is_excluded)
    table = sqlite3.connect(":memory:")
    try:
        table.execute("CREATE VIRTUAL TABLE t USING fts5(words, tokenize='porter unicode61 remove_diacritics 2')")
        table.executemany("INSERT INTO t (rowid, words) VALUES (?, ?)", enumerate(texts))
        marked = "SELECT rowid, highlight(t, 0, ?, ?) FROM t WHERE t MATCH ?"
        rows = dict(table.execute(marked, [BEGIN, END, query]))
    finally:
        table.close()
    return [rows.get(number, text) for number, text in enumerate(texts)]


def marked_html(html: str, terms: Sequence[Term]) -> str:
    """HTML of ours with `<mark>` around every hit in its text."""
    tags = TAG.findall(html)
    (text,) = marked_texts([unescape(TAG.sub(TAG_HERE, html))], terms)
    waiting, parts, is_marked = iter(tags), [], False
    for part in SIGNS.split(text):
        if part == TAG_HERE:
            # A hit that begins before a tag and ends behind it is marked on both sides.
            parts.append(f"</mark>{next(waiting)}<mark>" if is_marked else next(waiting))
        elif part in (BEGIN, END):
            is_marked = part == BEGIN
            parts.append("<mark>" if is_marked else "</mark>")
        else:
            parts.append(escape(part, quote=False))
    return "".join(parts).replace("<mark></mark>", "")


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
