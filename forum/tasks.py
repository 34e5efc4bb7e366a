"""What the clock does for the forum; Celery beat and the digest loop both call this."""

from celery import shared_task
from django.db import DatabaseError

from forum.erasure import sweep_up
from forum.services.autosaves import purge_autosaves
from forum.services.away import look_whether_away
from forum.services.later import release_due_comments
from forum.services.open_thread import open_weekly_thread
from forum.services.posts import publish_due_posts
from forum.services.references import draw_old_looks
from forum.services.tickets import purge_tickets
from forum.services.versions import purge_versions
from forum.signals import clock_ticked


@shared_task
def keep_time() -> None:
    """Publish posts and comments that are due, open the thread of the week, say whether moderators are away, purge
    what is over here and in other apps, let erased text really go, and draw comments anew that an older release drew.

    Safe to run twice.
    """
    publish_due_posts()
    release_due_comments()
    open_weekly_thread()
    look_whether_away()
    purge_tickets()
    purge_autosaves()
    purge_versions()
    sweep_up(erased=_tell_others())
    draw_old_looks()


def _tell_others() -> bool:
    """Let other apps do what is due; whether one of them erased a text.

    What fails there is logged by the signal; a database that does not answer is the caller's matter.
    """
    answers = [answer for _, answer in clock_ticked.send_robust(None)]
    for answer in answers:
        if isinstance(answer, DatabaseError):
            raise answer
    return True in answers
