"""Which digest is due, and who gets it."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.digests.events import seal
from accounts.models import Cadence, Delivery, Digest, DigestEvent, Subscriber, Subscription
from forum.clock import last_time
from forum.site import current

OF_SUBSCRIBER = OuterRef("pk")


def latest_slot(cadence: str, now: datetime.datetime) -> datetime.datetime:
    """The last moment at or before `now` at which this cadence is sent: the hour and weekday of the settings."""
    site = current()
    weekday = site.digest_weekday if cadence == Cadence.WEEKLY else None
    return last_time(now, datetime.time(site.digest_hour), weekday)


def period_of(cadence: str, slot: datetime.datetime) -> str:
    """The name of the period that a slot closes."""
    year, week, _ = slot.isocalendar()
    return slot.date().isoformat() if cadence == Cadence.DAILY else f"{year}-W{week:02d}"


def plan(now: datetime.datetime | None = None) -> int:
    """Plan the digests that are due at `now` and not planned yet; how many deliveries there are.

    After days without a pass only the latest slot is planned: one digest with all that was missed, not one
    for each day.

    One digest for each day or ISO week, whatever hour and weekday the settings name when it is due. So a change
    that moves the slot back brings this period's digest at once, if it has not gone yet; one that moves it
    forward brings the next period's at the new time.
    """
    moment = now or timezone.now()
    return sum(_plan(cadence, moment) for cadence in (Cadence.DAILY, Cadence.WEEKLY))


@transaction.atomic
def _plan(cadence: str, now: datetime.datetime) -> int:
    slot = latest_slot(cadence, now)
    period = period_of(cadence, slot)
    # A later hour, set today, must not bring yesterday's digest after today's.
    today = period_of(cadence, timezone.localtime(now))
    planned = Digest.objects.filter(cadence=cadence, period__gte=period, period__lte=today)
    if planned.exists():
        return 0
    # Sealing makes planners wait for each other, so another may just have done it.
    horizon = seal()
    if planned.exists():
        return 0
    digest = Digest.objects.create(cadence=cadence, period=period, horizon=horizon, planned_at=timezone.now())
    # Locked: who unsubscribes at this moment waits, and takes the new delivery along.
    due = Subscriber.objects.filter(Exists(_due(digest, slot))).order_by("pk").select_for_update(no_key=True)
    subscribers = list(due.values_list("pk", flat=True))
    # An older digest that never left is overtaken: this one brings its content too.
    overtaken = Delivery.objects.filter(digest__cadence=cadence, state=Delivery.State.PENDING)
    overtaken.filter(Exists(_due(digest, slot, OuterRef("subscriber")))).update(state=Delivery.State.SUPERSEDED)
    deliveries = [Delivery(digest=digest, subscriber_id=pk, cadence=cadence, period=period) for pk in subscribers]
    Delivery.objects.bulk_create(deliveries, batch_size=1000)
    return len(deliveries)


def _due(digest: Digest, slot: datetime.datetime, who: OuterRef = OF_SUBSCRIBER) -> QuerySet[Subscription]:
    """Subscriptions of the outer subscriber that were confirmed before the slot and have something new."""
    news = DigestEvent.objects.filter(seq__gt=OuterRef("acked_seq"), seq__lte=digest.horizon)
    of_their_post = news.filter(post=OuterRef("post"))
    return (
        Subscription.objects.confirmed()
        .filter(subscriber=who, cadence=digest.cadence, confirmed_at__lt=slot)
        .filter(Q(Exists(news), post=None) | Q(Exists(of_their_post)))
    )


def move_on(subscriptions: list[Subscription], horizon: int) -> None:
    """Count everything up to `horizon` as dealt with, for these subscriptions."""
    ids = [subscription.pk for subscription in subscriptions]
    Subscription.objects.filter(pk__in=ids, acked_seq__lt=horizon).update(acked_seq=horizon)
