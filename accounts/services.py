"""The verbs of subscribing. A subscriber has no account: the link in the mail is the proof."""

from __future__ import annotations

import datetime
import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.digests.events import seal
from accounts.models import Cadence, Subscriber, Subscription
from forum.clock import this_minute
from forum.models import Post

logger = logging.getLogger(__name__)

MAIL_PAUSE = datetime.timedelta(hours=1)
TIME_TO_CONFIRM = datetime.timedelta(days=7)


@transaction.atomic
def subscribe(*, email: str, post: Post | None, cadence: Cadence) -> None:
    """Note that somebody wants to follow the site or a post, and have a mail sent with the link to confirm.

    Nothing is sent to the address but that mail, at most one an hour, until the link is used. Whoever asks
    learns nothing about whether the address is known.
    """
    subscriber, _ = Subscriber.objects.get_or_create(email=email.strip().lower())
    subscription, is_new = Subscription.objects.get_or_create(
        subscriber=subscriber, post=post, defaults={"cadence": cadence}
    )
    if is_new or subscription.asked_at <= timezone.now() - MAIL_PAUSE:
        subscription.asked_at, subscription.confirmation_due = this_minute(), True
        if subscription.confirmed_at is None:
            subscription.cadence = cadence
        subscription.save()
    transaction.on_commit(ring, robust=True)


@transaction.atomic
def confirm(*, subscription: Subscription) -> None:
    """Begin to send. What was published before is not sent."""
    Subscription.objects.filter(pk=subscription.pk, confirmed_at=None).update(
        confirmed_at=this_minute(), confirmation_due=False, acked_seq=seal()
    )


def change_cadence(*, subscription: Subscription, cadence: Cadence) -> None:
    """Send more or less often; nothing is missed and nothing comes twice."""
    Subscription.objects.filter(pk=subscription.pk).update(cadence=cadence)


@transaction.atomic
def end_subscription(*, subscription: Subscription) -> None:
    """Stop sending, and forget the address if it follows nothing any more."""
    subscriber = subscription.subscriber
    subscription.delete()
    if not subscriber.subscriptions.exists():
        subscriber.delete()


def unsubscribe(*, subscriber_id: int) -> None:
    """Stop everything that is sent to a subscriber, and forget the address. Doing it twice is doing it once."""
    Subscriber.objects.filter(pk=subscriber_id).delete()


@transaction.atomic
def purge_unconfirmed() -> None:
    """Forget addresses whose link was not used within seven days."""
    too_late = timezone.now() - TIME_TO_CONFIRM
    Subscription.objects.filter(confirmed_at=None, asked_at__lt=too_late).delete()
    Subscriber.objects.filter(subscriptions=None).delete()


def ring() -> None:
    """Tell a Celery worker that a mail is due. Optional: the clock finds it within a minute anyway."""
    if not settings.REDIS_URL:
        return
    from accounts.tasks import send_confirmation_mails

    try:
        send_confirmation_mails.delay()
    except (OperationalError, OSError) as error:
        logger.warning("the broker does not answer (%s); mail waits for the next pass", type(error).__name__)
