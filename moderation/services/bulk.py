"""One press, many cases: each decided like any other, all of them undone together."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from forum.errors import ForumError
from moderation.answers import GOES, STAYS
from moderation.errors import DecidedMeanwhile, NeedsAnswer, NotPossible, TooManyAtOnce
from moderation.models import Action, Case, Decision
from moderation.services.deciding import Ruling, decide

MOST = 200
# What one answer means for comments in different states.
ANSWERS: dict[str, Sequence[Action]] = {"stays": STAYS, "goes": GOES, "off_topic": (Action.OFF_TOPIC,)}


@dataclass
class Decided:
    """What came of one press: lines of the log, and what was left alone, with why."""

    batch: str
    lines: list[Decision] = field(default_factory=list)
    skipped: list[tuple[int, ForumError]] = field(default_factory=list)


def decide_many(*, picked: Sequence[tuple[int, int]], moderator: Any, answer: str, ruling: Ruling) -> Decided:
    """Decide these cases, given with the version that the moderator saw; what changed since is left alone.

    Each case is decided in a transaction of its own, so that one that cannot be decided stops no other, and no lock
    is held for long. `answer` is one of `ANSWERS`; it becomes the action that fits each comment.

    Raises:
        TooManyAtOnce: there are more than 200.
    """
    if len(picked) > MOST:
        raise TooManyAtOnce(MOST)
    done = Decided(batch=secrets.token_hex(16))
    cases = Case.objects.select_related("comment", "post").prefetch_related("appeals")
    found = cases.in_bulk([pk for pk, _ in picked])
    for pk, version in dict(picked).items():
        try:
            case = found.get(pk)
            action = _fitting(case, version, ANSWERS[answer])
            one = replace(ruling, action=action, batch=done.batch)
            done.lines.append(decide(case_id=pk, version=version, moderator=moderator, ruling=one))
        except ForumError as error:
            done.skipped.append((pk, error))
    return done


def _fitting(case: Case | None, version: int, wanted: Sequence[Action]) -> Action:
    if case is None:
        raise NotPossible
    if case.version != version:
        raise DecidedMeanwhile(case)
    if case.is_appealed:
        raise NeedsAnswer
    possible = case.possible_actions
    action = next((each for each in wanted if each in possible), None)
    if action is None:
        raise NotPossible
    return action
