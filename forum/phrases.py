"""The secret phrases of pen names: what one must be like, and the slow hash that is kept of it.

Argon2id, with a key of the server beside the salt: whoever steals the database alone cannot even begin to guess.
"""

from __future__ import annotations

import unicodedata
from threading import BoundedSemaphore

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac

from forum.errors import BadPhrase
from forum.look_alikes import skeleton

LEAST, MOST = 12, 200
LEAST_DIFFERENT = 5
SALT_BYTES, HASH_BYTES = 16, 32
# Each hash takes 64 MiB while it is made: in one process so many at once, the others wait.
SLOTS = BoundedSemaphore(2)


def clean_phrase(typed: str, *, name: str) -> str:
    """The phrase as it is hashed: blanks at its edges and how many stand together do not count.

    Raises:
        BadPhrase: too short, too long, or easily guessed.
    """
    phrase = " ".join(unicodedata.normalize("NFKC", typed).split())
    if not LEAST <= len(phrase) <= MOST:
        raise BadPhrase(f"Your secret phrase must have {LEAST} to {MOST} characters. It has {len(phrase)}.")
    rest = skeleton(phrase).replace(skeleton(name), "")
    try:
        CommonPasswordValidator().validate(phrase)
        is_common = len(set(phrase)) < LEAST_DIFFERENT or len(rest) < LEAST_DIFFERENT
    except ValidationError:
        is_common = True
    if is_common:
        raise BadPhrase("Your secret phrase would soon be guessed. Take four words that have nothing to do with you.")
    return phrase


def hash_phrase(phrase: str, *, salt: bytes) -> str:
    """What the database keeps of a phrase; about a fifth of a second of one core, and 64 MiB."""
    memory, rounds, lanes = (settings.PHRASE_COST[name] for name in ("memory_cost", "iterations", "lanes"))
    kdf = Argon2id(salt=salt, length=HASH_BYTES, iterations=rounds, lanes=lanes, memory_cost=memory, secret=_pepper())
    with SLOTS:
        return kdf.derive_phc_encoded(phrase.encode("utf-8", "replace"))


def fits(phrase: str, phrase_hash: str) -> bool:
    """Whether it is the phrase that was hashed; as slow as hashing it."""
    with SLOTS:
        try:
            Argon2id.verify_phc_encoded(phrase.encode("utf-8", "replace"), phrase_hash, secret=_pepper())
        except InvalidKey:
            return False
    return True


def _pepper() -> bytes:
    return salted_hmac("forum.phrases", "", algorithm="sha256").digest()
