"""Texts that are nearly the same, many times: kept as a few keyed hashes each, in the rate memory, until the hour ends.

Letters alone count, whatever their case, their look-alikes and what stands between them. Of the pieces of ten letters
that a text is made of, the eight with the smallest hashes are its sketch: of two texts that share most of their
pieces, the sketches share most of theirs, wherever words were put in or changed. What a text quotes does not count.
"""

from __future__ import annotations

import heapq
import re
import secrets
import time
from hashlib import blake2b

from django.core.cache import cache

from forum.look_alikes import letters_of
from forum.memory import remembered

HOUR = 3600
# As often may like texts come in one hour of the clock; the next is one too many. People do paste one call everywhere.
MOST = 4
PIECE = 10
SKETCH = 8
# Shorter ones are alike by nature: "I agree with every word of this."
MIN_LETTERS = 60
QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)


def is_one_too_many(text: str) -> bool:
    """Whether texts like this one came so often in this hour that a moderator should see the next."""
    keys = _keys(text)
    often = [count for count in cache.get_many(keys).values() if count >= MOST]
    # Fewer may be an address or a phrase that many texts share.
    return len(often) >= SKETCH // 2


def note(text: str) -> None:
    """Remember that this text came."""
    keys = _keys(text)
    if keys:
        before = cache.get_many(keys)
        # All end with the hour, so that nothing tells when in it a text came. Two at once may count as one.
        cache.set_many({key: before.get(key, 0) + 1 for key in keys}, HOUR - int(time.time()) % HOUR)


def _keys(text: str) -> list[str]:
    hour = int(time.time()) // HOUR
    letters = letters_of(QUOTED.sub("", text)) or letters_of(text)
    if len(letters) < MIN_LETTERS:
        return []
    key: bytes = remembered(f"likeness-key:{hour}", lambda: secrets.token_bytes(32), seconds=HOUR)
    pieces = {letters[start : start + PIECE] for start in range(len(letters) - PIECE + 1)}
    hashes = (blake2b(piece.encode(), digest_size=8, key=key).hexdigest() for piece in pieces)
    return [f"alike:{hour}:{smallest}" for smallest in heapq.nsmallest(SKETCH, hashes)]
