"""The steps of a delivery, each one commit: claimed, sending, and what became of it.

Each asks for the state, the owner and the fence that the worker knows, so a worker that slept too long changes
nothing. On PostgreSQL the end of one delivery and the beginning of the next are one statement.
"""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from accounts.digests.reasons import Reason
from accounts.digests.selection import Chosen, acknowledgement, choose
from accounts.digests.suppression import address_hash, is_suppressed
from accounts.models import Cadence, Delivery, PostOffice, Subscription
from forum.smtp import Answer
from forum.statements import adapted, cursor_that_prepares

logger = logging.getLogger(__name__)

T = TypeVar("T")
State = Delivery.State
Moment = datetime.datetime
# A pass takes twenty seconds; a mail server may take ten minutes to answer.
LEASE_CLAIMED, LEASE_SENDING = datetime.timedelta(minutes=5), datetime.timedelta(minutes=15)
# The most that an uncertain mail is started without a person's word: after a silent server, which had all of it, once
# more; after a death of ours, which mostly came before that, twice more.
MOST_STARTS, MOST_STARTS_AFTER_DEATHS = 2, 3
# Seconds between two tries to note what only we know, and how many there are; less for what ends by itself.
PATIENCE, TRIES, FEW_TRIES = 1.0, 20, 3
# Whoever works has claimed something within this time.
RECENT = datetime.timedelta(seconds=40)
# What nobody has any more.
FREE = {"state": State.PENDING, "owner": "", "lease_until": None}


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery; with `chosen`, its subscriptions move on in the same commit."""

    delivery: Delivery
    state: State
    reason: str = ""
    answer: Answer | None = None
    not_before: Moment | None = None
    chosen: Chosen | None = None


def claim(owner: str, now: Moment, most: int) -> list[Delivery]:
    """Take up to `most` deliveries that are due, at most one to a person, what is sent at once first."""
    try:
        with transaction.atomic():
            chosen = _due(now, most)
            lease = {"owner": owner, "lease_until": timezone.now() + LEASE_CLAIMED, "fence": F("fence") + 1}
            rows = Delivery.objects.filter(pk__in=chosen, state=State.PENDING)
            rows.update(state=State.CLAIMED, **lease)
    except IntegrityError:  # Somebody else took another mail to one of them at this very moment.
        return claim(owner, now, max(1, most // 2))
    mine = Delivery.objects.filter(pk__in=chosen, state=State.CLAIMED, owner=owner)
    return list(mine.select_related("digest", "subscriber").order_by("pk")) if chosen else []


def waiting(now: Moment) -> QuerySet[Delivery]:
    """What is planned and not put off."""
    return Delivery.objects.filter(Q(not_before=None) | Q(not_before__lte=now), state=State.PENDING)


def is_anybody_at_it() -> bool:
    """Whether somebody sends at this moment; the claims of the dead do not count for long."""
    since = timezone.now() + LEASE_CLAIMED - RECENT
    return Delivery.objects.filter(state=State.CLAIMED, lease_until__gt=since).exists()


def _due(now: Moment, most: int) -> list[int]:
    at_it = Delivery.objects.filter(subscriber=OuterRef("subscriber"), state__in=[State.CLAIMED, State.SENDING])
    found: dict[int, int] = {}
    for cadence in (Cadence.AT_ONCE, Cadence.DAILY, Cadence.WEEKLY):
        # In two questions, since each reads its own end of the index.
        for due in (Q(not_before__lte=now), Q(not_before=None)):
            if len(found) < most:
                rows = Delivery.objects.filter(due, ~Exists(at_it), state=State.PENDING, cadence=cadence)
                rows = rows.order_by("not_before", "pk").select_for_update(skip_locked=True, no_key=True)
                for pk, subscriber in rows.values_list("pk", "subscriber")[: most - len(found)]:
                    found.setdefault(subscriber, pk)
    return list(found.values())


def release(deliveries: Iterable[Delivery], owner: str, **fields: object) -> None:
    """Put back what was claimed and not begun."""
    rows = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries], owner=owner, state=State.CLAIMED)
    rows.update(**FREE, **fields)


def release_all(owner: str) -> None:
    """The same with all that a worker has claimed; else it would wait for the end of its lease."""
    rows = Delivery.objects.filter(owner=owner, state=State.CLAIMED)
    _patiently(lambda: rows.update(**FREE), FEW_TRIES)


def not_begun(delivery: Delivery) -> None:
    """Put back what `turn` refused to begin; also where a first try of it went through and nobody heard so."""
    rows = Delivery.objects.filter(pk=delivery.pk, owner=delivery.owner, fence=delivery.fence)
    begun = {"starts": F("starts") - 1, "attempts": F("attempts") - 1}
    if not rows.filter(state=State.CLAIMED).update(**FREE):
        rows.filter(state=State.SENDING).update(**FREE, **begun)


def standings(deliveries: Iterable[Delivery]) -> dict[int, int]:
    """By subscriber, how far all that they follow is. Read it before what a mail says is chosen."""
    people = [delivery.subscriber_id for delivery in deliveries]
    rows = Subscription.objects.confirmed().filter(subscriber__in=people).order_by().values_list("subscriber")
    return dict.fromkeys(people, 0) | dict(rows.annotate(Sum("acked_seq")))


def turn(before: Outcome | None, following: Delivery | None = None, standing: int | None = None) -> bool:
    """Note what became of the mail before, and begin the following one, in one commit; whether it may be sent.

    It may if its worker still has it, if its reader still wants it, and if nothing moved since `standing` was read.
    Tried for a while if the database does not answer: what the mail server said is known to nobody else.
    """
    return _patiently(lambda: _turn(before, following, standing), TRIES)


def _patiently(step: Callable[[], T], tries: int) -> T:
    for left in reversed(range(tries)):
        try:
            return step()
        except DatabaseError as error:
            if connection.in_atomic_block or not left:
                raise
            logger.warning("the database does not answer (%s); trying again", type(error).__name__)
            connection.close()
            time.sleep(PATIENCE)
    raise AssertionError("unreachable")


def _turn(before: Outcome | None, following: Delivery | None, standing: int | None) -> bool:
    parts: list[tuple[str, str, list[Any]]] = []
    if before:
        parts.append(("done", *_done(before)))
        if before.chosen and before.chosen.moved:
            parts.append(("moved", *acknowledgement(before.chosen, before.delivery.digest.horizon)))
    if following:
        parts.append(("begun", *_begun(following, standing)))
    if not parts:
        return False
    return _in_one(parts) if connection.vendor == "postgresql" else _one_by_one(parts)


def _in_one(parts: list[tuple[str, str, list[Any]]]) -> bool:
    """One statement, which is one commit and one round trip."""
    names = [name for name, *_ in parts]
    texts = [f"{name} AS ({text}{_if_done(name)} RETURNING 1)" for name, text, _ in parts]
    count = "(SELECT count(*) FROM begun)" if "begun" in names else "0"
    with cursor_that_prepares() as cursor:
        cursor.execute(f"WITH {', '.join(texts)} SELECT {count}", [value for *_, values in parts for value in values])
        (begun,) = cursor.fetchone()
    return bool(begun)


def _if_done(name: str) -> str:
    return " AND EXISTS (SELECT 1 FROM done)" if name == "moved" else ""


@transaction.atomic
def _one_by_one(parts: list[tuple[str, str, list[Any]]]) -> bool:
    """For a database whose statements do one thing each."""
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        for name, text, values in parts:
            if name != "moved" or counts["done"]:
                cursor.execute(text, values)
                counts[name] = cursor.rowcount
    return bool(counts.get("begun"))


DONE = """UPDATE accounts_delivery SET state = %s, reason = %s, not_before = %s, starts = starts - %s, phase = %s,
code = %s, enhanced = %s, owner = %s, lease_until = NULL
WHERE id = %s AND owner = %s AND fence = %s AND state IN ('claimed', 'sending', 'uncertain')"""
BEGUN = """UPDATE accounts_delivery SET state = 'sending', starts = starts + 1, attempts = attempts + 1,
started_at = %s, lease_until = %s, phase = '', code = NULL, enhanced = ''
WHERE id = %s AND state = 'claimed' AND owner = %s AND fence = %s AND lease_until > %s
AND EXISTS (SELECT 1 FROM accounts_subscriber s WHERE s.id = accounts_delivery.subscriber_id AND NOT s.paused)
AND EXISTS (SELECT 1 FROM accounts_subscription s WHERE s.subscriber_id = accounts_delivery.subscriber_id
    AND s.cadence = accounts_delivery.cadence AND s.confirmed_at IS NOT NULL)
