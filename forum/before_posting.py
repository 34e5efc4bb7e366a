"""What to ask an author before a text is posted: does it identify somebody, is it a report rather than a reply?

Pure but for the key of the site: nothing is stored, logged or counted. A moderator who gets a held text learns the
kinds of what was found, never the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from forum.identifiers import Finding, Kind, find, hints
from forum.reminding import Reminder
from forum.screening import Answer, Verdict
from forum.source import unwrap_safelinks

# The field in which a form says that its author has seen what was asked about this very text.
CHECKED = "checked"
MOST_WORDS_SHOWN = 6
# How many characters beside a place are shown of a long text.
BESIDE = 160


@dataclass(frozen=True)
class Part:
    """One text of a form, by what people call it, with the places found in it; they do not overlap."""

    label: str
    text: str
    places: list[Finding]

    @property
    def marked(self) -> SafeString:
        """The text as it was typed, escaped, each place in <mark>; what is far from all of them is left out."""
        pieces: list[str] = []
        at = 0
        for place in self.places:
            pieces.append(escape(shortened(self.text[at : place.start], begins=at == 0)))
            pieces.append(f"<mark>{escape(self.text[place.start : place.end])}</mark>")
            at = place.end
        pieces.append(escape(shortened(self.text[at:], ends=True)))
        return mark_safe("".join(pieces))  # noqa: S308 - every piece is escaped above


def shortened(words: str, *, begins: bool = False, ends: bool = False) -> str:
    """What stands between two places: its middle left out where it is long; of the ends of a text, the far side."""
    if len(words) <= 3 * BESIDE:
        return words
    left = "" if begins else words[:BESIDE].rpartition(" ")[0]
    right = "" if ends else words[-BESIDE:].partition(" ")[2]
    return f"{left} … {right}"


@dataclass(frozen=True)
class Found:
    """All that was found of one kind."""

    kind: Kind
    words: list[str]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return max(0, len(self.words) - MOST_WORDS_SHOWN)

    @property
    def shown(self) -> list[str]:
        return self.words[:MOST_WORDS_SHOWN]


@dataclass(frozen=True)
class Check:
    """What there is to ask about a text. `report` is the category of report that it seems to be, or ""."""

    parts: list[Part]
    report: str
    digest: str
    # Rules of which its author should know.
    reminders: Sequence[Reminder] = ()

    @property
    def found(self) -> list[Found]:
        """What was found by kind, in the order of the kinds; the same words once."""
        by_kind: dict[Kind, list[str]] = {}
        for part in self.parts:
            for place in part.places:
                words = " ".join(part.text[place.start : place.end].split())
                if words not in (of_kind := by_kind.setdefault(place.kind, [])):
                    of_kind.append(words)
        return [Found(kind, by_kind[kind]) for kind in Kind if kind in by_kind]

    @property
    def may_identify(self) -> bool:
        """Whether anything was found that says who somebody is: more than a hint."""
        return any(place.kind is not Kind.TRAITS for part in self.parts for place in part.places)

    @property
    def is_hint(self) -> bool:
        """Whether all that was found are details that could name somebody only together."""
        return bool(self.found) and not self.may_identify

    @property
    def asks(self) -> bool:
        return bool(self.found or self.report or self.reminders)

    def was_seen(self, sent: Mapping[str, str]) -> bool:
        """Whether the form says that its author was asked about this very text."""
        return constant_time_compare(sent.get(CHECKED, ""), self.digest)

    def hold(self) -> Verdict | None:
        """For a site whose owner is strict: the reason for a moderator to look at it first."""
        if not self.may_identify:
            return None
        kinds = ", ".join(found.kind.what for found in self.found if found.kind is not Kind.TRAITS)
        reason = "It may identify someone, so a moderator looks at it first."
        return Verdict(Answer.HOLD, reason, rule="may identify someone", detail=kinds[:300])

    def goes_beyond(self, earlier: Check) -> bool:
        """Whether something in it may identify somebody that is not in `earlier`."""
        known = {(found.kind, words) for found in earlier.found for words in found.words}
        here = {(found.kind, words) for found in self.found for words in found.words}
        return any(kind is not Kind.TRAITS for kind, _ in here - known)


def look_over(texts: Mapping[str, str], *, watched: str = "", report: str = "") -> Check:
    """Look over the texts of a form, by what people call them. `watched` are the owner's names, one a line."""
    names = watched.splitlines()
    parts = [_part(label, text, names) for label, text in texts.items()]
    made_from = "\x00".join(f"{part.label}\x00{part.text}" for part in parts)
    digest = salted_hmac("forum.before_posting", made_from, algorithm="sha256").hexdigest()[:32]
    return Check(parts, report, digest)


def _part(label: str, typed: str, names: Iterable[str]) -> Part:
    """The text as it is stored, so that a wrapped address is looked into and the browser's line ends do not count."""
    text = unwrap_safelinks(typed.replace("\r\n", "\n").replace("\r", "\n"))
    certain = find(text, names)
    taken = {at for one in certain for at in range(one.start, one.end)} if certain else set()
    loose = [one for one in hints(text) if taken.isdisjoint(range(one.start, one.end))]
    return Part(label, text, sorted([*certain, *loose], key=lambda one: one.start))
