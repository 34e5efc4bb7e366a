"""What the run found, as Markdown: the figures, and each ratio beside its limit."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.beside import nginx
from tests.bench.client import generator
from tests.bench.measure import ROUNDS, TIMES, WORKERS, Measured

COLUMNS = (
    *("database", "comments", "cold ms", "warm ms", "304 ms", "floor ms", "file ms"),
    *("8: warm /s", "gzip /s", "file /s", "queries cold, warm", "kB", "gzip kB", "markup B"),
)


@dataclass(frozen=True)
class Limit:
    """A ratio or figure, and how large or small it may be."""

    what: str
    sign: str
    bound: float
    found: Callable[[Measured], float]

    def verdict(self, measured: Measured) -> str:
        """The figure with `holds` or `MISSED`; `not measured` where a part of it is missing."""
        try:
            value = self.found(measured)
        except KeyError:
            return "not measured"
        holds = value <= self.bound if self.sign == "≤" else value >= self.bound
        return f"{value:.2f} {'holds' if holds else 'MISSED'}"


def markup(measured: Measured, size: int) -> float:
    """Bytes of the page beyond what was typed, for each comment."""
    return (measured.sizes["raw", size] - measured.sizes["text", size]) / size


LIMITS = [
    Limit(
        "1,000: cold / (floor + /healthz)", "≤", 1.6,
        lambda m: m.ms["cold", 1000] / (m.ms["floor", 1000] + m.ms["/healthz of cold", 0]),
    ),
    Limit("1,000: warm / /healthz", "≤", 3, lambda m: m.ms["warm", 1000] / m.ms["/healthz", 0]),
    Limit("1,000: 304 / /healthz", "≤", 2, lambda m: m.ms["304", 1000] / m.ms["/healthz", 0]),
    Limit("1,000, 8 connections: warm / file", "≥", 0.25, lambda m: m.rates["warm", 1000] / m.rates["file", 1000]),
    Limit("5,000, 8 connections: warm / file", "≥", 0.9, lambda m: m.rates["warm", 5000] / m.rates["file", 5000]),
    Limit("1,000, 8 connections: gzip / /healthz", "≥", 0.5, lambda m: m.rates["gzip", 1000] / m.rates["/healthz", 0]),
    Limit(
        "cold per comment, 5,000 / 1,000", "≤", 1.3, lambda m: (m.ms["cold", 5000] / 5) / m.ms["cold", 1000],
    ),
    Limit("1,000: markup beyond the text, bytes a comment", "≤", 450, lambda m: markup(m, 1000)),
    Limit("1,000: first page compressed, kB", "≤", 60, lambda m: m.sizes["first page", 1000] / 1000),
    Limit(f"growth of a cold worker, largest page {TIMES} times, MB", "≤", 30, lambda m: m.growth["cold"]),
    Limit(f"growth of a warm worker, largest page {TIMES} times, MB", "≤", 30, lambda m: m.growth["warm"]),
]  # fmt: skip


def figures(halves: dict[str, Measured], sizes: list[int]) -> str:
    lines = [row(COLUMNS), row(["---"] * len(COLUMNS))]
    for half, measured in halves.items():
        healthz = {
            "warm ms": f"{measured.ms['/healthz', 0]:.2f}",
            "8: warm /s": f"{measured.rates['/healthz', 0]:,.0f}",
        }
        lines.append(row([half, "/healthz", *(healthz.get(name, "") for name in COLUMNS[2:])]))
        lines += [row([half, f"{size:,}", *cells(measured, size)]) for size in sizes]
    return "\n".join(lines)


def cells(measured: Measured, size: int) -> list[str]:
    times = [number(measured.ms.get((name, size)), 2) for name in ("cold", "warm", "304", "floor", "file")]
    rates = [number(measured.rates.get((name, size)), 0) for name in ("warm", "gzip", "file")]
    queries = ", ".join(str(measured.queries[name, size]) for name in ("cold", "warm"))
    kilobytes = [number(measured.sizes[name, size] / 1000, 0) for name in ("raw", "gzip")]
    return [*times, *rates, queries, *kilobytes, number(markup(measured, size), 0)]


def verdicts(halves: dict[str, Measured]) -> str:
    lines = [row(["what", "limit", *halves]), row(["---"] * (2 + len(halves)))]
    for limit in LIMITS:
        bound = f"{limit.sign} {limit.bound:g}"
        lines.append(row([limit.what, bound, *(limit.verdict(measured) for measured in halves.values())]))
    return "\n".join(lines)


def legend() -> str:
    """What the columns mean, and on which machine they came about."""
    return (
        f"{os.cpu_count()} cores, medians of {ROUNDS} interleaved rounds; cold: FORUM_PAGE_CACHE=off; floor: as many "
        f"rows of the same bytes, fetched and joined; file: the same bytes under nginx{'' if nginx() else ' (none here)'}"
        f"; 8: eight connections, {WORKERS} workers, load by {generator()}; ?page=all, uncompressed but for gzip"
    )


def number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def row(values: list[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(values) + " |"
