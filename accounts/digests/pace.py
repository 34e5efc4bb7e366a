"""How fast mail goes out: over all, and to one domain of addresses, however many workers there are.

`DIGEST_RATE` and `DIGEST_DOMAIN_RATE` are mails a second, 0 for no limit. A row says until when all places are taken;
whoever sends takes some behind them, a chunk at a time.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from accounts.digests.reasons import Reason
from accounts.models import Delivery, Pace

Moment = datetime.datetime
ALL = ""
# How far ahead a chunk may take its places; what comes later goes back into the queue until then.
AHEAD = datetime.timedelta(seconds=5)
# After this, a place that was not used is lost; and a row, after this.
KEPT, FORGOTTEN = datetime.timedelta(minutes=1), datetime.timedelta(days=1)


def room(now: Moment, most: int) -> int:
    """How many mails may be taken out of the queue now; at most `most`."""
    if Pace.objects.filter(name=ALL, free_at__gt=now + AHEAD).exists():
        return 0
    rate: float = settings.DIGEST_RATE
    return min(most, math.ceil(rate * AHEAD.total_seconds())) if rate else most


def hold_back(name: str, until: Moment) -> None:
    """Let nothing go to a domain, or, with `ALL`, to anybody, before this moment."""
    if not Pace.objects.filter(name=name, free_at__lt=until).update(free_at=until):
        Pace.objects.get_or_create(name=name, defaults={"free_at": until})


def places(deliveries: Sequence[Delivery], now: Moment) -> tuple[dict[int, Moment], dict[int, Moment]]:
    """When each may go, by its key: those that go with this chunk, and those that are to come back then."""
    by_domain: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        by_domain.setdefault(domain_of(delivery), []).append(delivery)
    held = dict(Pace.objects.filter(name__in=by_domain, free_at__gt=now).values_list("name", "free_at"))
    times: dict[int, Moment] = {}
    for domain, group in by_domain.items():
        new = [delivery for delivery in group if not _has_place(delivery, now)]
        times |= {delivery.pk: now for delivery in group}
        if new and settings.DIGEST_DOMAIN_RATE:
            taken = take(domain, len(new), settings.DIGEST_DOMAIN_RATE, now)
            times |= {delivery.pk: at for delivery, at in zip(new, taken, strict=True)}
        elif domain in held:
            times |= {delivery.pk: held[domain] for delivery in new}
    going = {pk: at for pk, at in times.items() if at <= now + AHEAD}
    waiting = {pk: at for pk, at in times.items() if pk not in going}
    if going and settings.DIGEST_RATE:
        of_all = take(ALL, len(going), settings.DIGEST_RATE, now)
        going = {pk: max(at, free) for (pk, at), free in zip(going.items(), of_all, strict=True)}
    return going, waiting


@transaction.atomic
def take(name: str, count: int, rate: float, now: Moment) -> list[Moment]:
    """The next `count` places of a row, `rate` to a second."""
    row, _ = Pace.objects.select_for_update().get_or_create(name=name, defaults={"free_at": now})
    start, gap = max(row.free_at, now), datetime.timedelta(seconds=1 / rate)
    Pace.objects.filter(pk=row.pk).update(free_at=start + count * gap)
    return [start + at * gap for at in range(count)]


def forget(now: Moment) -> None:
    """The rows say to which domains mail goes."""
    Pace.objects.filter(free_at__lt=now - FORGOTTEN).delete()


def domain_of(delivery: Delivery) -> str:
    return delivery.subscriber.email.rpartition("@")[2].lower()


def _has_place(delivery: Delivery, now: Moment) -> bool:
    came_back = delivery.reason == Reason.PACED and delivery.not_before is not None
    return came_back and delivery.not_before > now - KEPT  # type: ignore[operator]
