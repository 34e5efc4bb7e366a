"""The mails with links to confirm: a lane of their own, so that no long run keeps a new reader waiting."""

from __future__ import annotations

import datetime
import logging

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.digests import post_office
from accounts.digests.asking import confirmation_mail
from accounts.digests.reasons import Reason
from accounts.digests.suppression import suppress
from accounts.models import Subscriber, Subscription
from forum.mail import Carrier, NoServer, NotTaken, Rejected, carrier, send
from forum.smtp import Verdict

logger = logging.getLogger(__name__)

# Between two mails that ask one address to confirm, whatever is asked in between.
MAIL_PAUSE = datetime.timedelta(days=1)
# Until one that was not taken is tried again, as servers want that first let strangers wait.
SHORT_PAUSE = datetime.timedelta(minutes=5)


def send_confirmations() -> int:
    """Send the mails with links to confirm that are due; how many the server took.

    Each is claimed before it is sent, so no address gets two within a day; where the process dies in between, it is
    sent a day later.
    """
    now, sent = timezone.now(), 0
    due = Subscriber.objects.filter(Q(mail_not_before=None) | Q(mail_not_before__lte=now), mail_due=True)
    waiting = list(due.order_by("pk"))
    if not waiting or not post_office.may_ask_to_confirm():
        return 0
    through = carrier()
    try:
        for subscriber in waiting:
            if due.filter(pk=subscriber.pk).update(mail_not_before=now + MAIL_PAUSE):
                sent += _send(subscriber, through)
    except NoServer:
        logger.info("no mail server; the mails that ask to confirm wait")
    finally:
        through.close()
    return sent


def _send(subscriber: Subscriber, through: Carrier) -> bool:
    """Send one that was claimed.

    Raises:
        NoServer: there is none to talk to; nothing else needs to be tried now.
    """
    row = Subscriber.objects.filter(pk=subscriber.pk)
    listed = list(subscriber.subscriptions.waiting().values_list("pk", flat=True))
    asked_since = Exists(Subscription.objects.waiting().filter(subscriber=OuterRef("pk")).exclude(pk__in=listed))
    try:
        send(confirmation_mail(subscriber), through)
    except NoServer:
        row.update(mail_not_before=None)
        raise
    except NotTaken as error:
        logger.info("subscriber %s: not taken (%s)", subscriber.pk, error)
        row.update(mail_not_before=timezone.now() + SHORT_PAUSE)
        return False
    except Exception as error:  # noqa: BLE001 - one address must not stop the others
        logger.warning("subscriber %s: no mail to confirm (%s)", subscriber.pk, type(error).__name__)
        if isinstance(error, Rejected) and error.answer.verdict == Verdict.DEAD:
            suppress(subscriber.email, Reason.DEAD)
        row.exclude(asked_since).update(mail_due=False)
        return False
    row.exclude(asked_since).update(mail_due=False)
    return True
