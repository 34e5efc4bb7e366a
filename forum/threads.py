"""Reading a thread: from the rows of one query to what a page shows, in order, without recursion.

Rows are never filtered in SQL: a gap would make a reply look like the answer to somebody else. What readers
may not see is pruned here, unless something readable hangs below it; then its place is shown as a tombstone.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, NamedTuple, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BinaryField, Func
from django.db.models.sql.compiler import SQLCompiler

from forum.models import Comment, Post
from forum.moved import Sign, signs
from forum.querysets import CommentQuerySet
from forum.statements import Statement, together

# Deeper replies stand at this indent and say whom they answer (the mobile view shows fewer steps still).
MAX_INDENT = 6
PAGE_SIZE = 200

PUBLISHED: str = Comment.State.PUBLISHED.value
MOVED: str = Comment.State.MOVED.value

OWN_COLUMNS = (
    *("id", "parent_id", "level", "number", "state"),
    *("name", "staff_role", "posted_at", "html", "reason", "state_since", "by_starter", "edited_at", "slow_minutes"),
    *("off_topic", "locked", "note"),
)
COLUMNS = (*OWN_COLUMNS, "pen_name", "voice__mark")


class Place(NamedTuple):
    """A comment's place in its thread, and the article that is stored for it (forum/fragments.py)."""

    id: int
    parent_id: int | None
    level: int
    number: int | None
    state: str
    look: int = 0
    fragment: bytes = b""

    @property
    def is_published(self) -> bool:
        return self.state == PUBLISHED


@dataclass(slots=True, eq=False)
class Row:
    """A comment with all that its article is made from. The first fields are columns."""

    id: int
    parent_id: int | None
    level: int
    number: int | None
    state: str
    name: str = ""
    staff_role: str = ""
    posted_at: datetime.datetime | None = None
    html: str = ""
    reason: str = ""
    state_since: datetime.datetime | None = None
    by_starter: bool = False
    edited_at: datetime.datetime | None = None
    slow_minutes: int = 0
    off_topic: bool = False
    locked: bool = False
    note: str = ""
    # The key of its pen name, and the word of its voice.
    pen_name: object = None
    voice: str | None = None
    # Of a signpost: what it says.
    sign: Sign | None = None
    parent: Row | None = None
    indent: int = 0

    @property
    def is_published(self) -> bool:
        return self.state == PUBLISHED


P = TypeVar("P", Place, Row)


def _of_post(post: int) -> CommentQuerySet:
    return Comment.objects.filter(post=post).in_thread_order()


# What the fields of a `Place` hold, the last two or without them: large pages do without an object for each comment.
Columns = tuple[Any, ...]
# Id, parent's id and number of a comment.
Link = tuple[int, int | None, int | None]


class Utf8(Func):
    """A text as the bytes that go out: decoding and encoding a large page takes a tenth of its time.

    PostgreSQL calls the same text by another type, whose values our connections leave as they come (config/postgresql).
    """

    template = "%(expressions)s::bpchar"
    output_field = BinaryField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="CAST(%(expressions)s AS BLOB)", **context)


PLACE_COLUMNS = (*Place._fields[:-1], Utf8("fragment"))
PLACES = Statement(lambda post: _of_post(post).values_list(*PLACE_COLUMNS), int)
# Little more than numbers, for pages that show a part of a long thread.
PLACES_ALONE = Statement(lambda post: _of_post(post).values_list(*Place._fields[:-2]), int)


@contextmanager
def places_ahead(post: Post, *, with_fragments: bool) -> Iterator[list[Columns]]:
    """A list that has, after the block, the columns of the places of all comments of a post, in thread order.

    One query, which the database answers while the block runs, if it can.
    """
    with together() as ask:
        yield ask(PLACES if with_fragments else PLACES_ALONE, post.pk)


def read_places(post: Post, *, with_fragments: bool) -> list[Place]:
    """The places of all comments of a post, in any state, in thread order: one query."""
    with places_ahead(post, with_fragments=with_fragments) as rows:
        pass
    return [Place(*row) for row in rows]


def with_fragments(places: Sequence[Place]) -> list[Place]:
    """The same places with their articles."""
    stored = Comment.objects.filter(pk__in=[place.id for place in places]).order_by()
    found = {pk: (look, fragment) for pk, look, fragment in stored.values_list("pk", "look", Utf8("fragment"))}
    return [Place(*place[:5], *found.get(place.id, (0, b""))) for place in places]


