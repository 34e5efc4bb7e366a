"""Receipt codes: 128 bits that make whoever holds them the author of one comment, or of one discussion.

A code is shown as 26 characters of Crockford's base 32 (no I, L, O or U) in groups, or as twelve words
(forum/receipt_words.py). The database keeps only a keyed hash, and an index is asked for that: neither the answer nor
the time it takes tells how near a wrong code came. A form that is not shared carries a nonce, and the code is made
from it, so that pressing twice gives the same comment and the same code; nobody who lacks the nonce can have made it.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.crypto import salted_hmac

from forum.receipt_words import read_words

CODE_BYTES = 16
CODE_LENGTH = 26
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOKALIKES = str.maketrans("OIL", "011")
# Ours are 32 hexadecimal digits; whoever writes another client may have another habit.
OUR_NONCE = re.compile(r"[0-9a-f]{32}", re.ASCII)
NONCE = re.compile(r"^[A-Za-z0-9_-]{16,128}$", re.ASCII)


def new_nonce() -> str:
    """What a form carries so that pressing twice is pressing once."""
    return secrets.token_hex(16)


def is_ours(nonce: str) -> bool:
    """Whether `new_nonce` may have made it."""
    return OUR_NONCE.fullmatch(nonce) is not None


def code_from_nonce(nonce: str, *, post_id: int, reply_to: int | None, source: str) -> bytes | None:
    """The code of the comment that this very form makes; None if the nonce cannot be one.

    The text and its place are part of it: the same form sent again with another text is another comment.
    """
    return _code(nonce, str(post_id), str(reply_to or ""), source)


def discussion_code_from_nonce(nonce: str, *, title: str, source: str, labels: Iterable[str]) -> bytes | None:
    """The code of the discussion that this very form makes; None if the nonce cannot be one."""
    # Not a number: no comment can have the same code.
    return _code(nonce, "discussion", title, ",".join(sorted(labels)), source)


def code_for(nonce: str, *parts: str) -> bytes | None:
    """The code of what else this very form makes, such as a report; `parts` begin with what it is."""
    return _code(nonce, *parts)


def _code(nonce: str, *parts: str) -> bytes | None:
    if not NONCE.match(nonce):
        return None
    made_from = "\x00".join([nonce, *parts])
    return salted_hmac("forum.receipts.code", made_from, algorithm="sha256").digest()[:CODE_BYTES]


def new_code() -> bytes:
    return secrets.token_bytes(CODE_BYTES)


def hash_code(code: bytes) -> str:
    """What the database keeps of a code."""
    return salted_hmac("forum.receipts.hash", code.hex(), algorithm="sha256").hexdigest()


def show_code(code: bytes) -> str:
    """A code as people copy it: `7K3F9X-Q2MBD-…`."""
    number = int.from_bytes(code, "big") << 2  # 128 bits fill 25.6 characters of 5 bits
    text = "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
    return "-".join([text[:6], *(text[start : start + 5] for start in range(6, CODE_LENGTH, 5))])


def read_code(typed: str) -> bytes | None:
    """The code that somebody typed or pasted, as letters or as words, whatever its case, blanks and hyphens.

    None if it cannot be one.
    """
    return _read_letters(typed) or read_words(typed)


def _read_letters(typed: str) -> bytes | None:
    text = re.sub(r"[\s-]", "", typed).upper().translate(LOOKALIKES)
    if len(text) != CODE_LENGTH or any(character not in ALPHABET for character in text):
        return None
    number = 0
    for character in text:
        number = number << 5 | ALPHABET.index(character)
    return None if number & 3 else (number >> 2).to_bytes(CODE_BYTES, "big")


def new_ticket() -> str:
    """The secret part of the address of the page shown after posting."""
    return secrets.token_urlsafe(16)


def hash_ticket(ticket: str) -> str:
    return salted_hmac("forum.receipts.ticket", ticket, algorithm="sha256").hexdigest()


def seal(code: bytes, ticket: str) -> bytes:
    """Lock a code so that only the ticket opens it. Each ticket is used once, so its key needs no nonce."""
    return AESGCM(_ticket_key(ticket)).encrypt(bytes(12), code, None)


def unseal(sealed: bytes, ticket: str) -> bytes | None:
    """The code that was sealed with this ticket."""
    try:
        return AESGCM(_ticket_key(ticket)).decrypt(bytes(12), sealed, None)
    except InvalidTag:
        return None


def _ticket_key(ticket: str) -> bytes:
    return hashlib.sha256(b"forum.receipts.seal" + ticket.encode()).digest()
