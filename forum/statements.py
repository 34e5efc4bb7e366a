"""Queries that are put into SQL once in a process: Django takes longer for that than the database for the answer."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
Value = int | str | datetime.datetime
Record = tuple[Any, ...]
Ask = Callable[..., list[Record]]
# The SQL, what stands at its places, which of that stands for the values, and what Python makes of the columns.
Parts = tuple[str, Record, Record, dict[int, Any]]


def cursor_that_prepares() -> CursorWrapper:
    """A cursor whose queries PostgreSQL plans once in a connection; planning takes it longer than the answer."""
    cursor = connection.cursor()
    # Django logs the text of queries, which psycopg forgets of prepared ones.
    if connection.vendor == "postgresql" and not connection.queries_logged:
        # Django's own puts the values into the text: each is another query.
        cursor.cursor = psycopg.Cursor(connection.connection)
        cursor.cursor.format = psycopg.pq.Format.BINARY
    return cursor


class Statement:
    """A query that `make` builds when it is first needed, for values of these `kinds`; it runs on a plain cursor."""

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], *kinds: type[Value]) -> None:
        self.make, self.kinds = make, kinds
        self.parts: Parts | None = None

    def rows(self, *values: Value) -> list[Record]:
        """The rows for these values, as Django's `values_list` would give them."""
        with cursor_that_prepares() as cursor:
            cursor.execute(*self.with_values(values))
            return self.fetched(cursor)

    def with_values(self, values: Sequence[Value]) -> tuple[str, list[Any]]:
        sql, places, keys, _ = self.parts or self.prepare()
        of_key = dict(zip(keys, map(adapted, values), strict=True))
        return sql, [of_key.get(place, place) for place in places]

    def fetched(self, cursor: Any) -> list[Record]:
        rows: list[Record] = cursor.fetchall()
        *_, converters = self.parts or self.prepare()
        return [converted(row, converters) for row in rows] if converters else rows

    def prepare(self) -> Parts:
        keys = [KEYS[kind](at) for at, kind in enumerate(self.kinds)]
        compiler = self.make(*keys).query.get_compiler(connection=connection)
        sql, places = compiler.as_sql()
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        self.parts = sql, tuple(places), tuple(map(adapted, keys)), converters
        return self.parts


class Update(Statement):
    """An UPDATE in SQL, with one `%s` for a key, that answers with the rows of `model()` as they are after it."""

    def __init__(self, sql: str, model: Callable[[], type[Model]]) -> None:
        self.sql, self.model, self.parts = sql, model, None

    def prepare(self) -> Parts:
        fields = self.model()._meta.concrete_fields
        compiler = self.model()._default_manager.all().query.get_compiler(connection=connection)
        converters = compiler.get_converters([field.cached_col for field in fields])
        names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
        key = (KEYS[int](0),)
        self.parts = f"{self.sql} RETURNING {names}", key, key, converters
        return self.parts


@contextmanager
def together() -> Iterator[Ask]:
    """Statements in one round trip: what is asked in the block gives a list that has the rows after it.

    Each runs when the one before is done, and sees what was committed until then. PostgreSQL works meanwhile: it must
    be asked nothing else in the block.
    """
    if connection.vendor != "postgresql":
        yield lambda statement, *values: statement.rows(*values)
        return
    asked: list[tuple[Statement, CursorWrapper, list[Record]]] = []

    def ask(statement: Statement, *values: Value) -> list[Record]:
        cursor = cursor_that_prepares()
        cursor.execute(*statement.with_values(values))
        asked.append((statement, cursor, []))
        return asked[-1][2]

    connection.ensure_connection()
    try:
        with connection.wrap_database_errors, connection.connection.pipeline():
            yield ask
        for statement, cursor, answer in asked:
            answer.extend(statement.fetched(cursor))
    finally:
        for _, cursor, _ in asked:
            cursor.close()


# By the kind of a value: what stands for the one at a place until it comes. Nothing else in a query is like it.
KEYS: dict[type[Value], Callable[[int], Value]] = {
    int: lambda at: 32_701 + at,
    str: lambda at: chr(at + 1),
    datetime.datetime: lambda at: datetime.datetime(1, 1, at + 1, tzinfo=datetime.UTC),
}


def adapted(value: Value) -> Any:
    """A value as the database driver wants it."""
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime.datetime) else value


def converted(row: Record, converters: dict[int, Any]) -> Record:
    """A row with dates and truth values as Python knows them; SQLite does not."""
    values = list(row)
    for position, (functions, expression) in converters.items():
        for function in functions:
            values[position] = function(values[position], expression, connection)
    return tuple(values)


def instance_of(model: type[M], row: Record, *annotations: str) -> M:
    """The object that a row of all columns of `model` stands for, with what was annotated behind them."""
    names = [field.attname for field in model._meta.concrete_fields]
    made = model.from_db(connection.alias, names, row[: len(names)])
    for name, value in zip(annotations, row[len(names) :], strict=True):
        setattr(made, name, value)
    return made


def insert(row: Model, *, unless_there: bool = False) -> None:
    """Store a new row and give it its key, in a prepared statement; with `unless_there` not if a constraint has one."""
    fields = [field for field in row._meta.concrete_fields if not (field.primary_key and row.pk is None)]
    key = row._meta.pk.column
    quote = connection.ops.quote_name
    names, places = ", ".join(quote(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(row._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608 - names of our models
    sql += f"{' ON CONFLICT DO NOTHING' * unless_there} RETURNING {quote(key)}"
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with cursor_that_prepares() as cursor:
        cursor.execute(sql, values)
        stored = cursor.fetchone()
    row.pk, row._state.adding, row._state.db = stored and stored[0], False, connection.alias
