"""What programs do to a form and people do not. It never costs anybody a comment: a moderator reads it first."""

from __future__ import annotations

import time

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest

from forum import limits
from forum.limits import Limit
from forum.screening import Answer, Verdict

# A field that people neither see nor hear of nor reach. Browsers have nothing of that name to fill in by themselves.
FIELD = "more"
# A form that is made for one person says when, signed, to the second. Whoever pastes, or finds a draft in it, may be
# quick; so a form that comes back at once counts only when many from one network do.
OPENED = "opened"
AT_ONCE = 2
HASTE = Limit("form-back-at-once", 10, 600)

FILLED_IN = Verdict(
    Answer.HOLD,
    "A field was filled in that people do not see; programs do that. A moderator reads the comment first.",
    rule="hidden field filled in",
)
TOO_FAST = Verdict(
    Answer.HOLD,
    "Many comments came from your network faster than people write. A moderator reads this one first.",
    rule="faster than people write",
)


def opened_now() -> str:
    """What a form that is made now carries."""
    return _signer().sign(str(int(time.time())))


def look_at(request: HttpRequest) -> Verdict | None:
    """Why a moderator should read first what this form brings; None if it looks as if a person had sent it."""
    if request.POST.get(FIELD, "").strip():
        return FILLED_IN
    came_at_once = came_back_after(request.POST.get(OPENED, "")) < AT_ONCE
    if settings.FORUM_LIMITS and came_at_once and limits.uses(HASTE, request) > HASTE.most:
        return TOO_FAST
    return None


def came_back_after(opened: str) -> float:
    """The seconds since a form was made; endless where it does not say, or not by our word."""
    try:
        return time.time() - int(_signer().unsign(opened[:100]))
    except (BadSignature, ValueError):
        return float("inf")


def _signer() -> Signer:
    return Signer(salt="forum.traps.opened")
