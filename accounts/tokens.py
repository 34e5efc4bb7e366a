"""Short signed links for mail. They never expire by themselves: what they may do is little, and a mail keeps."""

import base64
import hmac
import re

from django.conf import settings
from django.utils.crypto import salted_hmac

MANAGE = "manage"
UNSUBSCRIBE = "unsubscribe"
INVITATION = "invitation"
TOKEN = re.compile(r"^([1-9]\d{0,17})-([A-Za-z0-9_-]{22})$", re.ASCII)


def sign(purpose: str, subscriber_id: int) -> str:
    """A token that lets its holder do one thing for one subscriber."""
    return f"{subscriber_id}-{_signature(purpose, subscriber_id)}"


def read(purpose: str, token: str) -> int | None:
    """The subscriber's id, if the token was made for this purpose."""
    match = TOKEN.match(token)
    if match and hmac.compare_digest(match[2], _signature(purpose, int(match[1]))):
        return int(match[1])
    return None


def claimed_id(token: str) -> int | None:
    """The id that a token names, unproved; None if it is no token at all."""
    match = TOKEN.match(token)
    return int(match[1]) if match else None


def _signature(purpose: str, subscriber_id: int) -> str:
    digest = salted_hmac(f"accounts.tokens.{purpose}", str(subscriber_id), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def manage_url(subscriber_id: int) -> str:
    """The page where a subscriber changes what they follow."""
    return f"{settings.SITE_URL}/subscriptions/{sign(MANAGE, subscriber_id)}/"


def unsubscribe_url(subscriber_id: int) -> str:
    """Where one press, or one POST of a mail program, stops all mail."""
    return f"{settings.SITE_URL}/unsubscribe/{sign(UNSUBSCRIBE, subscriber_id)}/"
