"""Celery's door to the digests. `send_digests` is the other door to the same functions."""

from __future__ import annotations

import datetime

from celery import shared_task

from accounts.digests.delivery import deliver, reap, send_confirmations
from accounts.digests.planning import plan
from accounts.services import purge


@shared_task
def send_confirmation_mails() -> None:
    """Send the mails with links to confirm that are due."""
    send_confirmations()


@shared_task
def plan_and_send(now: str | None = None) -> str:
    """One pass: what is due is planned, what is planned is sent; a line about it. Safe to run twice at once.

    `now`, in ISO 8601, plans as if it were that moment.
    """
    moment = datetime.datetime.fromisoformat(now) if now else None
    purge()
    asked, lost = send_confirmations(), reap()
    planned, sent = plan(moment), deliver(moment)
    return f"{planned} planned, {sent} sent, {lost} newly uncertain, {asked} asked to confirm"
