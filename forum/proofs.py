"""Proof of work in the format of ALTCHA: a sum that a browser does while too much comes in.

A challenge is signed, for one post and ten minutes; nothing of it is kept here until it is answered. An answer counts
once: its challenge is then remembered, in the rate memory, until it would have expired.
"""

from __future__ import annotations

import json
import secrets
import time

from altcha import Payload, create_challenge, verify_solution
from django.utils.crypto import salted_hmac

from forum.memory import first

SECONDS = 600
# Rounds of PBKDF2 in one try: about a millisecond on a laptop.
ROUNDS = 5000
# An honest answer has about 800 characters; a longer one is not even read.
MAX_LENGTH = 2000


def new_challenge(post_id: int, tries: range) -> str:
    """A challenge for a comment on this post, as JSON; solving it takes a number of tries out of `tries`.

    Making it costs one try.
    """
    challenge = create_challenge(
        "PBKDF2/SHA-256",
        ROUNDS,
        counter=secrets.choice(tries),
        expires_at=int(time.time()) + SECONDS,
        data={"post": post_id},
        hmac_secret=_key("challenge"),
        hmac_key_secret=_key("answer"),
    )
    return json.dumps(challenge.to_dict())


def accept(sent: str, *, post_id: int) -> bool:
    """Whether this is the answer to a challenge for this post that nobody has answered yet. From now on it is used.

    What is expired, altered or no answer at all is False, and costs no try.
    """
    if len(sent) > MAX_LENGTH:
        return False
    try:
        payload = Payload.from_base64(sent)
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    # With the signature of the answer, checking is two HMACs.
    if not verify_solution(payload, _key("challenge"), hmac_key_secret=_key("answer")).verified:
        return False
    asked = payload.challenge.parameters
    return asked.data == {"post": post_id} and first(f"proof:{asked.nonce}", seconds=SECONDS)


def _key(purpose: str) -> bytes:
    return salted_hmac(f"forum.proofs.{purpose}", "", algorithm="sha256").digest()
