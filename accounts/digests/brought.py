"""What came by a subscription that has ended since, for the others of the same person."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from accounts.models import Brought, Subscription

WHAT = ("label_id", "post_id", "thread_id", "updates_only", "from_seq", "acked_seq")


def remember(ending: Subscription) -> None:
    """Note what a subscription brought, if others of the same person may have it before them."""
    others = Subscription.objects.confirmed().filter(subscriber=ending.subscriber_id, acked_seq__lt=ending.acked_seq)
    if ending.confirmed_at and ending.from_seq < ending.acked_seq and others.exists():
        facts = {name: getattr(ending, name) for name in WHAT}
        Brought.objects.create(subscriber_id=ending.subscriber_id, **facts)


def forget_brought() -> None:
    """Forget what all have passed."""
    behind = Subscription.objects.filter(subscriber=OuterRef("subscriber"), acked_seq__lt=OuterRef("acked_seq"))
    Brought.objects.filter(~Exists(behind.filter(confirmed_at__isnull=False))).delete()
