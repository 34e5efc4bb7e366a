"""Short signed links for mail.

A token is an id, for some purposes a time, one character that names the key, and 22 of a signature: about 28
characters, so that `List-Unsubscribe` stays on one line. What only reduces mail never expires, since mails are kept;
what shows or adds anything does. A new key signs from then on, and old mails keep working as long as theirs is listed.
"""

from __future__ import annotations

import base64
import datetime
import hmac
import re
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from forum.digits import DIGITS, in_digits, number_in
from forum.site import current

# In every mail to a subscriber: see what is followed, without the address, and get less of it.
MANAGE = "manage"
# Of a subscriber: stop everything.
UNSUBSCRIBE = "unsubscribe"
# Of a subscription: stop this one.
STOP = "stop"
# These two end: what waits is confirmed, and everything is seen and changed.
CONFIRM = "confirm"
FRESH = "fresh"
TIMED = (CONFIRM, FRESH)
INVITATION = "invitation"

FRESH_LIFE = datetime.timedelta(minutes=60)
TOKEN = re.compile(
    r"(?P<id>[1-9A-Za-z][0-9A-Za-z]{0,9})(?:\.(?P<minute>[1-9A-Za-z][0-9A-Za-z]{0,5}))?"
    r"\.(?P<version>[1-9A-Za-z])(?P<signature>[\w-]{22})\Z",
    re.ASCII,
)
# The number of SECRET_KEY, unless MAIL_KEYS names another key by it.
FIRST = 1


def manage_url(subscriber_id: int) -> str:
    """The page of what is followed, where mail can only become less. As long as any other of the same id's length."""
    return _url("subscriptions", sign(MANAGE, subscriber_id))


def unsubscribe_url(subscriber_id: int) -> str:
    """Stops everything with one POST; for ever."""
    return _url("unsubscribe", sign(UNSUBSCRIBE, subscriber_id))


def stop_url(subscription_id: int) -> str:
    """Stops one subscription with one POST; for ever."""
    return _url("unsubscribe", sign(STOP, subscription_id))


def confirm_url(subscriber_id: int) -> str:
    """Confirms what waits, for as many days as the settings say."""
    return _url("subscriptions", sign(CONFIRM, subscriber_id, timezone.now()))


def fresh_url(subscriber_id: int) -> str:
    """Shows and changes everything, for 60 minutes."""
    return _url("subscriptions", sign(FRESH, subscriber_id, timezone.now()))


def _url(kind: str, token: str) -> str:
    return f"{settings.SITE_URL}/{kind}/{token}/"


def sign(purpose: str, pk: int, at: datetime.datetime | None = None) -> str:
    """A token that lets its holder do one thing for one subscriber; with a time, until its life is over."""
    head = in_digits(pk) + (f".{in_digits(int(at.timestamp()) // 60)}" if at else "")
    version = max(settings.MAIL_KEYS, default=FIRST)
    return f"{head}.{DIGITS[version]}{_signature(_keys(version)[0], purpose, head)}"


@dataclass(frozen=True)
class Opened:
    """A token that was made here for this purpose, whether or not its life is over."""

    purpose: str
    pk: int
    is_over: bool


def opened(token: str, *purposes: str) -> Opened | None:
    """What the token was made for, if that is one of these purposes."""
    match = TOKEN.match(token)
    if not match:
        return None
    head, keys = token.rpartition(".")[0], _keys(DIGITS.index(match["version"]))
    for purpose in purposes:
        if bool(match["minute"]) == (purpose in TIMED) and any(
            hmac.compare_digest(match["signature"], _signature(key, purpose, head)) for key in keys
        ):
            return Opened(purpose, number_in(match["id"]), purpose in TIMED and _is_over(purpose, match["minute"]))
    return None


def read(purpose: str, token: str) -> int | None:
    """The id, if the token was made for this purpose and its life is not over."""
    found = opened(token, purpose)
    return None if found is None or found.is_over else found.pk


def claimed_id(token: str) -> int | None:
    """The id that a token names, unproved; None if it is no token at all."""
    match = TOKEN.match(token)
    return number_in(match["id"]) if match else None


def _is_over(purpose: str, minute: str) -> bool:
    life = FRESH_LIFE if purpose == FRESH else datetime.timedelta(days=current().days_to_confirm)
    return timezone.now().timestamp() >= number_in(minute) * 60 + life.total_seconds()


def _keys(version: int) -> list[str]:
    """The keys of this number: one, or, of those made from SECRET_KEY, the earlier ones too."""
    if version in settings.MAIL_KEYS:
        return [settings.MAIL_KEYS[version]]
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS] if version == FIRST else []


def _signature(key: str, purpose: str, head: str) -> str:
    digest = salted_hmac(f"accounts.tokens.{purpose}", head, secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")
