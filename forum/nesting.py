"""The lists of a thread: nested as the indents go, each below a line that folds it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate

from forum.threads import MAX_INDENT, Link

# Conversations shorter than this end where one sees it.
LONG_CONVERSATION = 4
RIGHT_BELOW = tuple(b'<li class="f%d">' % indent for indent in range(MAX_INDENT + 1))
OPEN, FOLDED = b"<details open>", b"<details>"


def nested(
    places: Sequence[Link],
    articles: Iterable[bytes],
    indents: Mapping[int, int],
    *,
    new: Collection[int] = (),
    folded: bool = False,
) -> list[bytes]:
    """Nested lists of these articles, in parts: pages are large, and each joining copies them.

    `places` are the comments by id, parent's id and number, pruned, in thread order; `indents` are those of all by id.

    The line above each list says how many replies it holds, and how many of them have a number that is `new`.

    A reply right below what it answers, one step in, has the class f1 to f6 by its indent: there the stylesheet hides
    the line that says whom it answers, as long as the page is wide enough to show that indent.
    """
    parts: list[bytes] = [b'<ol class="thread">'] if places else []
    # Where the line above each open list is to stand, and how many places there were before it.
    open_lists: list[tuple[int, int]] = []
    sums = list(accumulate((number in new for _, _, number in places), initial=0)) if new else []
    before, depth, first = 0, 0, 0
    for at, ((pk, parent, number), article) in enumerate(zip(places, articles, strict=True)):
        indent, item = indents[pk], b"<li>"
        if indent > depth:
            open_lists.append((len(parts), at))
            parts.append(b"")
            if parent == before:
                item = RIGHT_BELOW[indent]
        elif at:
            if indent < depth:
                parts += _close(parts, open_lists, depth - indent, at, sums)
            if not indent:
                parts.append(_way_on(at - first, number))
                first = at
            item = b"</li><li>"
        before, depth = pk, indent
        parts += item, article
    parts += _close(parts, open_lists, depth, len(places), sums)
    if folded:
        parts = [part.replace(OPEN, FOLDED, 1) if part.startswith(OPEN) else part for part in parts]
    return [*parts, b"</li></ol>"] if places else []


def _close(
    parts: list[bytes], open_lists: list[tuple[int, int]], count: int, at: int, sums: Sequence[int]
) -> list[bytes]:
    """End the innermost lists; only now is it known how much each holds. `sums` counts the new ones up to each."""
    for _ in range(count):
        place, start = open_lists.pop()
        parts[place] = _line(at - start, sums[at] - sums[start] if sums else 0)
    return [b"</li></ol></details>"] * count


@lru_cache(1000)
def _line(replies: int, came: int) -> bytes:
    said = f"{replies} {'replies' if replies > 1 else 'reply'}" + (f", {came} new" if came else "")
    return b"%b<summary>%b</summary><ol>" % (OPEN, said.encode())


def _way_on(length: int, number: int | None) -> bytes:
    if length < LONG_CONVERSATION or number is None:
        return b""
    return b'<p class="next"><a href="#c%d">Next conversation<i>, #%d</i></a></p>' % (number, number)
