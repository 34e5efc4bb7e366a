"""How long a moderator has been deciding without a pause, as the log of decisions tells: nothing else is kept."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from moderation.models import Action, Decision

# So many in a row, and every so many after that, are a reason to say that the queue keeps.
MANY = 25
PAUSE = datetime.timedelta(minutes=20)
LONGEST = datetime.timedelta(hours=6)


def in_a_row(moderator: Any) -> int:
    """How many decisions this moderator made, one by one, without a pause of twenty minutes. Batches do not count."""
    made = Decision.objects.filter(moderator=moderator, batch="", decided_at__gt=timezone.now() - LONGEST)
    moments = made.exclude(action=Action.UNDO).order_by("-pk").values_list("decided_at", flat=True)
    count, before = 0, timezone.now()
    for moment in moments:
        if before - moment >= PAUSE:
            break
        count, before = count + 1, moment
    return count


def should_pause(moderator: Any) -> int:
    """How many it were, if now is the moment to say so; else 0."""
    count = in_a_row(moderator)
    return count if count and count % MANY == 0 else 0
