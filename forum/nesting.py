"""The lists of a thread: nested as the indents go, each below a line that folds it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate

from forum.threads import P

# Conversations shorter than this end where one sees it.
LONG_CONVERSATION = 4
OPEN, FOLDED = "<details open>", "<details>"


def nested(
    rows: Sequence[P],
    articles: Sequence[str],
    indents: Mapping[int, int],
    *,
    new: Collection[int] = (),
    folded: bool = False,
) -> list[str]:
    """Nested lists of these articles, in parts: pages are large, and each joining copies them.

    `rows` are pruned, in thread order, and `indents` are those of all by id.

    The line above each list says how many replies it holds, and how many of them have a number that is `new`.

    A reply right below what it answers, one step in, has the class f1 to f6 by its indent: there the stylesheet hides
    the line that says whom it answers, as long as the page is wide enough to show that indent.
    """
    parts: list[str] = ['<ol class="thread">'] if rows else []
    # Where the line above each open list is to stand, and how many rows there were before it.
    open_lists: list[tuple[int, int]] = []
    sums = list(accumulate((row.number in new for row in rows), initial=0)) if new else []
    before, depth, first = 0, 0, 0
    for at, (row, article) in enumerate(zip(rows, articles, strict=True)):
        indent, item = indents[row.id], "<li>"
        if indent > depth:
            open_lists.append((len(parts), at))
            parts.append("")
            if row.parent_id == before:
                item = f'<li class="f{indent}">'
        elif at:
            if indent < depth:
                parts += _close(parts, open_lists, depth - indent, at, sums)
            if not indent:
                parts.append(_way_on(at - first, row.number))
                first = at
            item = "</li><li>"
        before, depth = row.id, indent
        parts += item, article
    parts += _close(parts, open_lists, depth, len(rows), sums)
    if folded:
        parts = [part.replace(OPEN, FOLDED, 1) if part.startswith(OPEN) else part for part in parts]
    return [*parts, "</li></ol>"] if rows else []


def _close(parts: list[str], open_lists: list[tuple[int, int]], count: int, at: int, sums: Sequence[int]) -> list[str]:
    """End the innermost lists; only now is it known how much each holds. `sums` counts the new rows up to each."""
    for _ in range(count):
        place, start = open_lists.pop()
        replies, came = at - start, sums[at] - sums[start] if sums else 0
        said = f"{replies} {'replies' if replies > 1 else 'reply'}" + (f", {came} new" if came else "")
        parts[place] = f"{OPEN}<summary>{said}</summary><ol>"
    return ["</li></ol></details>"] * count


def _way_on(length: int, number: int | None) -> str:
    if length < LONG_CONVERSATION or number is None:
        return ""
    return f'<p class="next"><a href="#c{number}">Next conversation<i>, #{number}</i></a></p>'
