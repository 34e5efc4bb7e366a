"""What the page of a thread is made of, as facts that one query reads: the same facts, the same page.

Two counters stand for all that writers change: `Post.thread_version`, raised with the post's lock (forum/tree.py),
and one that all posts share, for what a page shows of other posts: comments that it quotes, titles of posts that
feature its comments. Counters of the posts concerned would need locks on several posts at once, which two writers
can take in opposite orders, and would miss a quotation that is being saved at that very moment.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection
from django.db.models import F
from django.utils import timezone

from forum.models import Post, SharedVersion, SiteSettings
from forum.site import shown
from forum.statements import cursor_that_prepares

READABLE = {Post.State.PUBLISHED.value, Post.State.WITHDRAWN.value}
# Asked for each page that is served, so it does without the third of a millisecond that the ORM takes.
FACTS = """
SELECT post.id, post.thread_version, post.state,
  post.comments_open AND (post.comments_close_at IS NULL OR post.comments_close_at > %s),
  COALESCE(shared.version, 0), settings.name, settings.tagline,
  settings.voices_by_default, settings.later_for_all, settings.comments, settings.away
FROM forum_post post
LEFT JOIN forum_sharedversion shared ON shared.id = 1
LEFT JOIN forum_sitesettings settings ON settings.id = 1
WHERE post.year = %s AND post.month = %s AND post.slug = %s
"""


class Facts(NamedTuple):
    """All that the page for anonymous readers depends on; a setting is None where the owner has set none."""

    post_id: int
    thread_version: int
    state: str
    takes_comments: bool
    shared_version: int
    site_name: str | None
    site_tagline: str | None
    voices_by_default: bool | None
    later_for_all: bool | None
    comments: str | None
    away: bool | None

    @property
    def site_settings(self) -> SiteSettings:
        """Those of the site's settings that the page shows."""
        names = self.site_name, self.site_tagline
        return shown(*names, self.voices_by_default, self.later_for_all, self.comments, self.away)


def read_facts(year: int, month: int, slug: str) -> Facts | None:
    """The facts as they are committed now; None if readers find no post at this permalink."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with cursor_that_prepares() as cursor:
        cursor.execute(FACTS, [now, year, month, slug])
        row = cursor.fetchone()
    return Facts(*row) if row and row[2] in READABLE else None


def raise_shared() -> None:
    """Say that something changed which pages of other posts may show: each is made anew when it is asked for.

    Call it last, inside the transaction that makes the change: others who change something wait from here on.
    """
    raised = {"version": F("version") + 1}
    if not SharedVersion.objects.filter(pk=1).update(**raised):
        SharedVersion.objects.bulk_create([SharedVersion(pk=1)], ignore_conflicts=True)
        SharedVersion.objects.filter(pk=1).update(**raised)