def read_rows(post: Post) -> list[Row]:
    """Every comment of a post, in any state, in thread order: one query."""
    return link(rows_of(Comment.objects.filter(post=post).in_thread_order()))


def rows_of(comments: CommentQuerySet) -> list[Row]:
    """Comments as rows that know nothing of each other yet."""
    rows = [Row(*row) for row in comments.values_list(*COLUMNS).iterator(chunk_size=2000)]
    if signposts := [row for row in rows if row.state == MOVED]:
        said = signs([row.id for row in signposts])
        for row in signposts:
            row.sign = said.get(row.id)
    return rows


def row_of(comment: Comment) -> Row:
    """The same of one comment, stored or about to be."""
    row = Row(*[getattr(comment, column) for column in OWN_COLUMNS])
    row.pen_name, row.voice = comment.pen_name_id, comment.voice.mark if comment.voice else None
    return row


def link(rows: list[Row]) -> list[Row]:
    """Give each row its parent and its indent."""
    by_id = {row.id: row for row in rows}
    steps = indents((row.id, row.parent_id, row.level) for row in rows)
    for row in rows:
        row.parent = by_id[row.parent_id] if row.parent_id is not None else None
        row.indent = steps[row.id]
    return rows


def indents(places: Iterable[tuple[int, int | None, int]]) -> dict[int, int]:
    """How far each comment is indented, by id; `places` are id, parent's id and level of all comments of a post.

    A reply stands one step deeper than what it answers, except in an exchange of two people: the only reply to
    a reply stays at its indent. Replies of any state count, so that no decision moves other comments sideways.
    """
    places = list(places)
    replies = Counter([parent for _, parent, _ in places])
    found: dict[int, int] = {}
    for pk, parent, level in places:
        if parent is None:
            found[pk] = 0
        elif (step := found[parent]) == MAX_INDENT or (level > 1 and replies[parent] == 1):
            found[pk] = step
        else:
            found[pk] = step + 1
    return found


def prune(rows: Sequence[P], *, keep: int | None = None) -> list[P]:
    """The rows that have a place on the page: readable ones, signposts, and those with one of these below.

    `keep` is a number whose place is shown in any case, since somebody asked for it.
    """
    if all(row.state == PUBLISHED for row in rows):
        return list(rows)
    kept: list[P] = []
    below: list[bool] = [False] * (max((row.level for row in rows), default=0) + 2)
    for row in reversed(rows):
        wanted = row.is_published or below[row.level + 1] or (keep is not None and row.number == keep)
        wanted = wanted or (row.state == MOVED and row.number is not None)
        below[row.level + 1] = False
        if wanted:
            below[row.level] = True
            kept.append(row)
    kept.reverse()
    return kept


def pages(rows: Sequence[P]) -> list[list[P]]:
    """Cut into pages of at least `PAGE_SIZE` rows, between conversations only."""
    result: list[list[P]] = [[]]
    for row in rows:
        if row.level == 0 and len(result[-1]) >= PAGE_SIZE:
            result.append([])
        result[-1].append(row)
    return result


def count_pages(levels: Sequence[int]) -> int:
    """Into how many pages `pages` cuts rows of these levels."""
    count, first = 1, 0
    for at, level in enumerate(levels):
        if not level and at - first >= PAGE_SIZE:
            count, first = count + 1, at
    return count


def surroundings(rows: Sequence[P], target: P, *, siblings: int = 2) -> list[P]:
    """The conversation of `target`, with the two comments before and after it that answer the same one."""
    same_level = [row for row in rows if row.parent_id == target.parent_id]
    at = same_level.index(target)
    near = {row.id for row in same_level[max(at - siblings, 0) : at + siblings + 1]}
    inside = {row.id for row in conversation(rows, target)}
    return [row for row in rows if row.id in inside or row.id in near]


def conversation(rows: Sequence[P], target: P) -> list[P]:
    """The comments above `target`, itself, and all below it."""
    start: int = rows.index(target)
    above: list[P] = []
    wanted = target.parent_id
    for row in reversed(rows[:start]):
        if row.id == wanted:
            above.append(row)
            wanted = row.parent_id
    below: list[P] = list(takewhile(lambda row: row.level > target.level, rows[start + 1 :]))
    return above[::-1] + [target] + below  # noqa: RUF005 - mypy takes no unpacking here
