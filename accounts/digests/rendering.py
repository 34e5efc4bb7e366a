"""Mails to subscribers. What many get alike is written once, and each gets it with links of their own."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from email.utils import format_datetime, parseaddr
from functools import cache
from threading import Lock
from typing import NamedTuple

from django.conf import settings
from django.core.mail.message import sanitize_address
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import tokens
from accounts.digests.contents import by_post, facts_of
from accounts.digests.fragments import KEPT
from accounts.digests.mould import Gap, Mould, harmless
from accounts.digests.selection import Chosen
from accounts.digests.wording import Look
from accounts.digests.writing import SIZES, Wanted, digest_mould, write_digest
from accounts.models import Cadence, Delivery, Detail, Digest, DigestEvent
from forum.models import SharedVersion

# Of memory, for all moulds of a process; a mail of many parts is some 40 kB.
MOST_BYTES = 24 * 1024 * 1024


class Group(NamedTuple):
    """All that what many readers get alike depends on."""

    events: tuple[int, ...]
    versions: frozenset[tuple[int, int]]
    shared_version: int
    cadence: str
    detail: str
    telling: bool
    look: Look


class Moulds:
    """Those that this process used last. Several threads send."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.kept: OrderedDict[Group, Mould] = OrderedDict()
        self.bytes = 0

    def get(self, group: Group) -> Mould | None:
        with self.lock:
            if group in self.kept:
                self.kept.move_to_end(group)
            return self.kept.get(group)

    def keep(self, group: Group, mould: Mould) -> None:
        with self.lock:
            if group not in self.kept:
                self.kept[group] = mould
                self.bytes += mould.size
            while self.bytes > MOST_BYTES:
                self.bytes -= self.kept.popitem(last=False)[1].size

    def clear(self) -> None:
        with self.lock:
            self.kept.clear()
            self.bytes = 0


MOULDS = Moulds()


class Letters(Mapping[int, bytes]):
    """Mails that become bytes when they are asked for: those of a chunk are megabytes."""

    def __init__(self) -> None:
        self.parts: dict[int, tuple[Mould, dict[Gap, bytes]]] = {}

    def __getitem__(self, pk: int) -> bytes:
        mould, values = self.parts[pk]
        return mould.filled(values)

    def __iter__(self) -> Iterator[int]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)


def letters(deliveries: Sequence[Delivery], chosen: Mapping[int, Chosen]) -> Letters:
    """The mails of these deliveries, by their ids, ready for a mail server; none where nothing is left to say.

    A delivery that has no `started_at` gets it here, unsaved: it is the Date of this mail and of every copy of it.
    """
    groups = groups_of(deliveries, chosen)
    moulds = {group: MOULDS.get(group) for group in set(groups.values())}
    for group, made in make_moulds([group for group, mould in moulds.items() if mould is None]):
        moulds[group] = made
        MOULDS.keep(group, made)
    found = Letters()
    for delivery in deliveries:
        if mould := moulds.get(groups[delivery.pk]) if delivery.pk in groups else None:
            found.parts[delivery.pk] = mould, harmless(values_for(delivery))
    return found


def groups_of(deliveries: Iterable[Delivery], chosen: Mapping[int, Chosen]) -> dict[int, Group]:
    """Which mail each delivery brings. Three queries, however many there are."""
    facts = facts_of({event for one in chosen.values() for event in one.events})
    look = Look.now()
    shared = shared_version()
    told: dict[tuple[int, ...], tuple[tuple[int, ...], frozenset[tuple[int, int]]]] = {}
    groups: dict[int, Group] = {}
    for delivery in deliveries:
        events = chosen[delivery.pk].events if delivery.pk in chosen else ()
        if events not in told:
            readable = tuple(event for event in events if event in facts)
            told[events] = readable, frozenset((facts[event].post, facts[event].version) for event in readable)
        if told[events][0]:
            to = delivery.subscriber
            groups[delivery.pk] = Group(*told[events], shared, delivery.cadence, to.detail, to.telling, look)
    return groups


