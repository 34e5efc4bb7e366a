"""Destroying, by the clock, what was only kept so that a decision could be undone."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from moderation.models import Case, Redaction, RemovalRequest


@transaction.atomic
def destroy_originals() -> int:
    """Destroy the texts from which words were taken out, once these can no longer be put back; how many.

    With them goes what may repeat those words: what a rule found, and what somebody said to have them taken out.
    The database lets go of them when `forum.erasure.sweep_up` comes by.
    """
    due = Redaction.objects.filter(erase_at__lte=timezone.now())
    comments = list(due.values_list("decision__comment", flat=True))
    if not comments:
        return 0
    about = Case.objects.filter(comment__in=comments)
    about.exclude(held_detail="").update(held_detail="")
    asked = RemovalRequest.objects.filter(case__in=about, outcome=RemovalRequest.Outcome.GRANTED)
    asked.update(text="")
    return due.delete()[0]
