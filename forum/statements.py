"""Queries that are put into SQL once in a process: Django takes longer for that than the database for the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
# They stand in the query for the values that each call brings along, in this order; nothing else in one is like them.
KEYS = (32_701, 32_702, "\x03")


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
    """A query that `make` builds for `KEYS` when it is first needed; it runs on a plain cursor."""

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], keys: int = 1) -> None:
        self.make, self.keys = make, KEYS[:keys]
        self.parts: tuple[str, tuple[Any, ...], dict[int, Any]] | None = None

    def rows(self, *values: int | str) -> list[tuple[Any, ...]]:
        """The rows for these values, as Django's `values_list` would give them."""
        with cursor_that_prepares() as cursor:
            cursor.execute(*self.with_values(values))
            return self.fetched(cursor)

    @contextmanager
    def ahead(self, *values: int | str) -> Iterator[list[tuple[Any, ...]]]:
        """A list that has the rows after the block. PostgreSQL finds them meanwhile: ask it nothing else there."""
        if connection.vendor != "postgresql":
            yield self.rows(*values)
            return
        rows: list[tuple[Any, ...]] = []
        with cursor_that_prepares() as cursor:
            with connection.wrap_database_errors, connection.connection.pipeline():
                cursor.execute(*self.with_values(values))
                yield rows
            rows += self.fetched(cursor)

    def with_values(self, values: Sequence[int | str]) -> tuple[str, list[Any]]:
        sql, places, _ = self.parts or self.prepare()
        of_key: dict[Any, Any] = dict(zip(self.keys, values, strict=True))
        return sql, [of_key.get(place, place) for place in places]

    def fetched(self, cursor: Any) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        _, _, converters = self.parts or self.prepare()
        return [converted(row, converters) for row in rows] if converters else rows

    def prepare(self) -> tuple[str, tuple[Any, ...], dict[int, Any]]:
        compiler = self.make(*self.keys).query.get_compiler(connection=connection)
        sql, places = compiler.as_sql()
        self.parts = sql, tuple(places), compiler.get_converters([column for column, *_ in compiler.select])
        return self.parts


def converted(row: tuple[Any, ...], converters: dict[int, Any]) -> tuple[Any, ...]:
    """A row with dates and truth values as Python knows them; SQLite does not."""
    values = list(row)
    for position, (functions, expression) in converters.items():
        for function in functions:
            values[position] = function(values[position], expression, connection)
    return tuple(values)


def instance_of(model: type[M], row: tuple[Any, ...], *annotations: str) -> M:
    """The object that a row of all columns of `model` stands for, with what was annotated behind them."""
    names = [field.attname for field in model._meta.concrete_fields]
    made = model.from_db(connection.alias, names, row[: len(names)])
    for name, value in zip(annotations, row[len(names) :], strict=True):
        setattr(made, name, value)
    return made
