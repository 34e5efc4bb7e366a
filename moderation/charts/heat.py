"""A heat table: days across, hours down, each cell with its number; the more, the darker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.safestring import SafeString

from moderation.charts.drawing import LEFT, WIDTH, box, framed, short, words

ROW, UPPER = 17, 18
STEPS = 4


def heat(
    name: str,
    finding: str,
    columns: Sequence[str],
    rows: Sequence[str],
    values: Mapping[tuple[int, int], int],
) -> SafeString:
    """`values` by (column, row); a cell without a value is blank."""
    highest = max(values.values(), default=0) or 1
    step = (WIDTH - LEFT) / len(columns)
    shades = [""] * (STEPS + 1)
    parts = [words(LEFT + at * step + step / 2, 12, label, "middle") for at, label in enumerate(columns)]
    for at, label in enumerate(rows):
        y = UPPER + at * ROW
        numbers = ""
        for column in range(len(columns)):
            if value := values.get((column, at), 0):
                shade = min(STEPS, 1 + int(value / highest * STEPS * 0.999))
                shades[shade] += box(round(LEFT + column * step, 1), y, round(step - 1, 1), ROW - 1)
                ink = ' class="on"' if shade == STEPS else ""
                numbers += f'<tspan x="{short(LEFT + column * step + step / 2)}"{ink}>{value}</tspan>'
        parts.append(words(LEFT - 5, y + 13, label, "end"))
        if numbers:
            parts.append(f'<text y="{y + 13}" text-anchor="middle">{numbers}</text>')
    drawn = [f'<path class="shade{shade}" d="{path}"/>' for shade, path in enumerate(shades) if path]
    return framed(name, finding, UPPER + len(rows) * ROW, *drawn, *parts)
