"""Celery's door to the digests: bells that may be lost, late or rung twice. `send_digests` is the other door."""

from __future__ import annotations

import datetime
import logging

from celery import Task, shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.digests import ledger, pace
from accounts.digests.confirmations import send_confirmations
from accounts.digests.delivery import drain
from accounts.digests.planning import plan, supersede
from accounts.services import purge
from forum.memory import Silence

logger = logging.getLogger(__name__)

# Seconds. One that waits longer is not needed: those before it are at work. Else they would pile up before the clock's.
BELL_LASTS = 30


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
    pace.forget(timezone.now())
    asked, lost, planned = send_confirmations(), ledger.reap(), plan(moment)
    supersede(moment)
    if planned:
        ring(send_mail, now)
    sent = drain(now=moment)
    # Each tick while a long run lasts finds that somebody is at it already.
    if sent and ledger.waiting(moment or timezone.now()).exists() and not ledger.is_anybody_at_it():
        ring(send_mail, now)
    return f"{planned} planned, {sent} sent, {lost} newly uncertain, {asked} asked to confirm"


@shared_task
def send_mail(now: str | None = None) -> None:
    """Send what is planned, beside others who do; as long as there is something to send, it calls itself again."""
    moment = datetime.datetime.fromisoformat(now) if now else timezone.now()
    if drain(now=moment) and ledger.waiting(moment).exists():
        ring(send_mail, now)


def ring(task: Task[..., object], *arguments: object) -> None:
    """Tell a Celery worker that there is something to do. Optional: the clock finds it within a minute anyway."""
    if not settings.REDIS_URL or Silence.lasts():
        return
    try:
        task.apply_async(arguments, expires=BELL_LASTS)
    except (OperationalError, OSError) as error:
        Silence.begins(error)
