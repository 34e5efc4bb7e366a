"""What all drawings have in common: the frame with its title, the scale, patterns, marks and words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

WIDTH = 340
# From the left edge to where values begin; there stand the numbers of the scale.
LEFT = 34
# Beside its colour, each series has a pattern of its own: plain, stripes, dots.
STRIPES = '<path d="M0 6L6 0M-1 1L1-1M5 7L7 5"/>'
DOTS = '<circle cx="3" cy="3" r="1.5"/>'


def framed(name: str, finding: str, height: int, *parts: str) -> SafeString:
    """A whole drawing; `finding` is its title, which is what a screen reader says of it."""
    drawn = mark_safe("".join(parts))  # noqa: S308 - Numbers, and words that `words` has escaped.
    return format_html(
        '<svg class="drawing" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title">'
        '<title id="{}-title">{}</title>{}</svg>',
        WIDTH,
        height,
        name,
        name,
        finding,
        drawn,
    )


def patterns(name: str) -> str:
    """The patterns of the second and third series, for `fill`."""
    drawn = "".join(
        f'<pattern id="{name}-{number}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<g class="mark{number}">{mark}</g></pattern>'
        for number, mark in ((2, STRIPES), (3, DOTS))
    )
    return f"<defs>{drawn}</defs>"


def area(name: str, number: int, path: str) -> str:
    """What one series covers; `number` counts from 1."""
    if not path:
        return ""
    fill = f' fill="url(#{name}-{number})"' if number > 1 else ""
    return f'<path class="area{number}"{fill} d="{path}"/>'


def box(x: float, y: float, width: float, height: float) -> str:
    """A piece of a path."""
    return f"M{short(x)} {short(y)}h{short(width)}v{short(height)}h{short(-width)}z"


def words(x: float, y: float, text: object, anchor: str = "start") -> str:
    end = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{short(x)}" y="{short(y)}"{end}>{escape(str(text))}</text>'


def short(number: float) -> str:
    """A length in as few characters as it needs."""
    return f"{round(number, 1):g}"


def scale_top(highest: float) -> int:
    """A round number at or above the highest value, and at least 4."""
    if highest <= 4:
        return 4
    step = 10 ** math.floor(math.log10(highest))
    return int(next(step * part for part in (1, 2, 4, 6, 8, 10) if step * part >= highest))


def grid(top: int, upper: float, lower: float, unit: str = "") -> str:
    """Three lines across, with their values at the left."""
    drawn = []
    for part in (0, 0.5, 1):
        y = lower - (lower - upper) * part
        drawn.append(f'<path class="grid" d="M{LEFT} {short(y)}H{WIDTH}"/>')
        value = top * part
        drawn.append(words(LEFT - 4, y + 4, f"{value:g}{unit}", "end"))
    return "".join(drawn)


def legend(name: str, labels: Sequence[str], y: float) -> str:
    """The patterns with what they stand for, side by side."""
    drawn, x = [], float(LEFT)
    for number, label in enumerate(labels, 1):
        drawn.append(area(name, number, box(x, y - 10, 12, 11)))
        drawn.append(words(x + 17, y, label))
        x += 17 + len(label) * 7.2 + 16
    return "".join(drawn)
