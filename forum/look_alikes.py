"""What a name looks like, so that nobody can pass for somebody else with a letter from another alphabet.

A skeleton is made for comparing and never shown: two names that people take for each other have the same one. Where
it is too strict, somebody has to choose another name; where it is too lax, somebody is deceived.
"""

from __future__ import annotations

import re
import unicodedata

# What looks like each Latin letter once it is in lower case and without accents: Cyrillic, Greek, Armenian, Cherokee,
# small capitals and signs of phonetics, figures, signs of the keyboard.
LOOKS_LIKE = {
    "a": "аαɑɐɒᴀꭺ4@",
    "b": "вьъбβɓʙᴃꮟ8",
    "c": "сɔᴄꮯ¢",
    "d": "ԁđðɖɗᴅꭰժ",
    "e": "еɛɜəεᴇꭼзэєҽ3€",
    "f": "ƒꜰғ",
    "g": "гɡɢɠցԍ9",
    "h": "һнħɦʜհꮋ",
    "j": "јϳȷʝᴊյꭻ",
    "k": "кκƙᴋꮶқ",
    "l": "iіιıɩɨɪӏłɫɬɭʟƖǀ1|¦ꮮ",
    "m": "мɱᴍꮇ",
    "n": "иηոռɲɳɴп",
    "o": "оοσøɵᴏօ0θфѳ",
    "p": "рρþƥᴘꮲ",
    "q": "ԛզգʠ",
    "r": "ɼɽɾʀꭱ",
    "s": "ѕʂꜱꮪ5$",
    "t": "тτŧƭʈᴛꭲ7",
    "u": "υʉʊսцᴜ",
    "v": "νѵʋᴠꮩ",
    "w": "ԝωѡшᴡꮃʍ",
    "x": "хχ×",
    "y": "уүγƴʏყ",
    "z": "ʐƶᴢꮓ2",
}
LATIN = str.maketrans({sign.casefold(): letter for letter, signs in LOOKS_LIKE.items() for sign in signs})
# Folding the case would make something else of these.
BEFORE_FOLDING = str.maketrans("ϲϹςſ", "cccf")
IN_TWO_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ĳ": "ij"})
# What two letters together look like.
TOGETHER = (("rn", "m"), ("vv", "w"), ("uu", "w"))
LENGTH = 120


def skeleton(name: str) -> str:
    """What a name looks like: letters and figures alone, without case, accents, blanks and signs; "" if there are none.

    At most 120 characters. The skeleton of a skeleton is itself.
    """
    return letters_of(name)[:LENGTH]


def letters_of(text: str) -> str:
    """The same of a text, whole."""
    latin = bare(text.translate(BEFORE_FOLDING)).translate(IN_TWO_LETTERS).translate(LATIN)
    plain = "".join(filter(str.isalnum, latin))
    for several, one in TOGETHER:
        while several in plain:
            plain = plain.replace(several, one)
    return plain


def bare(text: str) -> str:
    """The text in lower case and without accents, until nothing of that is left to do."""
    while (lower := _without_marks(unicodedata.normalize("NFKC", text).casefold())) != text:
        text = lower
    return text


def _without_marks(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(character for character in parts if not unicodedata.category(character).startswith("M"))


def is_plain(name: str) -> bool:
    """Whether a name is written in Latin letters (with or without accents), figures and signs of the keyboard."""
    return _without_marks(name).isascii()


def words_of(name: str) -> set[str]:
    """The skeletons of its words."""
    found = re.findall(r"\w+", unicodedata.normalize("NFKC", name))
    return {skeleton(word) for word in found} - {""}
