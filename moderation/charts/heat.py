"""A heat table: days across, hours down, each cell with its number; the more, the darker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.safestring import SafeString

from moderation.charts.drawing import LEFT, WIDTH, framed, words

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
    step = (WIDTH - LEFT) // len(columns)
    shades = [""] * (STEPS + 1)
    heads = "".join(words(LEFT + at * step + step // 2, 12, label) for at, label in enumerate(columns))
    # The darkest cells have another ink. What many have in common is said once, or it would weigh too much.
    inks = {"": heads, "on": ""}
    names = ""
    for at, label in enumerate(rows):
        y = UPPER + at * ROW
        numbers = dict.fromkeys(inks, "")
        for column in range(len(columns)):
            if value := values.get((column, at), 0):
                shade = min(STEPS, 1 + int(value / highest * STEPS * 0.999))
                # A thick line takes half the bytes of a box.
                shades[shade] += f"M{LEFT + column * step} {y + ROW // 2}h{step - 1}"
                ink = "on" if shade == STEPS else ""
                numbers[ink] += f'<tspan x="{LEFT + column * step + step // 2}">{value}</tspan>'
        for ink, drawn in numbers.items():
            inks[ink] += f'<text y="{y + 13}">{drawn}</text>' if drawn else ""
        names += words(LEFT - 5, y + 13, label) if label else ""
    parts = [
        f'<path class="shade{shade}" stroke-width="{ROW - 1}" d="{path}"/>' for shade, path in enumerate(shades) if path
    ]
    parts += [f'<g class="{ink}" text-anchor="middle">{drawn}</g>' for ink, drawn in inks.items() if drawn]
    return framed(name, finding, UPPER + len(rows) * ROW, *parts, f'<g text-anchor="end">{names}</g>')
