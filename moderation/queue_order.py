"""Where a case stands in the queue: what waits before and after it, and which comes next."""

from __future__ import annotations

from dataclasses import dataclass

from moderation.models import Case

# How much of the queue stands beside a case.
BEFORE, AFTER = 5, 40
LISTED = ("reports", "removal_requests", "appeals")


@dataclass(frozen=True)
class Place:
    """The queue around one case. `cases` are those beside it; `before` and `after` say how many more there are."""

    count: int
    cases: list[Case]
    before: int = 0
    after: int = 0
    previous: int | None = None
    next: int | None = None


def place_of(case_id: int | None) -> Place:
    """The queue around a case, or its beginning: two queries, and one each for what readers said."""
    ids = list(Case.objects.waiting().values_list("pk", flat=True))
    at = ids.index(case_id) if case_id in ids else None
    first = max((at or 0) - BEFORE, 0)
    last = (at or 0) + AFTER
    listed = Case.objects.waiting().filter(pk__in=ids[first:last]).select_related("post", "comment")
    return Place(
        count=len(ids),
        cases=list(listed.prefetch_related(*LISTED)),
        before=first,
        after=max(len(ids) - last, 0),
        previous=ids[at - 1] if at else None,
        next=_after(ids, at),
    )


def _after(ids: list[int], at: int | None) -> int | None:
    if at is None:
        return ids[0] if ids else None
    return ids[at + 1] if at + 1 < len(ids) else None


def next_after(case_id: int) -> int | None:
    """The case that comes when this one is decided: the one behind it, else the first; None if no other waits."""
    ids = list(Case.objects.waiting().values_list("pk", flat=True))
    behind = _after(ids, ids.index(case_id)) if case_id in ids else None
    return behind or next((pk for pk in ids if pk != case_id), None)