AND NOT EXISTS (SELECT 1 FROM accounts_suppression WHERE address_hash = %s)
AND NOT EXISTS (SELECT 1 FROM accounts_postoffice WHERE paused)"""
UNCHANGED = """
AND %s = (SELECT COALESCE(SUM(s.acked_seq), 0) FROM accounts_subscription s
    WHERE s.subscriber_id = accounts_delivery.subscriber_id AND s.confirmed_at IS NOT NULL)"""


def _done(outcome: Outcome) -> tuple[str, list[Any]]:
    delivery, answer = outcome.delivery, outcome.answer
    # Provably not taken: it was never started, for those who count copies.
    taken_back = int(outcome.state == State.PENDING)
    # Who gets the server's answer after the reaper was here may still say so.
    owner = delivery.owner if outcome.state == State.UNCERTAIN else ""
    said = (str(answer.phase), answer.code, answer.enhanced) if answer else ("", None, "")
    when = outcome.not_before and adapted(outcome.not_before)
    change = [str(outcome.state), str(outcome.reason), when, taken_back, *said, owner]
    return DONE, [*change, delivery.pk, delivery.owner, delivery.fence]


def _begun(delivery: Delivery, standing: int | None) -> tuple[str, list[Any]]:
    now = timezone.now()
    text, values = BEGUN, [adapted(delivery.started_at or now), adapted(now + LEASE_SENDING)]
    values += [delivery.pk, delivery.owner, delivery.fence, adapted(now), address_hash(delivery.subscriber.email)]
    if standing is not None:
        # Whoever stops a subscription, or counts another mail as sent, changes what this one should say.
        text, values = text + UNCHANGED, [*values, standing]
    return text, values


def why_not(delivery: Delivery) -> Outcome | None:
    """Why a delivery could not begin, if nobody wants it any more; else it is somebody's, or to be chosen anew."""
    subscriber = delivery.subscriber
    confirmed = Subscription.objects.confirmed().filter(subscriber=subscriber.pk)
    reason = ""
    if is_suppressed(subscriber.email):
        reason = Reason.SUPPRESSED
    elif confirmed.filter(subscriber__paused=True).exists():
        reason = Reason.PAUSED
    elif not confirmed.filter(cadence=delivery.cadence).exists():
        reason = Reason.STOPPED
    return Outcome(delivery, State.UNWANTED, reason) if reason else None


