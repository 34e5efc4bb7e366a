"""Celery's door to the digests. `send_digests` is the other door to the same functions."""

from celery import shared_task

from accounts.digests.delivery import deliver, reap, send_confirmations
from accounts.digests.planning import plan
from accounts.services import purge_unconfirmed


@shared_task
def send_confirmation_mails() -> None:
    """Send the mails with links to confirm that are due."""
    send_confirmations()


@shared_task
def plan_and_send() -> None:
    """One pass: what is due is planned, what is planned is sent. Safe to run twice at once."""
    purge_unconfirmed()
    send_confirmations()
    reap()
    plan()
    deliver()
