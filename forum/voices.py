"""The keys of voices: equal for one person under one post, and nothing to be seen between two posts.

The secret is 128 random bits that only a browser holds, in a cookie that it gets when its reader asks for a voice. The
key of a voice is made from it and the post, and stored. From the keys under two posts nobody can tell whether they
were made from one secret; neither can whoever holds the database and the key of the server, since that plays no part.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

SECRET = re.compile(r"[0-9a-f]{32}", re.ASCII)


def new_secret() -> str:
    return secrets.token_hex(16)


def key_from_secret(secret: str, post_id: int) -> str:
    """The key of the voice that the holder of `secret` has under one post: 64 hexadecimal digits."""
    return hmac.new(bytes.fromhex(secret), f"forum.voices.post:{post_id}".encode(), hashlib.sha256).hexdigest()


def key_from_receipt(receipt_hash: str) -> str:
    """The key of the voice that began with the comment of this receipt."""
    return hashlib.sha256(f"forum.voices.receipt:{receipt_hash}".encode()).hexdigest()


def cookie_name() -> str:
    """With HTTPS a name that no other host of the domain can set."""
    return "__Host-voice" if settings.PRODUCTION else "voice"


def secret_of(request: HttpRequest) -> str:
    """The secret of this browser; "" if it has none of ours."""
    found = request.COOKIES.get(cookie_name(), "")
    return found if SECRET.fullmatch(found) else ""


def keep_secret(response: HttpResponse, secret: str) -> None:
    """Ask the browser to keep it until it is closed; it changes no page that everybody reads."""
    response.set_cookie(cookie_name(), secret, secure=settings.PRODUCTION, httponly=True, samesite="Strict")


def forget_secret(response: HttpResponse) -> None:
    """Ask the browser to delete it."""
    response.delete_cookie(cookie_name(), samesite="Strict")
