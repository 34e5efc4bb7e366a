"""Writing the log of decisions: each line carries a hash of itself and of the line before it.

Who changes or takes away a line in the database, past its triggers, breaks the chain from there on; whoever has noted
the last hash (it stands on the public log) can tell that all before it is as it was.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from typing import Any

from django.db.models import Model
from django.utils.crypto import salted_hmac

from forum.locks import Lock, hold
from moderation.models import Decision

BEGINNING = "0" * 64
COLUMNS = (
    *("case_id", "post_id", "comment_id", "moderator_id", "action", "reason", "internal_note", "decided_at"),
    *("undoes_id", "batch", "before", "after"),
)


def record(**facts: Any) -> Decision:
    """Write one line. Call it last in the transaction of what it is about: others who decide wait from here on."""
    hold(Lock.DECISIONS)
    line = Decision(**facts)
    line.chain = link(Decision.objects.order_by("-pk").values_list("chain", flat=True).first() or BEGINNING, line)
    line.save(force_insert=True)
    return line


def link(before: str, line: Model) -> str:
    """The hash of a line, given that of the line before it."""
    said = {column: getattr(line, column) for column in COLUMNS}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_spelled)
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def shown(chain: str) -> str:
    """What readers see of a line's hash. It changes whenever the hash does, and is keyed with the site's secret.

    The hash itself would tell, to whoever tries all that a line may say, which moderator decided, and what was decided
    unseen by readers.
    """
    return salted_hmac("moderation.log", chain, algorithm="sha256").hexdigest()


def _spelled(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat()


def first_broken() -> int | None:
    """The key of the first line that is not as it was written, or that one before it is missing; None if all are."""
    chain = BEGINNING
    for line in Decision.objects.order_by("pk").iterator():
        chain = link(chain, line)
        if line.chain != chain:
            return int(line.pk)
    return None
