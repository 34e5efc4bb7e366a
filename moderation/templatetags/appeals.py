"""What the author's own page may say of an appeal; forum itself only knows that there was one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template

from forum.models import Comment
from moderation.models import Action, Appeal, Case, Decision
from moderation.services.judging import first_decision, is_alone, must_be_another

register = template.Library()


@dataclass(frozen=True)
class Answered:
    """How far an appeal is: it waits until a moderator has decided; `why` are their words, if they said any.

    `by_the_same` says that nobody else is there to look at it.
    """

    waits: bool
    is_upheld: bool
    why: str
    by_the_same: bool = False


@dataclass(frozen=True)
class Against:
    """What an appeal is about; whether whoever reads its case must leave it to another, or is the only one."""

    first: Decision | None
    is_mine: bool
    must_be_another: bool


@register.simple_tag
def first_decision_of(case: Case, moderator: Any) -> Against:
    """The decision that the appeals of a case are about."""
    first = first_decision(case)
    is_mine = first is not None and first.moderator_id == moderator.pk
    return Against(first, is_mine, is_mine and must_be_another(case, moderator))


@register.simple_tag
def appeal_of(comment: Comment) -> Answered | None:
    """The appeal of a comment's author; None if there is none."""
    appeal = Appeal.objects.filter(case__comment=comment, is_proved=True).select_related("case").first()
    if appeal is None:
        return None
    # What was decided first and stands: a case that is closed may be decided again, and about something else.
    standing = appeal.case.decisions.filter(undone_by=None).exclude(action__in=[Action.UNDO, Action.HAND_OVER])
    decision = standing.first()
    if decision is None:
        return Answered(appeal.case.is_open, False, "", by_the_same=is_alone())
    return Answered(False, decision.action == Action.RESTORE, decision.reason)
