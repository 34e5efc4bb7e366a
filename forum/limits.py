"""How often one visitor bucket may do a thing. Many people stand behind one office address: limits are wide."""

import math
import time
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from forum.errors import TooMany
from forum.memory import counted


@dataclass(frozen=True)
class Limit:
    """At most `most` times in `seconds` (an hour at the longest, since buckets change hourly)."""

    action: str
    most: int
    seconds: int


COMMENT = Limit("comment", 60, 600)
PREVIEW = Limit("preview", 120, 600)
REPORT = Limit("report", 30, 3600)
REMOVAL_REQUEST = Limit("removal", 10, 3600)
RECEIPT = Limit("receipt", 30, 600)
SUBSCRIBE = Limit("subscribe", 10, 3600)
DISCUSSION = Limit("discussion", 5, 3600)
PHRASE = Limit("phrase", 30, 600)
SEARCH = Limit("search", 60, 600)


def spend(limit: Limit, request: HttpRequest) -> None:
    """Count one use by the visitor of `request`.

    Raises:
        TooMany: the limit is used up; it says in how many minutes there is room again.
    """
    if not settings.FORUM_LIMITS:
        return
    now = time.time()
    window = int(now) // limit.seconds
    visitor = request.visitor  # type: ignore[attr-defined]
    if counted(f"limit:{limit.action}:{window}:{visitor}", seconds=limit.seconds) > limit.most:
        raise TooMany(limit, minutes=math.ceil(((window + 1) * limit.seconds - now) / 60))
