"""Reading a thread: from the rows of one query to what a page shows, in order, without recursion.

Rows are never filtered in SQL: a gap would make a reply look like the answer to somebody else. What readers
may not see is pruned here, unless something readable hangs below it; then its place is shown as a tombstone.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection

from forum.models import Comment, Post
from forum.querysets import CommentQuerySet

State = Comment.State
# Deeper replies stand at this indent and say whom they answer (the mobile view shows fewer steps still).
MAX_INDENT = 6
PAGE_SIZE = 200

PLACE_COLUMNS = ("id", "parent_id", "level", "number", "state", "look", "fragment")
COLUMNS = (
    *("id", "parent_id", "level", "number", "state"),
    *("name", "staff_role", "posted_at", "html", "reason", "state_since", "by_starter"),
)


@dataclass(slots=True, eq=False)
class Place:
    """A comment's place in its thread, with the article that is stored for it.

    The first fields are columns; the others are worked out here.
    """

    id: int
    parent_id: int | None
    level: int
    number: int | None
    state: str
    look: int = 0
    fragment: str = ""
    parent: Any = None
    children: int = 0
    indent: int = 0
    # Whether it stands right below what it answers, and one step in.
    follows_parent: bool = True

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED


@dataclass(slots=True, eq=False)
class Row(Place):
    """A comment's place, with all that its article is made from."""

    name: str = ""
    staff_role: str = ""
    posted_at: datetime.datetime | None = None
    html: str = ""
    reason: str = ""
    state_since: datetime.datetime | None = None
    by_starter: bool = False


P = TypeVar("P", bound=Place)


def read_places(post: Post, *, with_fragments: bool) -> list[Place]:
    """The places of all comments of a post, in any state, in thread order: one query.

    Without fragments it reads little more than numbers, for pages that show a part of a long thread.
    """
    columns = PLACE_COLUMNS if with_fragments else PLACE_COLUMNS[:-2]
    # The statement is Django's, run on a plain cursor: its own way to rows takes longer than the rows.
    sql, values = Comment.objects.filter(post=post).in_thread_order().values_list(*columns).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return link([Place(*row) for row in cursor.fetchall()])


def add_fragments(places: Sequence[Place]) -> None:
    """Read the articles for these places."""
    by_id = {place.id: place for place in places}
    for pk, look, fragment in Comment.objects.filter(pk__in=by_id).order_by().values_list("pk", "look", "fragment"):
        by_id[pk].look, by_id[pk].fragment = look, fragment


def read_rows(post: Post) -> list[Row]:
    """Every comment of a post, in any state, in thread order: one query."""
    return link(rows_of(Comment.objects.filter(post=post).in_thread_order()))


def rows_of(comments: CommentQuerySet) -> list[Row]:
    """Comments as rows that know nothing of each other yet."""
    rows: Iterable[tuple[Any, ...]] = comments.values_list(*COLUMNS).iterator(chunk_size=2000)
    return [Row(**dict(zip(COLUMNS, row, strict=True))) for row in rows]


def link(rows: list[P]) -> list[P]:
    """Give each row its parent, its count of direct replies (in any state) and its indent.

    A reply stands one step deeper than what it answers, except in an exchange of two people: the only reply to
    a reply stays at its indent. Replies of any state count, so that no decision moves other comments sideways.
    """
    by_id = {row.id: row for row in rows}
    for row in rows:
        if row.parent_id is not None:
            row.parent = by_id[row.parent_id]
            row.parent.children += 1
    for row in rows:
        if row.parent_id is not None:
            parent = by_id[row.parent_id]
            step = 0 if parent.parent_id is not None and parent.children == 1 else 1
            row.indent = min(parent.indent + step, MAX_INDENT)
    return rows


def prune(rows: Sequence[P], *, keep: int | None = None) -> list[P]:
    """The rows that have a place on the page: readable ones, and those with something readable below.

    `keep` is a number whose place is shown in any case, since somebody asked for it.
    """
    kept: list[P] = []
    below: list[bool] = [False] * (max((row.level for row in rows), default=0) + 2)
    for row in reversed(rows):
        wanted = row.is_published or below[row.level + 1] or (keep is not None and row.number == keep)
        below[row.level + 1] = False
        if wanted:
            below[row.level] = True
            kept.append(row)
    kept.reverse()
    return kept


def mark_gaps(rows: Sequence[P]) -> Sequence[P]:
    """Note which rows stand right below what they answer and one step in; the others must say whom they answer."""
    before: P | None = None
    for row in rows:
        is_below = before is not None and row.parent_id == before.id and row.indent > before.indent
        row.follows_parent = row.parent_id is None or is_below
        before = row
    return rows


def pages(rows: Sequence[P], *, size: int = PAGE_SIZE) -> list[list[P]]:
    """Cut into pages of at least `size` rows, between conversations only."""
    result: list[list[P]] = [[]]
    for row in rows:
        if row.level == 0 and len(result[-1]) >= size:
            result.append([])
        result[-1].append(row)
    return result


def surroundings(rows: Sequence[P], target: P, *, siblings: int = 2) -> list[P]:
    """The conversation of `target`, with the two comments before and after it that answer the same one."""
    same_level = [row for row in rows if row.parent_id == target.parent_id]
    at = same_level.index(target)
    near = {row.id for row in same_level[max(at - siblings, 0) : at + siblings + 1]}
    inside = {row.id for row in conversation(rows, target)}
    return [row for row in rows if row.id in inside or row.id in near]


def conversation(rows: Sequence[P], target: P) -> list[P]:
    """The comments above `target`, itself, and all below it."""
    above = set()
    row: P | None = target
    while row is not None:
        above.add(row.id)
        row = row.parent
    start = rows.index(target)
    end = start + 1
    while end < len(rows) and rows[end].level > target.level:
        end += 1
    return [row for row in rows[:start] if row.id in above] + list(rows[start:end])
