"""What the clock does for the forum; Celery beat and the digest loop both call these."""

from celery import shared_task

from forum.services.posts import publish_due_posts
from forum.services.tickets import purge_tickets


@shared_task
def keep_time() -> None:
    """Publish what is due and purge the tickets whose time is over. Safe to run twice, or late."""
    publish_due_posts()
    purge_tickets()
