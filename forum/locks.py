"""Locks that the database holds until a transaction ends, for what has no row of its own to lock."""

import enum

from django.db import connection


class Lock(enum.IntEnum):
    """PostgreSQL's advisory locks are numbers; these are ours."""

    SEAL_EVENTS = 7_305_112_019
    IMPORT = 7_305_112_020
    PERMALINKS = 7_305_112_021
    DISCUSSIONS = 7_305_112_022
    PICTURES = 7_305_112_023
    DECISIONS = 7_305_112_024
    COVERS = 7_305_112_025
    LISTS = 7_305_112_031


def hold(lock: Lock) -> None:
    """Wait until nobody else holds `lock`, and hold it until the transaction ends.

    On SQLite there is nothing to do: a transaction that writes is alone from its beginning (`IMMEDIATE`).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
