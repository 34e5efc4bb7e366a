"""Inviting somebody to the staff: one link, used once, for seven days."""

from __future__ import annotations

import datetime
import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import tokens
from accounts.digests.letter import letter
from accounts.models import Invitation, User
from accounts.roles import Role
from accounts.team import make_staff
from forum.errors import ForumError
from forum.mail import send

logger = logging.getLogger(__name__)

LIFE = datetime.timedelta(days=7)


class AlreadyStaff(ForumError):
    """The address has an account."""

    status = 409

    def __init__(self, user: User) -> None:
        state = "" if user.is_active else ", deactivated at present"
        super().__init__(f"{user.email} is on the team already, as {user.get_role_display().lower()}{state}.")


class InvitationOver(ForumError):
    """The link was used, taken back or replaced, or its seven days are over."""

    status = 410

    def __init__(self) -> None:
        super().__init__("This invitation was used or taken back, or it is older than seven days.")


def ends_at(invitation: Invitation) -> datetime.datetime:
    """When the link stops working."""
    return invitation.invited_at + LIFE


@transaction.atomic
def invite(*, email: str, role: Role) -> tuple[Invitation, bool]:
    """Invite somebody; the invitation, and whether a mail is due. Doing it twice is doing it once.

    Another role, or an invitation that is over, makes a new link, and the old one dies.

    Raises:
        AlreadyStaff: there is an account with this address.
    """
    address = email.strip().lower()
    refuse_staff(address)
    invitation, is_new = Invitation.objects.select_for_update().get_or_create(email=address, defaults={"role": role})
    if not is_new and (invitation.role != role or ends_at(invitation) <= timezone.now()):
        return _renew(invitation, role), True
    return invitation, is_new


@transaction.atomic
def invite_anew(*, invitation_id: int, invited_at: str) -> tuple[Invitation, bool]:
    """Make a new link, so that the old one dies; `invited_at` (ISO 8601) is that of the one to be replaced.

    Raises:
        InvitationOver: it was used or taken back.
    """
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if invitation is None:
        raise InvitationOver
    if invitation.invited_at.isoformat() != invited_at:  # Pressed twice.
        return invitation, False
    return _renew(invitation, Role(invitation.role)), True


def _renew(invitation: Invitation, role: Role) -> Invitation:
    invitation.role, invitation.invited_at = role, timezone.now()
    invitation.save()
    return invitation


def take_back(*, invitation_id: int) -> None:
    """Let the link die. Doing it twice is doing it once."""
    Invitation.objects.filter(pk=invitation_id).delete()


@transaction.atomic
def accept(*, token: str, password: str) -> User:
    """Make the account that a link promises, and let the link die.

    Raises:
        InvitationOver: see there.
        AlreadyStaff: the address was given an account in another way meanwhile; its password is not touched.
    """
    found = read_token(token)
    invitation = found and Invitation.objects.select_for_update().filter(pk=found.pk).first()
    if invitation is None or found is None or invitation.invited_at != found.invited_at:
        raise InvitationOver
    refuse_staff(invitation.email)
    make_staff(invitation.email, Role(invitation.role), password)
    invitation.delete()
    return User.objects.get(email=invitation.email)


def refuse_staff(email: str) -> None:
    if known := User.objects.filter(email=email).first():
        raise AlreadyStaff(known)


def address_of(invitation: Invitation) -> str:
    """The link. It is bound to the moment of the invitation, so an old one dies when somebody is invited anew."""
    return f"{settings.SITE_URL}/accounts/invitation/{tokens.sign(_purpose(invitation), invitation.pk)}/"


def read_token(token: str) -> Invitation | None:
    """The invitation that a link belongs to, while it is good."""
    pk = tokens.claimed_id(token) or 0
    invitation = Invitation.objects.filter(pk=pk, invited_at__gt=timezone.now() - LIFE).first()
    good = invitation is not None and tokens.read(_purpose(invitation), token) == pk
    return invitation if good else None


def _purpose(invitation: Invitation) -> str:
    return f"{tokens.INVITATION} {invitation.invited_at.astimezone(datetime.UTC).isoformat()}"


def send_invitation(invitation: Invitation) -> bool:
    """Send the mail with the link; False if that failed, or if nobody can tell."""
    context = {"invitation": invitation, "link": address_of(invitation), "ends_at": ends_at(invitation)}
    try:
        send(letter("invitation", invitation.email, "Your invitation", context))
    except Exception as error:  # noqa: BLE001 - whatever broke, the owner is told and has the link
        logger.warning("invitation %s: not sent (%s)", invitation.pk, type(error).__name__)
        return False
    return True


def purge_invitations() -> None:
    """Forget the addresses that were invited and did not come."""
    Invitation.objects.filter(invited_at__lte=timezone.now() - LIFE).delete()
