"""Whether a moderator is there: if none has opened the queue for the hours that the owner set, everything holds.

The clock says so, by a flag among the site's settings; no page asks for the time. Which moderator it was, is not kept.
"""

from __future__ import annotations

import datetime

from django.utils import timezone

from forum import site
from forum.clock import this_minute


def note_queue_opened() -> None:
    """A moderator is there. Where the owner wants it noted, that ends the absence at once."""
    found = site.current()
    minute = this_minute()
    if found.away_after_hours and (found.away or found.queue_opened_at != minute):
        site.change(queue_opened_at=minute, away=False)


def look_whether_away() -> bool:
    """Say whether moderators are away, if that has changed; the clock asks each minute."""
    found = site.stored()
    since = found.queue_opened_at
    after = datetime.timedelta(hours=found.away_after_hours)
    away = bool(after) and since is not None and timezone.now() - since >= after
    if away != found.away:
        site.change(away=away)
    return away
