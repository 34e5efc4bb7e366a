"""Queries that are put into SQL once in a process: Django takes longer for that than the database for the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet

# Stands in the query for the key that each call brings along.
KEY = -1


class Statement:
    """A query for one key, made by Django and run on a plain cursor; no value is converted for Python.

    `make` builds it for `KEY` when it is first needed.
    """

    def __init__(self, make: Callable[[], QuerySet[Any, Any]]) -> None:
        self.make = make
        self.sql = ""
        self.values: tuple[Any, ...] = ()

    def rows(self, key: int) -> list[tuple[Any, ...]]:
        if not self.sql:
            # The text last: another thread may look at it already.
            sql, self.values = self.make().query.sql_with_params()
            self.sql = sql
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [key if value == KEY else value for value in self.values])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows
