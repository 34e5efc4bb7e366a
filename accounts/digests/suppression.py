"""Addresses that get no mail any more. What is kept of them is a keyed hash, so it outlives them."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Subscriber, Subscription, Suppression
from accounts.same_address import normalised
from forum.clock import this_minute


def address_hash(email: str) -> str:
    """What `Suppression` knows an address by; without the site's key it cannot be tried out."""
    return salted_hmac("accounts.suppression", normalised(email), algorithm="sha256").hexdigest()


@transaction.atomic
def suppress(email: str, reason: str) -> None:
    """Send nothing to an address any more, whatever it follows.

    What it follows waits as if it had never been confirmed, and is forgotten like that. Its holder may ask and confirm
    anew: the mail for that is the only one that goes there.
    """
    Suppression.objects.update_or_create(
        address_hash=address_hash(email), defaults={"reason": reason, "suppressed_at": timezone.now()}
    )
    subscriber = Subscriber.objects.filter(email=normalised(email))
    subscriber.update(mail_due=False)
    Subscription.objects.filter(subscriber__in=subscriber).update(confirmed_at=None, asked_at=this_minute())


def is_suppressed(email: str) -> bool:
    """Whether nothing is sent to an address."""
    return Suppression.objects.filter(address_hash=address_hash(email)).exists()


def lift(email: str) -> None:
    """Send to an address again: its holder asked and confirmed."""
    Suppression.objects.filter(address_hash=address_hash(email)).delete()