def make_moulds(groups: Sequence[Group]) -> Iterable[tuple[Group, Mould]]:
    """The moulds of these groups. What they show is loaded for all of them together."""
    if not groups:
        return
    facts = facts_of({event for group in groups for event in group.events})
    digests: list[tuple[Group, Wanted]] = []
    for group in groups:
        # A few may have become unreadable in the last moment.
        if posts := by_post(facts[event] for event in group.events if event in facts):
            asked = (group.cadence, group.detail, group.telling, group.look, group.shared_version)
            digests.append((group, Wanted(posts, *asked)))
    KEPT.of({item for _, wanted in digests for item in wanted.items(*SIZES[0])})
    for group, wanted in digests:
        yield group, digest_mould(wanted)


def shared_version() -> int:
    """What stands for all that pages of several posts show of each other."""
    return SharedVersion.objects.filter(pk=1).values_list("version", flat=True).first() or 0


def values_for(delivery: Delivery) -> dict[Gap, str]:
    """What is put in for one reader."""
    delivery.started_at = delivery.started_at or timezone.now().replace(microsecond=0)
    return {
        Gap.TO: address_line(delivery.subscriber.email),
        Gap.DATE: format_datetime(delivery.started_at.astimezone(timezone.get_fixed_timezone(0))),
        Gap.MESSAGE_ID: message_id(delivery.pk),
        Gap.MANAGE: tokens.manage_url(delivery.subscriber_id),
        Gap.STOP: tokens.unsubscribe_url(delivery.subscriber_id),
    }


def address_line(email: str) -> str:
    """An address as it stands in a header: its domain in ASCII."""
    return email if email.isascii() else sanitize_address(email, "utf-8")


def message_id(delivery: int | str) -> str:
    """The same for every copy of one mail, and nothing that anybody could read from it."""
    secret = salted_hmac("accounts.digests.message", str(delivery), algorithm="sha256").hexdigest()[:32]
    return f"<{secret}@{domain_of(settings.DEFAULT_FROM_EMAIL)}>"


@cache
def domain_of(sender: str) -> str:
    """What stands behind the @ of a From header."""
    return parseaddr(sender)[1].rpartition("@")[2]


def preview(cadence: str, detail: str, telling: bool) -> tuple[str, str, str]:
    """Subject, HTML and text of the next digest of the whole site as it would look now; empty where there is none."""
    posts = by_post(facts_of(_waiting(cadence)).values())
    if not posts:
        return "", "", ""
    links = (f"{settings.SITE_URL}/subscribe/",) * 2
    written = write_digest(Wanted(posts, cadence, detail, telling, Look.now(), shared_version()), links)
    return written.subject, written.html, written.text


def test_letter(
    address: str,
    *,
    cadence: str = Cadence.DAILY,  # noqa: PT028
    detail: str = Detail.EXCERPTS,  # noqa: PT028
    telling: bool = False,  # noqa: PT028
) -> bytes:
    """The next digest as a mail to the owner; with what came last, where nothing is new."""
    facts = facts_of(_waiting(cadence)) or facts_of(
        list(DigestEvent.objects.order_by("-pk").values_list("pk", flat=True)[:20])
    )
    posts = by_post(facts.values())
    wanted = Wanted(posts, cadence, detail, telling, Look.now(), shared_version())
    mould = digest_mould(wanted, is_test=True)
    subscribe = f"{settings.SITE_URL}/subscribe/"
    return mould.cast(
        {
            Gap.TO: address_line(address),
            Gap.DATE: format_datetime(timezone.now()),
            Gap.MESSAGE_ID: message_id(f"test {secrets.token_hex(8)}"),
            Gap.MANAGE: subscribe,
            Gap.STOP: subscribe,
        }
    )


def _waiting(cadence: str) -> QuerySet[DigestEvent]:
    """What the last digest of this cadence did not bring."""
    horizon = Digest.objects.filter(cadence=cadence).aggregate(last=Max("horizon"))["last"] or 0
    return DigestEvent.objects.filter(Q(seq=None) | Q(seq__gt=horizon))
