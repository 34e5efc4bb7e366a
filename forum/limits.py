"""How often one visitor bucket may do a thing. Many people stand behind one office address: limits are wide."""

import math
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from forum.errors import TooMany
from forum.memory import counted


@dataclass(frozen=True)
class Limit:
    """At most `most` times in `seconds` (an hour at the longest, since buckets change hourly).

    Each visitor bucket has its own, unless one is `for_all` together.
    """

    action: str
    most: int
    seconds: int
    for_all: bool = False


# Comments at the usual pace. Beyond it a proof is asked (forum/pressure.py), and these are the limits:
COMMENT = Limit("comment", 60, 600)
PROVEN_COMMENT = Limit("proven-comment", 60, 600)
UNPROVEN_COMMENT = Limit("unproven-comment", 20, 600)
UNPROVEN_ON_SITE = Limit("unproven-on-the-site", 200, 600, for_all=True)
PREVIEW = Limit("preview", 120, 600)
REPORT = Limit("report", 30, 3600)
# Each is a row that a moderator reads.
REPORT_ON_SITE = Limit("report-on-the-site", 300, 3600, for_all=True)
AGAIN = Limit("again", 5, 3600)
AGAIN_ON_SITE = Limit("again-on-the-site", 50, 3600, for_all=True)
REMOVAL_REQUEST = Limit("removal", 10, 3600)
RECEIPT = Limit("receipt", 30, 600)
SUBSCRIBE = Limit("subscribe", 10, 3600)
DISCUSSION = Limit("discussion", 5, 3600)
PHRASE = Limit("phrase", 30, 600)
# The owner reads each of them.
DISCUSSION_ON_SITE = Limit("discussion-on-the-site", 100, 3600, for_all=True)
SEARCH = Limit("search", 60, 600)


def spend(limit: Limit, request: HttpRequest) -> None:
    """Count one use by the visitor of `request`.

    Raises:
        TooMany: the limit is used up; it says in how many minutes there is room again.
    """
    if settings.FORUM_LIMITS and uses(limit, request) > limit.most:
        raise _too_many(limit)


def check(limit: Limit, request: HttpRequest) -> None:
    """Count nothing yet: what is to be counted is not sure to happen.

    Raises:
        TooMany: as above.
    """
    if settings.FORUM_LIMITS and uses_so_far(limit, request) >= limit.most:
        raise _too_many(limit)


def uses(limit: Limit, request: HttpRequest) -> int:
    """Count one more use; how many there were in this window."""
    return counted(_name(limit, request), seconds=limit.seconds)


def uses_so_far(limit: Limit, request: HttpRequest) -> int:
    """How many uses there were in this window."""
    return int(cache.get(_name(limit, request), 0))


def _too_many(limit: Limit) -> TooMany:
    return TooMany(limit, minutes=math.ceil((limit.seconds - time.time() % limit.seconds) / 60))


def _name(limit: Limit, request: HttpRequest) -> str:
    window = int(time.time()) // limit.seconds
    who = "all" if limit.for_all else request.visitor  # type: ignore[attr-defined]
    return f"limit:{limit.action}:{window}:{who}"
