"""Withdrawn and edited text leaves files, indexes and kept pages, also while somebody is reading."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import connection

from forum import page_cache
from forum.clock import this_minute
from forum.erasure import Swept, sweep_up
from forum.memory import RedisOrMemory
from forum.models import Comment
from forum.services.comments import withdraw_comment
from tests.scenery import make_post, write, write_with_code

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _just_started():
    Swept.at = None


def database_files() -> dict[str, bytes]:
    """The database file and its log of changes."""
    name = str(connection.settings_dict["NAME"])
    return {path: Path(path).read_bytes() for path in (name, f"{name}-wal") if Path(path).exists()}


def places_of(word: str) -> list[str]:
    """Where a word stands: in files on SQLite, in rows (and as a word of the index) on PostgreSQL."""
    if connection.vendor == "sqlite":
        return [path for path, content in database_files().items() if word.encode() in content]
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [table for (table,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{word}%"])
            found += [table] * (cursor.fetchone()[0] > 0)
        return found


def last_vacuum(table: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute("SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = %s", [table])
        return cursor.fetchone()[0]


def dead_rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = %s", [table])
        return int(cursor.fetchone()[0])


def edit(comment: Comment, text: str) -> None:
    """As the author would: the row has the new text, and says when."""
    Comment.objects.filter(pk=comment.pk).update(source=text, html=text, fragment="", edited_at=this_minute())


@pytest.mark.parametrize("way", ["withdrawn", "edited"])
def test_no_word_is_left_after_the_clock(way):
    post = make_post()
    write(post, "Something that stays.")
    comment, code = write_with_code(post, "The quokkaword was here.")
    assert places_of("quokkaword")
    if way == "withdrawn":
        withdraw_comment(code=code)
    else:
        edit(comment, "Another word.")
    sweep_up()
    assert places_of("quokkaword") == []


def test_a_reader_in_the_middle_only_puts_it_off():
    """On SQLite, pages that somebody may still read stay in the log; the clock comes again."""
    if connection.vendor != "sqlite":
        return
    post = make_post()
    _, code = write_with_code(post, "The quokkaword was here.")
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM forum_comment").fetchone()
        withdraw_comment(code=code)
        sweep_up()
        assert places_of("quokkaword"), "else there is nothing to put off"
        reader.execute("ROLLBACK")
    sweep_up()
    assert places_of("quokkaword") == []


def test_tables_that_held_withdrawn_text_are_vacuumed_and_others_left_alone():
    if connection.vendor != "postgresql":
        return
    post = make_post()
    write(post, "Something that stays.")
    settle()
    sweep_up()
    Swept.at = None
    before = last_vacuum("forum_comment")
    _, code = write_with_code(post, "The quokkaword was here.")
    withdraw_comment(code=code)
    settle()
    sweep_up()
    settle()
    assert last_vacuum("forum_comment") > before
    assert last_vacuum("forum_search") > 0
    assert (dead_rows("forum_comment"), dead_rows("forum_search")) == (0, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('forum_search_words')")
        assert cursor.fetchone()[0] == 0, "the vacuum has emptied the pending list of the index"


def settle() -> None:
    """PostgreSQL tells its statistics when a connection has been idle, or is asked to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT 1")
    time.sleep(0.1)


def test_kept_pages_with_the_text_are_forgotten_at_once(client):
    post = make_post()
    _, code = write_with_code(post, "The quokkaword was here.")
    assert b"quokkaword" in client.get(post.get_absolute_url()).content
    assert page_cache.KEPT.pages
    withdraw_comment(code=code)
    assert not page_cache.KEPT.pages
    cache = caches["default"]
    if isinstance(cache, RedisOrMemory):
        assert cache.ask(lambda redis: list(redis.scan_iter("forum-page:*"))) == []


def test_another_process_forgets_its_pages_when_it_is_asked_for_any(client):
    """Here the other process is this one, with what it kept put back."""
    post, other = make_post("One"), make_post("Two")
    _, code = write_with_code(post, "The quokkaword was here.")
    client.get(post.get_absolute_url())
    kept = dict(page_cache.KEPT.pages)
    withdraw_comment(code=code)
    page_cache.KEPT.pages.update(kept)
    client.get(other.get_absolute_url())
    assert not any(b"quokkaword" in page.body for _, page in page_cache.KEPT.pages.values())
