"""The link that shows and changes everything for an hour: mailed to whoever opened a link of an earlier mail."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Subscriber
from accounts.services import ring
from forum.memory import first

# A mail that was forwarded must not let its reader fill somebody's mailbox.
PAUSE = 15 * 60


@transaction.atomic
def send_fresh_link(subscriber: Subscriber) -> None:
    """Have a mail with such a link sent, at most one in a quarter of an hour.

    While something waits to be confirmed, the mail asks for that; the link can then be asked for once more.
    """
    waits = subscriber.subscriptions.waiting().exists()
    if not first(f"fresh-link:{subscriber.pk}:{int(waits)}", seconds=PAUSE):
        return
    Subscriber.objects.filter(pk=subscriber.pk).update(mail_due=True, mail_not_before=None)
    transaction.on_commit(ring, robust=True)
