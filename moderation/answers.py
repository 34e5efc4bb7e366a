"""How the page of a case offers what can be decided: three big answers, and the rest one step away."""

from __future__ import annotations

from dataclasses import dataclass

from moderation.models import Action, Case

# What lets a comment stand or brings it (back), and what takes it away or leaves it away.
STAYS = (Action.KEEP, Action.APPROVE, Action.RESTORE)
GOES = (Action.REMOVE, Action.REFUSE)


@dataclass(frozen=True)
class Answers:
    """What can be decided about a case, sorted. `close` ends a case and changes nothing."""

    stays: Action | None = None
    goes: Action | None = None
    close: Action | None = None
    note: Action | None = None
    redact: Action | None = None
    more: tuple[Action, ...] = ()

    def __bool__(self) -> bool:
        return self != Answers()


def answers_for(case: Case) -> Answers:
    """The answers that fit the state of the comment now."""
    possible = case.possible_actions

    def one_of(*wanted: Action) -> Action | None:
        return next((action for action in wanted if action in possible), None)

    big = one_of(*STAYS), one_of(*GOES), one_of(Action.DISMISS), one_of(Action.NOTE), one_of(Action.REDACT)
    return Answers(*big, more=tuple(action for action in possible if action not in big))
