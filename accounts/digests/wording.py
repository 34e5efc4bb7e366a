"""What shows of a mail that nobody has opened: sender, subject and first line, on lock screens and shared desks.

They are neutral by construction, made of numbers and of words chosen here. Then they are held against the owner's
list as well, since it may hold any word. Only who asked for telling ones gets titles and the site's name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.models import Cadence, PostOffice
from accounts.models.post_office import WORDS_TO_AVOID
from forum.site import current

HEADINGS = {
    Cadence.AT_ONCE: "Your update",
    Cadence.DAILY: "Your daily update",
    Cadence.WEEKLY: "Your weekly update",
}
FIRST_LINE = "You asked for this mail. The newest comes first; how to change or stop these mails stands at the end."
FIRST_LINE_TO_CONFIRM = (
    "Somebody, we hope you, asked for mail. If it was you, confirm it; if it was not, do nothing at all."
)
FIRST_LINE_WITH_LINK = "You asked for a link to what you get by mail. If it was not you, do nothing; nothing changes."
LONGEST_TITLE = 80


@dataclass(frozen=True)
class Look:
    """All that is not content and yet changes what a mail shows."""

    site_name: str
    chosen_sender: str
    words: tuple[str, ...]

    @classmethod
    def now(cls) -> Look:
        """As the owner has it at this moment. One query, and what every page reads of the settings."""
        listed = PostOffice.objects.filter(pk=1).values_list("words_to_avoid", flat=True).first()
        site = current()
        return cls(one_line(site.name), one_line(site.sender), words_of(WORDS_TO_AVOID if listed is None else listed))

    def holds(self, text: str) -> bool:
        """Whether a listed word is in it, whatever its case, even as a part of another."""
        return any(word in folded(text) for word in self.words)

    def first_without(self, *candidates: str) -> str:
        """The first of them that holds no listed word; the last one where all do."""
        return next((text for text in candidates if text and not self.holds(text)), candidates[-1])

    def sender(self, *, telling: bool) -> str:
        """The name in the From header."""
        if telling:
            return self.chosen_sender or self.site_name
        return self.first_without(self.chosen_sender, self.site_name, "Updates", "News", "·")

    def heading(self, cadence: str) -> str:
        return self.first_without(HEADINGS[Cadence(cadence)], "What is new", "Hello", "·")

    def first_line(self, wanted: str = FIRST_LINE) -> str:
        """What stands behind the subject in lists of mails."""
        return self.first_without(wanted, "You asked for this.", "Hello", "·")

    def subject(self, heading: str, summary: str, number: int) -> str:
        """The neutral one: `Your daily update: 1 new post and 4 new comments`."""
        return self.first_without(f"{heading}: {summary}", f"{heading}: {number}", heading)

    def list_id(self) -> str:
        """RFC 2919: by the host, or by a number under `localhost` where the host must not show or is none."""
        host = urlsplit(settings.SITE_URL).hostname or ""
        if "." in host and host.isascii() and not host.replace(".", "").isdigit() and not self.holds(host):
            return f"<updates.{host}>"
        return f"<updates.{salted_hmac('accounts.digests.list', host, algorithm='sha256').hexdigest()[:32]}.localhost>"


def telling_subject(title: str, others: int, summary: str) -> str:
    """`Rooms: 2 new comments`, `Rooms and 3 other posts: 1 new post and 9 new comments`."""
    rest = f" and {others} other post{'' if others == 1 else 's'}" if others else ""
    return f"{shortened(title, LONGEST_TITLE)}{rest}: {summary}"


def words_of(listed: str) -> tuple[str, ...]:
    """What stands between the commas, and the lines, of a list."""
    return tuple(filter(None, (folded(word).strip() for word in listed.replace("\n", ",").split(","))))


def folded(text: str) -> str:
    """For comparing: without case, and without characters that only look different."""
    return unicodedata.normalize("NFKC", text).casefold()


def one_line(text: str) -> str:
    """Without line breaks, and without characters that turn the direction of what follows, or show nothing."""
    seen = "".join(" " if unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"} else one for one in text)
    return " ".join("".join(one for one in seen if unicodedata.category(one) != "Cf").split())


def shortened(text: str, length: int) -> str:
    """One line of `length` characters at most and an ellipsis, cut at a word if that is possible."""
    text = one_line(text)
    return text if len(text) <= length else f"{text[: length + 1].rsplit(' ', 1)[0][:length]} …"


def joined(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`; nothing of nothing."""
    *first, last = list(parts) or [""]
    return " and ".join([", ".join(first), last] if first else [last])


def counted(number: int, word: str) -> str:
    return f"{number} new {word}{'' if number == 1 else 's'}"
