"""Bars: standing ones in a row that are stacked of up to three series, and lying ones with their names."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString

from moderation.charts.drawing import LEFT, WIDTH, area, box, framed, grid, legend, patterns, scale_top, words

HEIGHT, UPPER, LOWER = 200, 30, 170
ROW = 34


def stacked(
    name: str, finding: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[float]]], *, every: int = 1
) -> SafeString:
    """One bar for each label, the series on top of each other; every so many labels are written below."""
    top = scale_top(max((sum(values) for values in zip(*(values for _, values in series), strict=True)), default=0))
    step = (WIDTH - LEFT) / max(len(labels), 1)
    unit = (LOWER - UPPER) / top
    heights = [0.0] * len(labels)
    parts = [patterns(name), legend(name, [label for label, _ in series], 14), grid(top, UPPER, LOWER)]
    for number, (_, values) in enumerate(series, 1):
        path = ""
        for at, value in enumerate(values):
            if value:
                y = LOWER - heights[at] - value * unit
                path += box(LEFT + at * step + step * 0.1, y, step * 0.8, value * unit)
                heights[at] += value * unit
        parts.append(area(name, number, path))
    for at, label in enumerate(labels):
        if at % every == 0:
            parts.append(words(LEFT + at * step + step / 2, HEIGHT - 12, label, "middle"))
    return framed(name, finding, HEIGHT, *parts)


def lying(name: str, finding: str, rows: Sequence[tuple[str, float]]) -> SafeString:
    """One bar for each row, its name above it and its value behind it."""
    highest = max((value for _, value in rows), default=0) or 1
    parts = []
    for at, (label, value) in enumerate(rows):
        length = value / highest * (WIDTH - 50)
        parts += [
            words(0, at * ROW + 12, label),
            area(name, 1, box(0, at * ROW + 17, length, 11)) if value else "",
            words(length + 6, at * ROW + 27, f"{value:g}"),
        ]
    return framed(name, finding, max(len(rows), 1) * ROW, *parts)
