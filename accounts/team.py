"""The verbs of the team: who is on it, and who may still come in."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.roles import Role
from forum.errors import ForumError


class NotTheirs(ForumError):
    """Somebody may not do this to this person."""

    status = 409


@transaction.atomic
def make_staff(email: str, role: Role, password: str) -> bool:
    """Store the account; True if it is new. allauth wants the address noted as verified."""
    user, is_new = User.objects.get_or_create(email=email, defaults={"role": role})
    user.role = role
    user.is_active = True
    user.set_password(password)
    user.save()
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return is_new


@transaction.atomic
def deactivate(*, user_id: int, by_id: int) -> None:
    """Keep somebody out, and end their sessions. An owner always remains: the one who does it.

    Raises:
        NotTheirs: it is oneself, or whoever asks is no active owner (any more).
    """
    if user_id == by_id:
        raise NotTheirs("You cannot deactivate yourself. Another owner can.")
    # Locked in one order: of two owners who shut each other out at the same moment, one stays.
    owners = User.objects.filter(role=Role.OWNER, is_active=True).order_by("pk").select_for_update(no_key=True)
    if by_id not in [owner.pk for owner in owners]:
        raise NotTheirs("Your own account was deactivated meanwhile, so nothing was done.")
    raised = F("session_epoch") + 1
    User.objects.filter(pk=user_id, is_active=True).update(is_active=False, session_epoch=raised)


def activate(*, user_id: int) -> None:
    """Let somebody in again, with the password they had. Their old sessions stay ended."""
    User.objects.filter(pk=user_id).update(is_active=True)
