"""Lines over time, each named at its end, and a dashed one for what is aimed at."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString

from moderation.charts.drawing import LEFT, WIDTH, framed, grid, scale_top, short, words

HEIGHT, UPPER, LOWER = 200, 30, 170
Values = Sequence[float | None]


def lines(
    name: str,
    finding: str,
    labels: Sequence[str],
    series: Sequence[tuple[str, Values]],
    *,
    target: tuple[str, float],
    every: int = 1,
) -> SafeString:
    """Each series as a line with a mark at each value; where there is no value, there is a gap."""
    values = [value for _, all_of_it in series for value in all_of_it if value is not None]
    top = scale_top(max([*values, target[1]]))
    step = (WIDTH - LEFT) / max(len(labels), 1)

    def place(at: int, value: float) -> tuple[float, float]:
        return LEFT + at * step + step / 2, LOWER - value / top * (LOWER - UPPER)

    y = LOWER - target[1] / top * (LOWER - UPPER)
    parts = [grid(top, UPPER, LOWER), f'<path class="target" stroke-dasharray="6 4" d="M{LEFT} {short(y)}H{WIDTH}"/>']
    parts += [words(WIDTH, y - 4, target[0], "end")]
    for number, (_, of_series) in enumerate(series, 1):
        points = [place(at, value) if value is not None else None for at, value in enumerate(of_series)]
        parts.append(f'<path class="line{number}" d="{_path(points)}"/>')
        parts.append(f'<path class="area{number}" d="{_marks(points, number)}"/>')
    parts += [_key(series)]
    parts += [
        words(LEFT + at * step + step / 2, HEIGHT - 12, label, "middle")
        for at, label in enumerate(labels)
        if at % every == 0
    ]
    return framed(name, finding, HEIGHT, *parts)


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    drawn, pen = "", "M"
    for point in points:
        drawn += f"{pen}{short(point[0])} {short(point[1])}" if point else ""
        pen = "L" if point else "M"
    return drawn


def _marks(points: Sequence[tuple[float, float] | None], number: int) -> str:
    """Squares on the first line, diamonds on the second: they differ without colour."""
    shape = {1: "m-3-3h6v6h-6z", 2: "m0-4l4 4-4 4-4-4z"}[number]
    return "".join(f"M{short(point[0])} {short(point[1])}{shape}" for point in points if point)


def _key(series: Sequence[tuple[str, Values]]) -> str:
    drawn, x = "", float(LEFT)
    for number, (label, _) in enumerate(series, 1):
        drawn += f'<path class="area{number}" d="{_marks([(x + 6, 10)], number)}"/>' + words(x + 17, 14, label)
        x += 17 + len(label) * 7.2 + 16
    return drawn
