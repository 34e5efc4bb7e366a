"""Which digest is due, and who gets it.

Readers choose the hour and the weekday, or leave both to the site. Each choice is a slot with digests of its own; the
site's is the empty one, so that it may move while the others stand still.
"""

from __future__ import annotations

import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q
from django.utils import timezone

from accounts.digests.events import seal
from accounts.digests.reasons import Reason
from accounts.digests.recipients import deliver_to
from accounts.models import Cadence, Delivery, Digest, DigestEvent, Subscriber, Subscription
from forum.clock import last_time
from forum.models import SiteSettings
from forum.site import current

# How long the newest thing rests before it is sent "at once": what follows comes along, and moderators can act.
COOL_OFF = datetime.timedelta(minutes=5)
# A digest that could not be sent for so long is left to the next one.
TOO_LATE = {
    Cadence.AT_ONCE: datetime.timedelta(hours=6),
    Cadence.DAILY: datetime.timedelta(hours=20),
    Cadence.WEEKLY: datetime.timedelta(hours=72),
}
# When those who were left out of what is sent at once have another chance, where nothing new happened meanwhile.
ANOTHER_CHANCE = datetime.timedelta(days=1)


class Choice(NamedTuple):
    """An hour and a weekday that readers chose; None is the site's own."""

    hour: int | None = None
    weekday: int | None = None

    @property
    def slot(self) -> str:
        """As `Digest.slot` has it: "07", "0 07", "0" where only the weekday was chosen; empty for the site's own.

        `in_words` reads it.
        """
        weekday = [] if self.weekday is None else [str(self.weekday)]
        return " ".join(weekday + ([] if self.hour is None else [f"{self.hour:02d}"]))

    def of(self, cadence: Cadence) -> Choice:
        """What of it matters: the day of a daily digest is every day."""
        return Choice(self.hour, self.weekday if cadence == Cadence.WEEKLY else None)


SITES_OWN = Choice()


def in_words(slot: str) -> str:
    """`07:00`, `Monday 07:00`, `Monday`; nothing for the site's own, or where it is sent at once."""
    return " ".join(SiteSettings.Weekday(int(part)).label if len(part) == 1 else f"{part}:00" for part in slot.split())


def latest_slot(cadence: str, now: datetime.datetime, choice: Choice = SITES_OWN) -> datetime.datetime:
    """The last moment at or before `now` at which this cadence is sent to those who chose so."""
    site = current()
    hour = site.digest_hour if choice.hour is None else choice.hour
    weekday = site.digest_weekday if choice.weekday is None else choice.weekday
    return last_time(now, datetime.time(hour), weekday if cadence == Cadence.WEEKLY else None)


def period_of(cadence: str, slot: datetime.datetime) -> str:
    """The name of the period that a slot closes."""
    year, week, _ = slot.isocalendar()
    return slot.date().isoformat() if cadence == Cadence.DAILY else f"{year}-W{week:02d}"


def plan(now: datetime.datetime | None = None) -> int:
    """Plan the digests that are due at `now` and not planned yet; how many deliveries there are.

    After days without a pass only the latest slot is planned: one digest with all that was missed, not one
    for each day.

    One digest for each day or ISO week, whatever hour and weekday are chosen when it is due. So a change that moves
    the site's slot back brings this period's digest at once, if it has not gone yet; one that moves it forward brings
    the next period's at the new time.
    """
    moment = now or timezone.now()
    chosen = {Choice(*pair) for pair in Subscriber.objects.values_list("hour", "weekday").distinct()} | {SITES_OWN}
    slots = {(cadence, choice.of(cadence)) for cadence in (Cadence.DAILY, Cadence.WEEKLY) for choice in chosen}
    return sum(_plan(cadence, moment, choice) for cadence, choice in slots) + plan_at_once(moment)


