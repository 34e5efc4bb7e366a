"""A receipt code as twelve words, for writing down by hand or saying aloud.

128 bits and four that check them are twelve numbers of eleven bits, each a word of receipt_words.txt: 2,048 plain
words in British spelling, chosen for this site, four to six letters long. No two begin with the same four letters,
so the first four of each word are enough.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

WORDS = tuple(Path(__file__).with_name("receipt_words.txt").read_text("ascii").split())
NUMBERS = {word[:4]: number for number, word in enumerate(WORDS)}
HOW_MANY = 12
BITS_A_WORD = 11
CHECK_BITS = 4
LETTERS = re.compile(r"[a-z]+", re.ASCII)


def show_words(code: bytes) -> list[str]:
    """The words of a code of 16 bytes, in order."""
    number = int.from_bytes(code, "big") << CHECK_BITS | _check(code)
    places = range(BITS_A_WORD * (HOW_MANY - 1), -1, -BITS_A_WORD)
    return [WORDS[number >> place & 2**BITS_A_WORD - 1] for place in places]


def read_words(typed: str) -> bytes | None:
    """The code whose words were typed, whatever stands between them; None if they are not the words of a code."""
    numbers = [_number(word) for word in LETTERS.findall(typed.lower())]
    if len(numbers) != HOW_MANY:
        return None
    whole = 0
    for number in numbers:
        if number is None:
            return None
        whole = whole << BITS_A_WORD | number
    code = (whole >> CHECK_BITS).to_bytes(16, "big")
    return code if whole & 2**CHECK_BITS - 1 == _check(code) else None


def _number(word: str) -> int | None:
    """Which word of the list this is, or begins."""
    number = NUMBERS.get(word[:4])
    return number if number is not None and WORDS[number].startswith(word) else None


def _check(code: bytes) -> int:
    return hashlib.sha256(code).digest()[0] >> 8 - CHECK_BITS
