"""What whoever presses this site can do from outside: solve challenges, write like texts, come from many addresses."""

from __future__ import annotations

import base64
import html
import json
import random
import re

from altcha import Challenge, Payload, solve_challenge

CHALLENGE = re.compile(r'data-challenge="([^"]+)"')
ZERO_WIDTH = ["\u200b", "\u200d", "\u2060", "\u00ad"]
# Latin letters and what looks like them.
DISGUISES = {"a": "а", "e": "е", "o": "о0", "c": "с", "p": "р", "x": "х", "i": "і", "t": "7", "s": "5"}


def challenge_in(page: str) -> dict:
    """The challenge that a page asks the browser to solve."""
    found = CHALLENGE.search(page)
    assert found, "the page asks for no proof"
    return json.loads(html.unescape(found[1]))


def solve(challenge: dict) -> str:
    """The answer as ALTCHA's own library gives it."""
    asked = Challenge.from_dict(challenge)
    solution = solve_challenge(asked)
    assert solution
    return Payload(asked, solution).to_base64()


def packed(payload: object) -> str:
    """What a form would send for this payload."""
    return base64.b64encode(json.dumps(payload).encode()).decode()


def opened(proof: str) -> dict:
    """What a proof is made of."""
    return json.loads(base64.b64decode(proof))


def disguised(text: str, dice: random.Random) -> str:
    """The same words to a reader: look-alikes, characters of no width, other spaces and marks, a word more or less."""
    words = text.split()
    words.pop(dice.randrange(len(words)))
    words.insert(dice.randrange(len(words)), dice.choice(["now", "really", "here", "today"]))
    joined = dice.choice([" ", "  ", "\n", " . "]).join(words)
    return "".join(disguised_letter(letter, dice) for letter in joined)


def disguised_letter(letter: str, dice: random.Random) -> str:
    if dice.random() < 0.3:
        letter = dice.choice(DISGUISES.get(letter, letter))
    return letter + dice.choice(ZERO_WIDTH) if dice.random() < 0.1 else letter
