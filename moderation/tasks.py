"""Celery's door to the mails to the staff; the clock of the site is the other one (moderation/receivers.py)."""

from celery import shared_task

from moderation.services.staff_mails import tell_staff


@shared_task
def send_staff_mails() -> None:
    """Send the mails to the staff that are due."""
    tell_staff()
