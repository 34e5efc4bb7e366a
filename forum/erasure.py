"""Letting erased text leave caches, indexes and files, not only its row.

At once, by whoever erased it: pages that are kept, and on SQLite the log of changes. By the clock, within a minute or
two: what the database only marked as gone.
"""

from __future__ import annotations

import datetime

from django.db import connection
from django.db.models import Q

from forum import page_cache
from forum.clock import this_minute
from forum.kept_pages import forget_shared_pages
from forum.models import Comment, Post

PATIENCE_MS = 200
USUAL_MS = 20_000
# How far back the clock looks when it has just started, and how long after its publication a comment may be edited.
AT_FIRST = datetime.timedelta(hours=1)
EDITABLE = datetime.timedelta(minutes=15)
# Rows of these go only when a text is taken back or changed, so a dead one says that there is something to sweep.
TELLING = ["forum_search", "forum_latercomment"]


class Swept:
    """The minute in which this process last swept up; what was erased in the same minute may have come after."""

    at: datetime.datetime | None = None


def let_erased_text_go() -> None:
    """Forget kept pages with the text, here and in Redis, and empty the log of changes. Call it after the commit."""
    forget_kept_pages()
    empty_write_ahead_log()


def forget_kept_pages() -> None:
    """Forget the pages that are kept here and in Redis: nobody is served one of them again, but a text stands there."""
    page_cache.KEPT.clear()
    forget_shared_pages()


def sweep_up(*, erased: bool = False) -> None:
    """Let the database overwrite or give up what was withdrawn or edited lately. For the clock; safe to run twice.

    `erased`: something was erased just now, of which rows may tell nothing.
    """
    if connection.in_atomic_block:
        return
    now = this_minute()
    if erased or _was_erased_since(Swept.at or now - AT_FIRST) or _is_full_hour(now):
        _optimise_search() if connection.vendor == "sqlite" else _vacuum()
    Swept.at = now
    empty_write_ahead_log()


def empty_write_ahead_log() -> None:
    """On SQLite, move what is committed into the database file and empty the log that still holds older pages.

    `secure_delete` overwrites erased text in the database file, but the write-ahead log keeps it until it is
    used again, on a quiet site for weeks. If somebody is reading or writing just now, the next call does it.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute(f"PRAGMA busy_timeout = {USUAL_MS}")


def _was_erased_since(since: datetime.datetime) -> bool:
    """Whether a text was withdrawn or edited then or later, as far as rows can tell."""
    state = Comment.State
    edited = Q(state=state.HELD) | Q(state=state.PUBLISHED, published_at__gte=since - EDITABLE)
    return (
        _has_dead_rows()
        or Comment.objects.filter(state=state.WITHDRAWN, state_since__gte=since).exists()
        or Comment.objects.filter(edited, edited_at__gte=since).exists()
        or Post.objects.exclude(slug="").filter(updated_at__gte=since).exists()
    )


def _is_full_hour(now: datetime.datetime) -> bool:
    """On PostgreSQL, once an hour, whatever rows tell: a held text that was changed leaves no sign."""
    return connection.vendor == "postgresql" and now.minute == 0


def _has_dead_rows() -> bool:
    """PostgreSQL counts them; on SQLite nothing is left of a row."""
    if connection.vendor == "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_stat_user_tables WHERE relname = ANY(%s) AND n_dead_tup > 0", [TELLING])
        return cursor.fetchone() is not None


def _optimise_search() -> None:
    """FTS5 marks words as gone; merged into one piece, the index has only those that are there."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO forum_search (forum_search) VALUES ('optimize')")


def _vacuum() -> None:
    """Give up the dead rows of every table, with what indexes (and the pending list of the search's) hold of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_stat_user_tables WHERE n_dead_tup > 0")
        for (table,) in cursor.fetchall():
            name = connection.ops.quote_name(table)
            # Another clock at the same table does the same.
            cursor.execute(f"VACUUM (SKIP_LOCKED, INDEX_CLEANUP ON) {name}")
