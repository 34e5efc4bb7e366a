"""The receipt of a removal request: the one place that knows how a code leads to it.

The code is made of the request's key and the site's secret, so no column holds anything of it.
"""

from __future__ import annotations

from django.utils.crypto import constant_time_compare, salted_hmac

from forum.errors import NoSuchReceipt
from forum.receipts import CODE_BYTES
from moderation.models import RemovalRequest

OF_KEY = 5


def code_of(asked: RemovalRequest) -> bytes:
    """What opens the answer to a request."""
    key = int(asked.pk).to_bytes(OF_KEY, "big")
    return key + _proof(key)


def find_request(code: bytes) -> RemovalRequest:
    """The request whose receipt this is.

    Raises:
        NoSuchReceipt: there is none.
    """
    key, proof = code[:OF_KEY], code[OF_KEY:]
    asked = RemovalRequest.objects.filter(pk=int.from_bytes(key, "big")).select_related("case__post", "case__comment")
    if not constant_time_compare(proof.hex(), _proof(key).hex()) or not (found := asked.first()):
        raise NoSuchReceipt
    return found


def _proof(key: bytes) -> bytes:
    made = salted_hmac("moderation.removal_request", key.hex(), algorithm="sha256").digest()
    return made[: CODE_BYTES - OF_KEY]
