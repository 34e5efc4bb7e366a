"""What is asked of a comment when too much comes in. As long as it is quiet, nothing is: no proof, no puzzle.

Pressure is counted in the rate memory, for each visitor bucket and for the whole site. Readers never meet it: a proof
is asked in the answer to a form that was sent, and never on a page that is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from forum import limits, proofs
from forum.errors import ProofWanted
from forum.limits import Limit
from forum.screening import Answer, Verdict

NETWORK = limits.COMMENT
# Of each network only the first few count here: one that is hot, an office or an attacker, leaves the others alone.
SHARE = 20
SITE = Limit("comment-on-the-site", 150, 600, for_all=True)

# How many tries a browser needs, each about a millisecond on a laptop and four on an old phone.
EASY, HARD = range(200, 600), range(1000, 2000)
FROM_NETWORK = "Much came from your network in the last minutes; many people may share it."
ON_SITE = "More comments than usual are coming in just now."


@dataclass(frozen=True)
class Level:
    """What is asked above `times` the usual pace of one network or of the site, and why, in words for the author."""

    pace: Limit
    times: int
    tries: range
    reason: str


# The hardest first; the first that applies is asked. Whoever is below all of them is asked nothing.
LEVELS = [
    Level(SITE, 4, HARD, ON_SITE),
    Level(NETWORK, 4, HARD, FROM_NETWORK),
    Level(SITE, 1, EASY, ON_SITE),
    Level(NETWORK, 1, EASY, FROM_NETWORK),
]


@dataclass(frozen=True)
class Answered:
    """What a form sent in answer to a challenge: a proof, or that it comes without one; at first neither."""

    proof: str = ""
    unproven: bool = False


def admit(request: HttpRequest, *, post_id: int, answered: Answered) -> Verdict | None:
    """Let a comment through, or say why a moderator is to read it first (it came without a proof).

    Raises:
        ProofWanted: a proof is asked first.
        TooMany: with a proof or without, the visitor's limit is used up.
    """
    if not settings.FORUM_LIMITS:
        return None
    if answered.proof and proofs.accept(answered.proof, post_id=post_id):
        limits.spend(limits.PROVEN_COMMENT, request)
        return None
    level = measure(request)
    if level is None:
        return None
    if answered.unproven and not answered.proof:
        limits.spend(limits.UNPROVEN_COMMENT, request)
        limits.spend(limits.UNPROVEN_ON_SITE, request)
        reason = f"{level.reason} Your browser did not do the sum that we asked for, so a moderator reads it first."
        return Verdict(Answer.HOLD, reason, rule="no proof of work")
    raise ProofWanted(level.reason, proofs.new_challenge(post_id, level.tries), again=bool(answered.proof))


def measure(request: HttpRequest) -> Level | None:
    """Count one comment; the level that it meets."""
    network = limits.uses(NETWORK, request)
    site = limits.uses(SITE, request) if network <= SHARE else limits.uses_so_far(SITE, request)
    used = {NETWORK: network, SITE: site}
    return next((level for level in LEVELS if used[level.pace] > level.times * level.pace.most), None)
