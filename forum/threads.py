"""Reading a thread: from the rows of one query to what a page shows, in order, without recursion.

Rows are never filtered in SQL: a gap would make a reply look like the answer to somebody else. What readers
may not see is pruned here, unless something readable hangs below it; then its place is shown as a tombstone.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from forum.models import Comment, Post

State = Comment.State
# Deeper replies stand at this indent and say whom they answer (the mobile view shows fewer steps still).
MAX_INDENT = 6
PAGE_SIZE = 200

COLUMNS = (
    "id",
    "parent_id",
    "number",
    "level",
    "state",
    "name",
    "staff_role",
    "posted_at",
    "html",
    "reason",
    "state_since",
    "by_starter",
)


@dataclass(slots=True)
class Row:
    """One comment as a page shows it. The first fields are columns; the rest is worked out by `arrange`."""

    id: int
    parent_id: int | None
    number: int | None
    level: int
    state: str
    name: str
    staff_role: str
    posted_at: datetime.datetime | None
    html: str
    reason: str
    state_since: datetime.datetime | None
    by_starter: bool = False
    parent: Row | None = None
    children: int = 0
    indent: int = 0
    follows_parent: bool = True

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED


def read_rows(post: Post) -> list[Row]:
    """Every comment of a post, in any state, in thread order: one query."""
    rows: Iterable[tuple[Any, ...]] = (
        Comment.objects.filter(post=post).in_thread_order().values_list(*COLUMNS).iterator(chunk_size=2000)
    )
    return link([Row(*row) for row in rows])


def link(rows: list[Row]) -> list[Row]:
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
        if row.parent is not None:
            step = 0 if row.parent.parent is not None and row.parent.children == 1 else 1
            row.indent = min(row.parent.indent + step, MAX_INDENT)
    return rows


def prune(rows: Sequence[Row], *, keep: int | None = None) -> list[Row]:
    """The rows that have a place on the page: readable ones, and those with something readable below.

    `keep` is a number whose place is shown in any case, since somebody asked for it.
    """
    kept: list[Row] = []
    below: list[bool] = [False] * (max((row.level for row in rows), default=0) + 2)
    for row in reversed(rows):
        wanted = row.is_published or below[row.level + 1] or (keep is not None and row.number == keep)
        below[row.level + 1] = False
        if wanted:
            below[row.level] = True
            kept.append(row)
    kept.reverse()
    return kept


def mark_gaps(rows: Sequence[Row]) -> Sequence[Row]:
    """Note which rows stand right below what they answer and one step in; the others must say whom they answer."""
    before = None
    for row in rows:
        row.follows_parent = row.parent is None or (row.parent is before and row.indent > row.parent.indent)
        before = row
    return rows


def pages(rows: Sequence[Row], *, size: int = PAGE_SIZE) -> list[list[Row]]:
    """Cut into pages of at least `size` rows, between conversations only."""
    result: list[list[Row]] = [[]]
    for row in rows:
        if row.level == 0 and len(result[-1]) >= size:
            result.append([])
        result[-1].append(row)
    return result


def surroundings(rows: Sequence[Row], target: Row, *, siblings: int = 2) -> list[Row]:
    """The conversation of `target`, with the two comments before and after it that answer the same one."""
    same_level = [row for row in rows if row.parent_id == target.parent_id]
    at = same_level.index(target)
    near = {row.id for row in same_level[max(at - siblings, 0) : at + siblings + 1]}
    inside = {row.id for row in conversation(rows, target)}
    return [row for row in rows if row.id in inside or row.id in near]


def conversation(rows: Sequence[Row], target: Row) -> list[Row]:
    """The comments above `target`, itself, and all below it."""
    above = set()
    row: Row | None = target
    while row is not None:
        above.add(row.id)
        row = row.parent
    start = rows.index(target)
    end = start + 1
    while end < len(rows) and rows[end].level > target.level:
        end += 1
    return [row for row in rows[:start] if row.id in above] + list(rows[start:end])
