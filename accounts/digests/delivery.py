"""Sending, so that a crash at any moment loses nothing and repeats as little as SMTP allows.

A delivery becomes SENDING in a commit of its own just before the mail server is spoken to, and SENT in another
straight after it said yes. What was provably not taken is tried again later; what may have been taken is
UNCERTAIN and not sent again by itself.
"""

from __future__ import annotations

import datetime
import logging
import time

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.digests.planning import move_on
from accounts.digests.rendering import confirmation_mail, digest_mail, news_for
from accounts.models import Delivery, Subscriber, Subscription
from forum.mail import NoServer, NotTaken, Rejected, send

logger = logging.getLogger(__name__)

State = Delivery.State
LEASE = datetime.timedelta(minutes=15)
# Between two mails that ask one address to confirm.
MAIL_PAUSE = datetime.timedelta(days=1)
# A pass ends before the next tick, so that nothing else waits long behind it.
LONGEST_PASS = 50.0
PAUSES = [datetime.timedelta(minutes=minutes) for minutes in (5, 15, 60, 240)]


def deliver(now: datetime.datetime | None = None) -> int:
    """Send what is planned and not put off; how many mails the server took.

    A pass ends after 50 seconds, and at once where there is no server; the next one goes on.
    """
    moment = now or timezone.now()
    end = time.monotonic() + LONGEST_PASS
    sent = 0
    waiting = _sendable(moment).select_related("digest", "subscriber").order_by("pk")
    for delivery in waiting:
        if time.monotonic() > end or (outcome := _deliver(delivery, moment)) is None:
            break
        sent += outcome
    return sent


def _sendable(moment: datetime.datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(Q(not_before=None) | Q(not_before__lte=moment), state=State.PENDING)


def _deliver(delivery: Delivery, moment: datetime.datetime) -> bool | None:
    """Send one digest if it is still wanted and nobody else is at it; None where there is no server to talk to."""
    if not _claim(delivery, moment):
        return False
    horizon = delivery.digest.horizon
    # Read after the claim: the digest before this one may have been sent a moment ago.
    subscriptions = list(
        Subscription.objects.confirmed().filter(
            subscriber=delivery.subscriber_id, cadence=delivery.digest.cadence, acked_seq__lt=horizon
        )
    )
    try:
        news = news_for(subscriptions, delivery.digest) if subscriptions else []
        message = digest_mail(delivery.subscriber, delivery.digest, news) if news else None
    except Exception as error:  # noqa: BLE001 - one mail that cannot be written must not stop the others
        _change(delivery, State.SENDING, state=State.FAILED)
        logger.error("delivery %s cannot be rendered (%s)", delivery.pk, type(error).__name__)
        return False
    if message is None:
        return _finish(delivery, State.EMPTY, subscriptions) and False
    return _send_claimed(delivery, message, subscriptions)


def _send_claimed(delivery: Delivery, message: EmailMessage, subscriptions: list[Subscription]) -> bool | None:
    try:
        send(message)
    except NotTaken as error:
        _put_off(delivery, error)
        return None if isinstance(error, NoServer) else False
    except Rejected:
        _change(delivery, State.SENDING, state=State.FAILED)
        logger.warning("delivery %s: the mail server rejects it", delivery.pk)
        return False
    except Exception as error:  # noqa: BLE001 - whatever broke, the server may have the mail
        _change(delivery, State.SENDING, state=State.UNCERTAIN)
        logger.warning("delivery %s is uncertain (%s)", delivery.pk, type(error).__name__)
        return False
    return _finish(delivery, State.SENT, subscriptions)


@transaction.atomic
def _finish(delivery: Delivery, state: str, subscriptions: list[Subscription]) -> bool:
    """Note that a delivery is dealt with, and move its subscriptions on, in one commit."""
    _change(delivery, State.SENDING, state=state)
    move_on(subscriptions, delivery.digest.horizon)
    return True


def _claim(delivery: Delivery, moment: datetime.datetime) -> bool:
    """Commit that sending begins. Of several workers one gets True; none while the last digest is on its way."""
    on_its_way = Delivery.objects.filter(
        subscriber=OuterRef("subscriber"), digest__cadence=delivery.digest.cadence, state=State.SENDING
    )
    claimed = _sendable(moment).filter(~Exists(on_its_way), pk=delivery.pk)
    return claimed.update(state=State.SENDING, started_at=timezone.now(), attempts=F("attempts") + 1) == 1


def _change(delivery: Delivery, was: str, **fields: object) -> bool:
    return Delivery.objects.filter(pk=delivery.pk, state=was).update(**fields) == 1


def _put_off(delivery: Delivery, error: NotTaken) -> None:
    """Try again later; the pauses grow, and the last one repeats until the next digest overtakes this one."""
    logger.info("delivery %s: not taken (%s)", delivery.pk, type(error.__cause__).__name__)
    not_before = timezone.now() + PAUSES[min(delivery.attempts, len(PAUSES) - 1)]
    _change(delivery, State.SENDING, state=State.PENDING, not_before=not_before)


def reap() -> int:
    """Mark what a dead process left in SENDING; how many there were. `send_digests` counts them for a person."""
    stale = Delivery.objects.filter(state=State.SENDING, started_at__lt=timezone.now() - LEASE)
    return stale.update(state=State.UNCERTAIN)


def send_confirmations() -> int:
    """Send the mails with links to confirm. Claimed before sending: at most one a day to an address."""
    now, sent = timezone.now(), 0
    due = Subscriber.objects.filter(Q(mail_not_before=None) | Q(mail_not_before__lte=now), mail_due=True)
    for subscriber in due.order_by("pk"):
        mine = due.filter(pk=subscriber.pk).update(mail_due=False, mail_not_before=now + MAIL_PAUSE)
        if not mine:
            continue
        try:
            send(confirmation_mail(subscriber))
            sent += 1
        except NoServer:
            Subscriber.objects.filter(pk=subscriber.pk).update(mail_due=True, mail_not_before=None)
            return sent
        except NotTaken as error:
            # As new addresses often are, by servers that first let strangers wait.
            logger.info("subscriber %s: not taken (%s)", subscriber.pk, type(error.__cause__).__name__)
            later = now + PAUSES[0]
            Subscriber.objects.filter(pk=subscriber.pk).update(mail_due=True, mail_not_before=later)
        except Exception as error:  # noqa: BLE001 - one address must not stop the others
            logger.warning("subscriber %s: no mail to confirm (%s)", subscriber.pk, type(error).__name__)
    return sent