def move_on(delivery: Delivery) -> None:
    """Count what a delivery brought, or would bring now, as dealt with. Call it in the transaction that says so."""
    for pk, was in choose([delivery])[delivery.pk].moved:
        horizon = delivery.digest.horizon
        Subscription.objects.filter(pk=pk, acked_seq=was, acked_seq__lt=horizon).update(acked_seq=horizon)


def reap(now: Moment | None = None) -> int:
    """Take from dead workers what they had; how many mails are newly uncertain.

    What was only claimed is free again. What was being sent is uncertain, and sent once more if that is the policy.
    """
    moment = now or timezone.now()
    over = Delivery.objects.filter(lease_until__lt=moment)
    over.filter(state=State.CLAIMED).update(**FREE)
    lost = over.filter(state=State.SENDING).update(state=State.UNCERTAIN, reason=Reason.DIED, lease_until=None)
    send_again(moment)
    return lost


def send_again(now: Moment) -> None:
    """Where that is the policy, what is uncertain goes back into the queue, unless it was started often enough."""
    if PostOffice.objects.filter(pk=1, when_uncertain=PostOffice.Uncertain.HOLD).exists():
        return
    died = Q(reason=Reason.DIED, starts__lt=MOST_STARTS_AFTER_DEATHS)
    rows = Delivery.objects.filter(Q(starts__lt=MOST_STARTS) | died, state=State.UNCERTAIN)
    rows.update(state=State.PENDING, reason=Reason.AGAIN, not_before=now, owner="")
