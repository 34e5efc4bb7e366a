"""Characters that show nothing, or show something else than they are."""

import re
import unicodedata

# Marks that turn the direction of the text around them, and could so disguise the page.
TURNING_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
FILLERS = "\u115f\u1160\u2800\u3164\uffa0"


def without_shape(character: str) -> bool:
    """Spaces, controls, invisible formatting, and the letters that Unicode has for leaving room."""
    return unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp") or character in FILLERS