def _plan(cadence: Cadence, now: datetime.datetime, choice: Choice) -> int:
    slot = latest_slot(cadence, now, choice)
    period = period_of(cadence, slot)
    # A later hour, set today, must not bring yesterday's digest after today's.
    today = period_of(cadence, timezone.localtime(now))
    if Digest.objects.filter(cadence=cadence, slot=choice.slot, period__gte=period, period__lte=today).exists():
        return 0
    horizon = seal()
    with transaction.atomic():
        # Of two planners one makes the row, and the other waits for it.
        digest, mine = Digest.objects.get_or_create(
            cadence=cadence, period=period, slot=choice.slot, defaults={"horizon": horizon, "planned_at": now}
        )
        chose = choice._asdict() if cadence == Cadence.WEEKLY else {"hour": choice.hour}
        return deliver_to(digest, chose, before=slot, until=today) if mine else 0


@transaction.atomic
def plan_at_once(now: datetime.datetime | None = None) -> int:
    """Plan what is sent as it happens, up to the first event that has not rested yet; how many deliveries there are.

    A digest in `COOL_OFF` at most, however much happens.
    """
    moment = now or timezone.now()
    following = Subscription.objects.confirmed().filter(cadence=Cadence.AT_ONCE, subscriber__paused=False)
    furthest_back = following.aggregate(least=Min("acked_seq"))["least"]
    if furthest_back is None:
        return 0
    newest = Digest.objects.filter(cadence=Cadence.AT_ONCE, planned_at__lte=moment).order_by("-horizon").first()
    if newest and newest.planned_at > moment - COOL_OFF:
        return 0
    # Sealing makes planners wait for each other to the end.
    horizon = _rested(moment, max(newest.horizon if newest else 0, furthest_back), seal())
    if horizon <= furthest_back:
        return 0
    return _plan_up_to(horizon, moment)


def _plan_up_to(horizon: int, moment: datetime.datetime) -> int:
    period = f"to {horizon}"
    if Digest.objects.filter(period=period, planned_at__lte=moment - ANOTHER_CHANCE).exists():
        period += f" {timezone.localdate(moment).isoformat()}"
    digest, mine = Digest.objects.get_or_create(
        cadence=Cadence.AT_ONCE, period=period, slot="", defaults={"horizon": horizon, "planned_at": moment}
    )
    planned = deliver_to(digest, {}, before=moment, until="")
    if mine and not planned:
        digest.delete()
    return planned


def _rested(now: datetime.datetime, from_seq: int, sealed: int) -> int:
    """The highest number below that of the first event which is younger than `COOL_OFF`."""
    events = DigestEvent.objects.filter(seq__gt=from_seq)
    since = now - COOL_OFF
    comments = Q(comment__published_at__gt=since)
    others = Q(comment=None, update__posted_at__gt=since) | Q(comment=None, update=None, post__published_at__gt=since)
    young = events.filter(comments | others).aggregate(first=Min("seq"))["first"]
    return sealed if young is None else young - 1


def supersede(now: datetime.datetime | None = None) -> int:
    """Leave to the next digest what comes too late, and what a newer one has overtaken; how many deliveries."""
    moment = now or timezone.now()
    late = Q()
    for cadence, longest in TOO_LATE.items():
        late |= Q(cadence=cadence, digest__planned_at__lt=moment - longest)
    pending = Delivery.objects.filter(state=Delivery.State.PENDING)
    newer_digest = Digest.objects.filter(cadence=OuterRef("cadence"), pk__gt=OuterRef("digest"))
    newer = Delivery.objects.filter(
        subscriber=OuterRef("subscriber"), cadence=OuterRef("cadence"), digest__gt=OuterRef("digest")
    )
    return pending.filter(late).update(state=Delivery.State.SUPERSEDED, reason=Reason.LATE) + pending.filter(
        Exists(newer_digest), Exists(newer)
    ).update(state=Delivery.State.SUPERSEDED, reason=Reason.OVERTAKEN)
