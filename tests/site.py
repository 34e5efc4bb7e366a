"""The whole site in processes of its own, on a fresh database: what readers and wires really see."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import psycopg
from redis import Redis

from config.launch import servers
from config.launch.processes import Processes, wait_for_site

# What the sites of this run begin with, by the database server ("" is SQLite) and whether with the demo content.
MADE: dict[tuple[str, bool], tuple[Path, str]] = {}


class Site:
    """gunicorn (and what else is asked for) with its own data folder and database."""

    def __init__(self, folder: Path, processes: Processes, *, demo: bool = False, **environment: str) -> None:
        self.folder, self.processes = folder, processes
        self.port = servers.port_nobody_uses()
        self.url = f"http://127.0.0.1:{self.port}"
        inherited = {name: value for name, value in os.environ.items() if name != "EMAIL_URL"}
        self.env = inherited | {"DATA_DIR": str(folder), "PORT": str(self.port), "SITE_URL": self.url} | environment
        server = self.env.get("DATABASE_URL", "")
        self.env["DATABASE_URL"] = begin(folder, server if server.startswith("postgres") else "", demo=demo)
        if redis := self.env.get("REDIS_URL"):
            # Pages are kept there under what they are made of, and sites begin alike.
            Redis.from_url(redis).flushdb()
        self.log = folder / "log"

    def start(self, *, workers: int = 1) -> None:
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "-b", f"127.0.0.1:{self.port}"]
        self.spawn("the web server", [*gunicorn, "-w", str(workers), "config.wsgi:application"])
        wait_for_site(self.url, self.processes)

    def spawn(self, name: str, command: list[str]) -> None:
        """Start a process of this site; its output goes to the site's log."""
        with self.log.open("ab") as log:
            self.processes.start(f"{name} {self.port}", command, env=self.env, stdout=log, stderr=log)

    def manage(self, *arguments: str) -> str:
        """Run a management command; its standard output."""
        return manage(self.env, *arguments)

    def sign_in_names(self) -> dict[str, str]:
        """E-mail and password of the demo's staff, by role."""
        lines = (self.folder / "demo-logins.txt").read_text().splitlines()
        return {line.split(":")[0]: (line.split()[1], line.split()[-1]) for line in lines}

    def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> tuple[int, str, str]:
        """POST a form; status, body, and the address that answered."""
        data = urllib.parse.urlencode(fields).encode()
        return self.open(urllib.request.Request(self.url + path, data, headers or {}))

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, str, str]:
        return self.open(urllib.request.Request(self.url + path, headers=headers or {}))

    def open(self, request: urllib.request.Request) -> tuple[int, str, str]:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode(), answer.url
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode(), answer.url

    def first_post(self) -> str:
        """The path of the newest post."""
        body = self.get("/")[1]
        return body.split('<h2><a href="')[1].split('"')[0]


def unique(name: str) -> str:
    """A name that nothing else has."""
    return f"{name}_{secrets.token_hex(4)}"


def begin(folder: Path, server: str, *, demo: bool) -> str:
    """Give a site a migrated database, with the demo content if asked: a copy of one that is made once a run.

    The address of the database; "" for SQLite, which is where there is no PostgreSQL server.
    """
    if (server, demo) not in MADE:
        MADE[server, demo] = make_template(server, demo=demo)
    template, database = MADE[server, demo]
    for file in filter(Path.is_file, template.iterdir()):
        shutil.copy(file, folder)
    return make_database(server, unique("site"), template=database) if server else ""


def make_template(server: str, *, demo: bool) -> tuple[Path, str]:
    """The folder and the name of the database that sites begin with."""
    folder = Path(os.environ["DATA_DIR"]) / unique("template")
    folder.mkdir()
    if demo:
        database = begin(folder, server, demo=False)
    else:
        database = make_database(server, unique("template")) if server else ""
    environment = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": database}
    environment.pop("EMAIL_URL", None)
    manage(environment, "demo" if demo else "migrate", "-v0")
    return folder, database.rpartition("/")[2]


def make_database(url: str, name: str, *, template: str = "template1") -> str:
    """A new database on the server at `url`; its address."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return re.sub(r"/[^/]*$", f"/{name}", url)


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run a management command; its standard output."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
