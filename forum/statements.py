"""Queries that are put into SQL once in a process: Django takes longer for that than the database for the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
# They stand in the query for the values that each call brings along, in this order; nothing else in one is like them.
KEYS = (32_701, 32_702, "\x03")


class Statement:
    """A query that `make` builds for `KEYS` when it is first needed; it runs on a plain cursor."""

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], keys: int = 1) -> None:
        self.make, self.keys = make, KEYS[:keys]
        self.parts: tuple[str, tuple[Any, ...], dict[int, Any]] | None = None

    def rows(self, *values: int | str) -> list[tuple[Any, ...]]:
        """The rows for these values, as Django's `values_list` would give them."""
        sql, places, converters = self.parts or self.prepare()
        of_key: dict[Any, Any] = dict(zip(self.keys, values, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(sql, [of_key.get(place, place) for place in places])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
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
