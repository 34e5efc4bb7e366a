"""How the site says what it holds: `/privacy/` prints it, and a test compares it with the database.

Each app lists its own tables in a module called `what_is_held`, in `HELD`. Every column of every table stands there
once (tests/whole/test_what_is_held.py), so a new one has to be explained to readers before it can be released.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

# Of times. Nothing that belongs to a reader may be more exact than a minute.
MINUTE = "to the minute"
SECOND = "to the second"
NOBODY = "nobody"
WHOLE = "whole"


@dataclass(frozen=True)
class Holding:
    """One thing that is held, in words for readers, and the columns that hold it.

    `columns` names them by model: "forum.Comment: source html; forum.Pick: comment position". "*" stands for all of a
    model of somebody else's app. What is in no table stands there as "memory:", with the first words of keys, or as
    "cookie:", with names.
    """

    what: str
    columns: str
    # How exact it is, whom it could point to, and for how long it is kept.
    precision: str
    points_to: str
    kept: str

    @property
    def each_column(self) -> list[str]:
        """`forum.Comment.source` and so on."""
        places = (place.split(":") for place in self.columns.split(";"))
        return [f"{where.strip()}.{name}" for where, names in places for name in names.split()]


@dataclass(frozen=True)
class Subject:
    """What is held of one thing; `/privacy/` shows subjects by `place`."""

    place: int
    title: str
    holdings: tuple[Holding, ...]

    @property
    def columns(self) -> list[str]:
        return [column for holding in self.holdings for column in holding.each_column]


def subjects() -> list[Subject]:
    """Everything that is held, as all apps list it."""
    return sorted((subject for name in _lists() for subject in import_module(name).HELD), key=lambda each: each.place)


def _lists() -> Iterable[str]:
    names = (f"{app.name}.what_is_held" for app in apps.get_app_configs())
    return [name for name in names if find_spec(name)]
