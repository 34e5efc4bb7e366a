"""Who may decide on an appeal: not whoever decided first, where somebody else can."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from forum.staff import MODERATE
from moderation.errors import FirstModerator
from moderation.models import Action, Case, Decision

TAKES_AWAY = (Action.REMOVE, Action.REFUSE)


def staff() -> list[Any]:
    """Everybody who may decide."""
    active = get_user_model()._default_manager.filter(is_active=True).order_by("pk")
    return [user for user in active if user.has_perm(MODERATE)]


def is_alone() -> bool:
    """Whether there is nobody but one who could look again."""
    return len(staff()) < 2


def first_decision(case: Case) -> Decision | None:
    """The decision that the appeals of a case are about: the last that took the comment away, and stands."""
    if case.comment_id is None or not case.is_asked_again:
        return None
    took = Decision.objects.filter(comment=case.comment_id, action__in=TAKES_AWAY, undone_by=None)
    return took.select_related("moderator").last()


def must_be_another(case: Case, moderator: Any) -> bool:
    """Whether this moderator made the first decision, and another one could make the second."""
    first = first_decision(case) if case.is_open else None
    if first is None or first.moderator_id != moderator.pk:
        return False
    return any(user.pk != moderator.pk for user in staff())


def check_another(case: Case, moderator: Any) -> None:
    """Pass if this moderator may decide the case.

    Raises:
        FirstModerator: they made the decision that it is about, and there is somebody else.
    """
    if must_be_another(case, moderator):
        raise FirstModerator
