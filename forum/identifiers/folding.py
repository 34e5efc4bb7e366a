"""A copy of a text without the tricks of Unicode: what the eye reads, in plain letters and digits.

Compatibility forms (full width, circled, mathematical) become plain, look-alikes from other alphabets become Latin,
accents, zero-width characters and other invisible ones go. Each place of the copy knows where it stood in the text.
"""

from __future__ import annotations

import functools
import unicodedata
from dataclasses import dataclass

from forum.characters import without_shape

# Letters of other alphabets that look like Latin ones, and small capitals.
LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХЗаеіјорсухԁһԛԝѕкмтвнΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγικνορτυχϲøØłŁđĐıħŧ"
    "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢℓ‘’‚‛′ʼ´“”„‐‑‒–—―−﹣－⁄∕",
    "ABESIJKMHOPCTYX3aeijopcyxdhqwskmtbhABEZHIKMNOPTYXayiknoptuxcoOlLdDiht"
    "abcdefghijklmnoprstuvwyzl'''''''\"\"\"---------//",
)
# One character may stand for a sentence; what that long a form hides is none of ours.
LONGEST_FORM = 4


@dataclass(frozen=True)
class Folded:
    """The copy; `low` is the same in small letters. `origins` is None where each place is its own."""

    text: str
    low: str
    origins: list[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]`, which is not empty, stood in what was typed."""
        if self.origins is None:
            return start, end
        return self.origins[start], self.origins[end - 1] + 1

    def without(self, text: str) -> Folded:
        """The same with another text of the same length."""
        return Folded(text, text.lower(), self.origins)


def fold(typed: str) -> Folded:
    """The plain copy of what was typed."""
    if typed.isascii():
        return Folded(typed, typed.lower(), None)
    parts: list[str] = []
    origins: list[int] = []
    for at, character in enumerate(typed):
        plain = character if character.isascii() else plain_form(character)
        parts.append(plain)
        if len(plain) == 1:
            origins.append(at)
        else:
            origins.extend([at] * len(plain))
    text = "".join(parts)
    return Folded(text, text.lower(), origins)


@functools.lru_cache(maxsize=4096)
def plain_form(character: str) -> str:
    """What one character looks like: none for an invisible one, several for a ligature."""
    category = unicodedata.category(character)
    if category in ("Zs", "Zl", "Zp"):
        return " " if category == "Zs" else "\n"
    if without_shape(character) or category in ("Mn", "Me"):
        return ""
    if (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    form = unicodedata.normalize("NFKD", character.translate(LOOKALIKES))
    if len(form) > LONGEST_FORM:
        return character
    bare = "".join(one for one in form if unicodedata.category(one) not in ("Mn", "Me"))
    bare = bare.translate(LOOKALIKES)
    # A small letter must take as much room as its capital.
    return bare if len(bare.lower()) == len(bare) else character.lower()[:1]
