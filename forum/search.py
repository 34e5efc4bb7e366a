"""Searching posts, their updates and comments: PostgreSQL's full text or SQLite's FTS5, behind one function.

The database keeps the index by itself (migrations/0005_search.py). A key of the index is minute, id and kind in
one whole number: the order of keys is the order of time, and a year is a range of keys.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from forum.errors import ForumError
from forum.models import Comment, Post, PostUpdate
from forum.quotations import LONG_TEXTS

MOST_CHARACTERS = 200
MOST_PAGES = 50
PAGE_SIZE = 20
# What fits best is looked for among so many of the newest that match: else a common word would take a second.
MOST_RANKED = 5_000
MINUTE = 1 << 30
TERM = re.compile(r'(?P<without>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
SIGNS = str.maketrans("“”„«»\u2011\u2212", '"""""--')
ACCENTS = re.compile("[\u0300-\u036f]")

# Asked of each row, in the order wanted, until a page is full. The state counts here, whatever the index says.
ID = "(key >> 2 & 268435455)"
SHOWN = "p.state = 'published'{label}"
LABEL = (
    " AND EXISTS (SELECT 1 FROM forum_post_labels pl JOIN forum_label l ON l.id = pl.label_id"
    " WHERE pl.post_id = p.id AND l.slug = %(label)s)"
)
# All SQL here is ours; what is typed comes as parameters.
READABLE = f"""CASE key & 3
  WHEN 0 THEN (SELECT c.state = 'published' AND {SHOWN} FROM forum_comment c JOIN forum_post p ON p.id = c.post_id
               WHERE c.id = {ID})
  WHEN 1 THEN (SELECT {SHOWN} FROM forum_post p WHERE p.id = {ID})
  ELSE (SELECT {SHOWN} FROM forum_postupdate u JOIN forum_post p ON p.id = u.post_id WHERE u.id = {ID}) END
"""  # noqa: S608
MATCHES = {
    "sqlite": "SELECT rowid AS key, {rank} AS rank FROM forum_search"
    " WHERE forum_search MATCH %(query)s AND rowid BETWEEN %(first)s AND %(last)s",
    "postgresql": "SELECT key, {rank} AS rank FROM forum_search"
    " WHERE words @@ {query} AND key BETWEEN %(first)s AND %(last)s",
}
RANK = {"sqlite": "bm25(forum_search)", "postgresql": "-ts_rank(words, {query}, 1)"}


class BadQuery(ForumError):
    """Nothing that could be looked for."""


@dataclass(frozen=True)
class Term:
    """Words that must stand together, or must not."""

    words: str
    is_excluded: bool


@dataclass(frozen=True)
class Results:
    """One page of what was found, in order, and whether another follows."""

    found: Sequence[Comment | Post | PostUpdate]
    has_next: bool


def search(words: str, *, order: str = "new", year: int | None = None, label: str = "", page: int = 1) -> Results:
    """Published comments, posts and updates with these words, 20 a page: newest first, or ("best") what fits best.

    All words must be there, in any of their forms; "words in quotes" together, and -word or -"a phrase" not. Case,
    accents and everything else that is typed do not count. `label` is a slug, `page` at most 50.

    Raises:
        BadQuery: too long, or no word that must be there.
    """
    terms = terms_of(words)
    places: dict[str, str | int | None] = {"label": label, **span(year), **query_parameters(terms)}
    offset = (min(page, MOST_PAGES) - 1) * PAGE_SIZE
    with connection.cursor() as cursor:
        cursor.execute(statement(terms, order=order, label=label, limit=PAGE_SIZE + 1, offset=offset), places)
        keys = [key for (key,) in cursor.fetchall()]
    return Results(fetch(keys[:PAGE_SIZE]), has_next=len(keys) > PAGE_SIZE and page < MOST_PAGES)


def terms_of(words: str) -> list[Term]:
    """What was typed, as words and phrases.

    Raises:
        BadQuery: as above.
    """
    typed = " ".join(words.replace("\0", " ").split())
    if len(typed) > MOST_CHARACTERS:
        raise BadQuery(f"Search for at most {MOST_CHARACTERS} characters. You typed {len(typed):,}.")
    terms = []
    for match in TERM.finditer(typed.translate(SIGNS)):
        plain = plain_words(match["phrase"] if match["phrase"] is not None else match["word"])
        if plain:
            terms.append(Term(plain, bool(match["without"])))
    if all(term.is_excluded for term in terms):
        raise BadQuery("Enter at least one word to look for, in letters or numbers.")
    return terms


