"""What stands beside a name, and the names that nobody may type, since they would look like that or like staff."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from forum.look_alikes import skeleton, words_of
from forum.marks_of_voices import QUALITIES, WORDS

if TYPE_CHECKING:
    from forum.models import Comment

NOT_CHECKED = "name not checked"
CHECKED = "pen name, checked"
STARTED = "started this discussion"
STAFF_WORDS = frozenset({"owner", "moderator", "mod", "admin", "administrator", "staff", "team"})
SMALL_WORDS = frozenset({"a", "the", "of", "this", "blog", "site", "forum", "probation"})
# Within a name they would read as what the site says of somebody.
SAID_BY_THE_SITE = ("blog owner", "site owner", "moderator", "administrator", "pen name", "name checked", STARTED)
# Where one skeleton stands for a word with or without blanks; short ones would be found in honest names.
LONG_STAFF_WORDS = sorted(skeleton(word) for word in STAFF_WORDS if len(word) > 4)
SPACED_OUT = re.compile(rf"(?:{'|'.join(map(skeleton, sorted(SMALL_WORDS)))})*(?:{'|'.join(LONG_STAFF_WORDS)})s?")
WITH_A_VOICE = re.compile(
    rf"{skeleton('anonymous')}(?:{'|'.join(map(skeleton, QUALITIES))})?(?:{'|'.join(map(skeleton, WORDS))})\d*"
)
# The dot that stands before a voice, and those that look like it.
DOTS = re.compile("[\u00b7\u0387\u05bc\u16eb\u2022\u2027\u2219\u22c5\u2e31\u2e33\u30fb\uff65\u25cf\u26ab]")


def note(name: str, *, is_pen_name: bool, staff_role: str = "") -> str:
    """What is known about a name; "" where there is none, or where a mark of the staff says it."""
    if not name or staff_role:
        return ""
    return CHECKED if is_pen_name else NOT_CHECKED


def signature(comment: Comment) -> str:
    """Name, what is known about it, and voice: `Dana (name not checked) · Wren`, `Bob (Moderator)`, `Anonymous`.

    A query more if the voice is not fetched.
    """
    shown = comment.shown_name
    if comment.staff_role:
        role = comment.get_staff_role_display()
        return f"{comment.name} ({role})" if comment.name else role
    known = [comment.name_note, STARTED if comment.by_starter else ""]
    said = ", ".join(filter(None, known))
    voice = f" · {comment.voice}" if comment.voice else ""
    return f"{shown} ({said}){voice}" if said else f"{shown}{voice}"


def belongs_to_the_site(name: str) -> bool:
    """Whether a name looks like staff, like a voice, or like what the site says beside names."""
    words = words_of(name) - {skeleton(word) for word in SMALL_WORDS}
    if words and words <= {skeleton(word) for word in STAFF_WORDS}:
        return True
    whole = skeleton(name)
    is_said = any(skeleton(said) in whole for said in SAID_BY_THE_SITE)
    return is_said or any(form.fullmatch(whole) for form in (SPACED_OUT, WITH_A_VOICE))
