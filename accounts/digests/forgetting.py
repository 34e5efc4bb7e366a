"""Forgetting who was sent what. How many deliveries ended in which state stays with the digest."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from accounts.models import Delivery, Digest

KEPT = datetime.timedelta(days=60)


def tally(digests: Iterable[Digest]) -> dict[int, Counter[str]]:
    """By the key of each digest how many deliveries are or ended in which state, the forgotten ones included."""
    found: dict[int, Counter[str]] = {digest.pk: Counter(digest.counts) for digest in digests}
    live = Delivery.objects.filter(digest__in=found).order_by().values_list("digest", "state")
    for pk, state, number in live.annotate(number=Count("pk")):
        found[pk][state] += number
    return found


def forget_subscriber(subscriber_id: int) -> None:
    """Forget what was sent to somebody."""
    _forget("subscriber_id", subscriber_id)


def forget_old(now: datetime.datetime | None = None) -> None:
    """Forget the deliveries of digests that were planned 60 days ago; each digest in a commit of its own."""
    long_ago = (now or timezone.now()) - KEPT
    old = Digest.objects.filter(Exists(Delivery.objects.filter(digest=OuterRef("pk"))), planned_at__lt=long_ago)
    for pk in list(old.values_list("pk", flat=True)):
        _forget("digest_id", pk)


@transaction.atomic
def _forget(column: str, pk: int) -> None:
    """Delete and count in one statement: what a worker changes meanwhile is counted as one or the other."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM accounts_delivery WHERE {column} = %s RETURNING digest_id, state", [pk])  # noqa: S608
        gone = Counter(cursor.fetchall())
    digests = Digest.objects.filter(pk__in={digest for digest, _ in gone})
    for digest in digests.order_by("pk").select_for_update(no_key=True):
        its = Counter({state: number for (of, state), number in gone.items() if of == digest.pk})
        Digest.objects.filter(pk=digest.pk).update(counts=Counter(digest.counts) + its)
