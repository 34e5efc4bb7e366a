"""What has to be right before the site starts: a free port, a database that fits, sample content."""

from __future__ import annotations

import socket

import django
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from config.environment import stop

# A library may drop or rename its migrations; ours tell the version.
OURS = ("forum", "moderation", "accounts")


def free_port(port: str) -> int:
    """`port` as a number, if nobody listens there."""
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        stop(f"PORT must be a number from 1 to 65535, not {port!r}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            stop(f"port {port} cannot be used ({error.strerror}); choose another: PORT=8001 make run")
    return int(port)


def database() -> None:
    """Bring the database up to this version, and fill an empty one with sample content.

    Ends the process with one line where the database was made by a newer version.
    """
    django.setup()
    try:
        loader = MigrationLoader(connection)
        unknown = set(loader.applied_migrations) - set(loader.disk_migrations or {})
        newer = sorted((app, name) for app, name in unknown if app in OURS)
        if newer:
            app, name = newer[-1]
            known = f"it knows {app} {name}"
            stop(f"the database was made by a newer version ({known}): take the newer code, or another DATA_DIR")
        call_command("migrate", verbosity=0)
        call_command("demo")
    except CommandError as error:
        stop(str(error))
    except DatabaseError as error:
        stop(f"the database cannot be used: {str(error).strip().splitlines()[0]}")
