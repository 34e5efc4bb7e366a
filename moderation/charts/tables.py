"""The figures behind a chart: a table for the page and for CSV."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.utils.safestring import SafeString

Cell = str | int | float
Rows = tuple[tuple[Cell, ...], ...]
SHORT = 12


@dataclass(frozen=True)
class Table:
    """Figures with a heading for each column; the first cell of a row is its heading. `name` is in its address.

    The first `words` columns hold words, the others numbers.
    """

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: Rows
    words: int = 1


@dataclass(frozen=True)
class Chart:
    """`finding` says in a sentence what the drawing shows; a table alone has no drawing."""

    heading: str
    finding: str
    table: Table
    svg: SafeString = field(default_factory=SafeString)

    @property
    def is_open(self) -> bool:
        """Whether its figures stand open: they are short, and all that there is."""
        return not self.svg and len(self.table.rows) <= SHORT


def as_csv(table: Table) -> HttpResponse:
    """A table as a file that spreadsheets open."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
    rows = csv.writer(response)
    rows.writerow(table.columns)
    rows.writerows([harmless(cell) for cell in row] for row in table.rows)
    return response


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
