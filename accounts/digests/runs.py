"""What became of digests, as the owner reads it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from accounts.addresses import masked
from accounts.digests.forgetting import tally
from accounts.digests.planning import in_words
from accounts.digests.reasons import Reason
from accounts.models import Delivery, Digest
from forum.smtp import Verdict
from forum.source import small_number

State = Delivery.State
MOST_RUNS, MOST_UNCERTAIN = 20, 50
# The order in which they are told.
WORDS = {
    State.SENT: "sent",
    State.PENDING: "waiting",
    State.CLAIMED: "being sent",
    State.SENDING: "being sent",
    State.UNCERTAIN: "uncertain",
    State.FAILED: "failed",
    State.EMPTY: "with nothing left to say, not sent",
    State.UNWANTED: "not sent",
    State.SUPERSEDED: "not sent",
}
VERDICTS = {
    Verdict.RETRY: "the mail server wants it later.",
    Verdict.UNCERTAIN: "the mail server did not answer; it may come all the same.",
    Verdict.DEAD: "the mail server says that there is no such address.",
    Verdict.SOFT: "the mail server did not want this mail.",
    Verdict.POLICY: "the mail server does not take mail from this site. Look at its settings before you send digests.",
    Verdict.NO_SERVER: "the mail server cannot be reached.",
}


@dataclass(frozen=True)
class Told:
    """So many deliveries of a digest, what became of them, and why as far as it is known."""

    number: int
    state: str
    words: str
    why: list[tuple[int, str]]


@dataclass(frozen=True)
class Run:
    digest: Digest
    told: list[Told]

    @property
    def slot(self) -> str:
        """When it went to those who chose so; nothing for the site's own hour, or where it is sent at once."""
        return in_words(self.digest.slot)


@dataclass(frozen=True)
class Doubt:
    """A mail of which nobody knows whether it arrived."""

    delivery: Delivery
    address: str
    why: str


def last_runs() -> list[Run]:
    """The newest digests, each with what became of its deliveries, those that are forgotten too. Three queries."""
    digests = list(Digest.objects.order_by("-planned_at", "-pk")[:MOST_RUNS])
    counts, reasons = tally(digests), _reasons(digests)
    return [Run(digest, _told(counts[digest.pk], reasons[digest.pk])) for digest in digests]


def _told(counts: Counter[str], reasons: dict[str, list[tuple[int, str]]]) -> list[Told]:
    return [
        Told(counts[state], state, words, reasons.get(state, [])) for state, words in WORDS.items() if counts[state]
    ]


def _reasons(digests: Iterable[Digest]) -> dict[int, dict[str, list[tuple[int, str]]]]:
    found: dict[int, dict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    rows = Delivery.objects.filter(digest__in=list(digests)).exclude(reason="").order_by("reason")
    for digest, state, key, number in rows.values_list("digest", "state", "reason").annotate(number=Count("pk")):
        found[digest][state].append((number, reason(key)))
    return found


def reason(key: str) -> str:
    """The sentence for a key; "" for none."""
    return Reason(key).label if key in Reason.values else key


def uncertain() -> tuple[list[Doubt], int]:
    """The mails of which nobody knows whether they arrived, the oldest first, and how many more there are."""
    rows = Delivery.objects.filter(state=State.UNCERTAIN).select_related("digest", "subscriber").order_by("pk")
    shown = [Doubt(row, masked(row.subscriber.email), reason(row.reason)) for row in rows[:MOST_UNCERTAIN]]
    return shown, rows.count() - len(shown)


def chosen_uncertain(keys: list[str]) -> list[Delivery]:
    """Those that are named; all of them for "all"."""
    rows = Delivery.objects.filter(state=State.UNCERTAIN).order_by("pk")
    return list(rows if keys == ["all"] else rows.filter(pk__in=[small_number(key) or 0 for key in keys]))