def plain_words(text: str) -> str:
    """Letters and figures without accents, and single spaces: nothing that either database takes for an operator."""
    bare = ACCENTS.sub("", unicodedata.normalize("NFD", text))
    return " ".join("".join(c if unicodedata.category(c)[0] in "LN" else " " for c in bare).split())


def statement(terms: Sequence[Term], *, order: str, label: str, limit: int, offset: int) -> str:
    """The query for one page of keys, without what was typed: that comes as parameters."""
    # On PostgreSQL; on SQLite the whole query is one parameter.
    each = (f"{'!!' * t.is_excluded}phraseto_tsquery('forum_search', %(term{n})s)" for n, t in enumerate(terms))
    query, vendor, by = f"({' && '.join(each)})", connection.vendor, "key DESC"
    rank = RANK[vendor].format(query=query) if order == "best" else "0"
    matches = MATCHES[vendor].format(query=query, rank=rank)
    if order == "best":
        newest, by = f"{matches} ORDER BY key DESC LIMIT {MOST_RANKED}", "rank, key DESC"
        # The inner limit leaves the order to this level, so that only rows of the page are asked for their state.
        matches = f"SELECT key, rank FROM ({newest}) n ORDER BY {by} LIMIT {MOST_RANKED}"  # noqa: S608
    readable = READABLE.format(label=LABEL if label else "")
    return f"SELECT key FROM ({matches}) s WHERE {readable} ORDER BY {by} LIMIT {limit} OFFSET {offset}"  # noqa: S608


def query_parameters(terms: Sequence[Term]) -> dict[str, str]:
    """What was typed, for the places in `statement`."""
    if connection.vendor == "postgresql":
        return {f"term{number}": term.words for number, term in enumerate(terms)}
    return {"query": fts5_query(terms)}


def fts5_query(terms: Sequence[Term]) -> str:
    """Terms in the language of FTS5; each stands in quotes, so none is an operator."""
    wanted = " AND ".join(f'"{term.words}"' for term in terms if not term.is_excluded)
    return f"({wanted})" + "".join(f' NOT "{term.words}"' for term in terms if term.is_excluded)


def span(year: int | None) -> Mapping[str, int]:
    """The keys of one year, London time, or of all."""
    if year is None:
        return {"first": -MINUTE << 32, "last": MINUTE << 32}
    return {"first": first_key(year), "last": first_key(year + 1) - 1}


def is_found(comment: Comment) -> bool:
    """Whether the index leads to a comment."""
    if comment.published_at is None:
        return False
    key = int(comment.published_at.timestamp()) // 60 * MINUTE + comment.pk * 4
    column = "rowid" if connection.vendor == "sqlite" else "key"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM forum_search WHERE {column} = %s", [key])  # noqa: S608 - One of two words.
        return cursor.fetchone() is not None


def first_key(year: int) -> int:
    moment = timezone.make_aware(datetime.datetime(year, 1, 1))
    return int(moment.timestamp()) // 60 * MINUTE


def fetch(keys: Sequence[int]) -> list[Comment | Post | PostUpdate]:
    """What the keys stand for, in their order, with the posts; what has gone meanwhile is left out."""
    ids: dict[int, list[int]] = {0: [], 1: [], 2: []}
    for key in keys:
        ids[key & 3].append(key >> 2 & 268435455)
    sets: dict[int, Any] = {
        0: Comment.objects.published().select_related("post", "voice").defer(*LONG_TEXTS),
        1: Post.objects.published(),
        2: PostUpdate.objects.select_related("post"),
    }
    found = {
        (kind, thing.pk): thing for kind, rows in sets.items() if ids[kind] for thing in rows.filter(pk__in=ids[kind])
    }
    named = ((key & 3, key >> 2 & 268435455) for key in keys)
    return [found[name] for name in named if name in found]
