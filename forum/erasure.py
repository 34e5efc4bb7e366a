"""Letting erased text leave the files of the database, not only its rows."""

from django.db import connection

PATIENCE_MS = 200
USUAL_MS = 20_000


def empty_write_ahead_log() -> None:
    """On SQLite, move what is committed into the database file and empty the log that still holds older pages.

    `secure_delete` overwrites erased text in the database file, but the write-ahead log keeps it until it is
    used again, on a quiet site for weeks. If somebody is reading or writing just now, the next call does it.
    PostgreSQL's dead rows and log are the business of its vacuum and its administrator (README, Limits).
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute(f"PRAGMA busy_timeout = {USUAL_MS}")
