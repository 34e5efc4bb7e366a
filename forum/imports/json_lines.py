"""A thread as JSON lines: `id, parent_id, author, time, text`, one object a line, parents first."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from typing import Any

from forum.clock import YEARS, read_moment
from forum.errors import ForumError
from forum.services.imports import Item
from forum.source import clean_name, clean_source


class BadLine(ValueError):
    """One line that says what is wrong and where."""

    def __init__(self, number: int, sentence: str) -> None:
        super().__init__(f"line {number}: {sentence}")


def read_thread(lines: Iterable[str]) -> list[Item]:
    """The comments of a thread, in the order read.

    Raises:
        BadLine: not an object with these fields, an id twice, a parent that does not stand above, a time or text
            that cannot be taken.
    """
    items: list[Item] = []
    index: dict[Any, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = _object(number, line)
        if row["id"] in index:
            raise BadLine(number, f"id {row['id']} stands above already")
        if row["parent_id"] is not None and row["parent_id"] not in index:
            raise BadLine(number, f"parent_id {row['parent_id']} does not stand above")
        parent = None if row["parent_id"] is None else index[row["parent_id"]]
        try:
            item = Item(
                clean_source(row["text"]),
                parent,
                clean_name(row["author"] or "", is_new=False),
                _time(number, row["time"]),
            )
        except ForumError as error:
            raise BadLine(number, str(error)) from None
        index[row["id"]] = len(items)
        items.append(item)
    if not items:
        raise BadLine(1, "no comment in the file")
    return items


def _object(number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):  # ValueError also for a number with thousands of digits
        raise BadLine(number, "not JSON") from None
    if not isinstance(row, dict):
        raise BadLine(number, "not an object")
    row = {"parent_id": None, "author": None, "time": None} | row
    for name, kinds in {"id": (int, str), "parent_id": (int, str, type(None)), "text": (str,)}.items():
        if not isinstance(row.get(name), kinds):
            raise BadLine(number, f"{name} is missing or of the wrong kind")
    for name in ("author", "time"):
        if not isinstance(row[name], str | None):
            raise BadLine(number, f"{name} is of the wrong kind")
    return row


def _time(number: int, text: str | None) -> datetime.datetime | None:
    moment = None if text is None else read_moment(text)
    if text is not None and moment is None:
        raise BadLine(number, f"time {text[:40]!r} is not ISO 8601 between {YEARS[0]} and {YEARS[-1]}")
    return moment
