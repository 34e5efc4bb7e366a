"""What the clock does for the forum; Celery beat and the digest loop both call this."""

from celery import shared_task

from forum.erasure import sweep_up
from forum.services.autosaves import purge_autosaves
from forum.services.later import release_due_comments
from forum.services.open_thread import open_weekly_thread
from forum.services.posts import publish_due_posts
from forum.services.references import draw_old_looks
from forum.services.tickets import purge_tickets
from forum.services.versions import purge_versions


@shared_task
def keep_time() -> None:
    """Publish posts and comments that are due, open the thread of the week, purge what is over, let erased text
    really go, and draw comments anew that an older release drew.

    Safe to run twice.
    """
    publish_due_posts()
    release_due_comments()
    open_weekly_thread()
    purge_tickets()
    purge_autosaves()
    purge_versions()
    sweep_up()
    draw_old_looks()
