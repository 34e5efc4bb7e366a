"""Which moderator has which case open just now. Kept in the rate memory for two minutes, and nowhere else."""

from __future__ import annotations

import time
from typing import Any

from django.core.cache import cache

# An open page says every thirty seconds that it is still looked at.
LASTS = 120


def look_at(case_id: int, moderator: Any) -> list[str]:
    """Note that a moderator has a case open; the short names of the others who have."""
    name, now = f"looking:{case_id}", time.time()
    there: dict[int, tuple[str, float]] = cache.get(name) or {}
    there = {pk: seen for pk, seen in there.items() if seen[1] > now - LASTS}
    there[moderator.pk] = (moderator.get_short_name(), now)
    cache.set(name, there, LASTS)
    return sorted(who for pk, (who, _) in there.items() if pk != moderator.pk)


def look_away(case_id: int, moderator: Any) -> None:
    """Note that a moderator has decided a case, and looks at another one."""
    there: dict[int, tuple[str, float]] = cache.get(name := f"looking:{case_id}") or {}
    if there.pop(moderator.pk, None):
        cache.set(name, there, LASTS)
