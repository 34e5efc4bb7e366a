"""The sessions of staff: where somebody is signed in, and ending that."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User

# Passkey sign-ins that strangers begin make sessions too; nobody is to fill this page with them.
MOST_LOOKED_AT = 1000


@dataclass(frozen=True)
class OpenSession:
    """A browser in which somebody is signed in. `mark` names it without being its key."""

    key: str
    mark: str
    signed_in_at: datetime.datetime


def open_sessions(users: Iterable[User]) -> dict[int, list[OpenSession]]:
    """The open sessions of these people by their ids, newest first."""
    hashes = {str(user.pk): user.get_session_auth_hash() for user in users if user.is_active}
    found = defaultdict(list)
    rows = Session.objects.filter(expire_date__gt=timezone.now()).order_by("-expire_date")[:MOST_LOOKED_AT]
    for row in rows:
        content = row.get_decoded()
        pk = content.get(SESSION_KEY, "")
        if pk in hashes and constant_time_compare(content.get(HASH_SESSION_KEY, ""), hashes[pk]):
            found[int(pk)].append(OpenSession(row.session_key, mark_of(row.session_key), _began(row, content)))
    return found


def _began(row: Session, content: dict[str, list[dict[str, float]]]) -> datetime.datetime:
    records = content.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    if records:
        return datetime.datetime.fromtimestamp(records[0]["at"], datetime.UTC)
    return row.expire_date - datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)


def mark_of(session_key: str) -> str:
    """A name for a session that opens nothing."""
    return salted_hmac("accounts.sessions", session_key, algorithm="sha256").hexdigest()[:20]


def end_session(*, user: User, mark: str) -> bool:
    """End one session of somebody; False if there is none with this mark (any more)."""
    keys = [session.key for session in open_sessions([user]).get(user.pk, []) if session.mark == mark]
    return Session.objects.filter(session_key__in=keys).delete()[0] > 0


def end_sessions(*, user: User) -> None:
    """End all sessions of somebody, wherever they are signed in."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
