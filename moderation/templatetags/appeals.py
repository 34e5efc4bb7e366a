"""What the author's own page may say of an appeal; forum itself only knows that there was one."""

from __future__ import annotations

from dataclasses import dataclass

from django import template

from forum.models import Comment
from moderation.models import Action, Appeal

register = template.Library()


@dataclass(frozen=True)
class Answered:
    """How far an appeal is: it waits until a moderator has decided; `why` are their words, if they said any."""

    waits: bool
    is_upheld: bool
    why: str


@register.simple_tag
def appeal_of(comment: Comment) -> Answered | None:
    """The appeal of a comment's author; None if there is none."""
    appeal = Appeal.objects.filter(case__comment=comment).select_related("case").first()
    if appeal is None:
        return None
    # What was decided first: a case that is closed may be decided again, and about something else.
    decision = appeal.case.decisions.first()
    if decision is None:
        return Answered(appeal.case.is_open, False, "")
    return Answered(False, decision.action == Action.RESTORE, decision.reason)
