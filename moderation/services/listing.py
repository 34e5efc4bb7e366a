"""Keeping the owner's lists: rules and reasons have an order of their own."""

from __future__ import annotations

from django.db import transaction

from forum.locks import Lock, hold
from moderation.models import Reason, Rule

Row = Rule | Reason
WHAT_IT_SAYS: dict[type[Row], tuple[str, ...]] = {
    Rule: ("kind", "answer", "why", "wanted", "number", "begins", "ends"),
    Reason: ("label", "sentence"),
}


@transaction.atomic
def store_row(row: Row) -> None:
    """Store a rule or a reason; a new one comes last. The same new one again is the one that is there."""
    if row._state.adding:
        hold(Lock.LISTS)
        rows = type(row)._default_manager
        said = {name: getattr(row, name) for name in WHAT_IT_SAYS[type(row)]}
        same, last = rows.filter(**said).first(), rows.order_by("-position").first()
        row.pk, row._state.adding = (same.pk if same else None), same is None
        row.position = same.position if same else last.position + 1 if last else 1
    row.save()


@transaction.atomic
def move_row(row: Row, *, up: bool) -> None:
    """Move it one place up or down; the first and the last stay where they are."""
    hold(Lock.LISTS)
    rows: list[Row] = list(type(row)._default_manager.order_by("position", "pk"))
    at = next((at for at, one in enumerate(rows) if one.pk == row.pk), None)
    if at is None:
        return
    to = min(max(at + (-1 if up else 1), 0), len(rows) - 1)
    rows.insert(to, rows.pop(at))
    for position, one in enumerate(rows, 1):
        type(row)._default_manager.filter(pk=one.pk).update(position=position)
