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

from config.launch import servers
from config.launch.processes import Processes, wait_for_site

# The migrated templates of this run, one for each kind of database.
MADE: dict[str, str] = {}


class Site:
    """gunicorn (and what else is asked for) with its own data folder and database."""

    def __init__(self, folder: Path, processes: Processes, **environment: str) -> None:
        self.folder, self.processes = folder, processes
        self.port = servers.port_nobody_uses()
        self.url = f"http://127.0.0.1:{self.port}"
        inherited = {name: value for name, value in os.environ.items() if name != "EMAIL_URL"}
        self.env = inherited | {"DATA_DIR": str(folder), "PORT": str(self.port), "SITE_URL": self.url} | environment
        self.env |= database_for(folder, self.env)
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
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

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


def database_for(folder: Path, environment: dict[str, str]) -> dict[str, str]:
    """A migrated database of its own: a copy of one that is migrated once a run."""
    server = environment.get("DATABASE_URL", "")
    if server.startswith("postgres"):
        if "postgresql" not in MADE:
            MADE["postgresql"] = unique("template")
            url = make_database(server, MADE["postgresql"])
            migrate(environment | {"DATABASE_URL": url})
        return {"DATABASE_URL": make_database(server, unique("site"), template=MADE["postgresql"])}
    if "sqlite" not in MADE:
        template = Path(os.environ["DATA_DIR"]) / "template"
        template.mkdir()
        migrate(environment | {"DATA_DIR": str(template), "DATABASE_URL": ""})
        MADE["sqlite"] = str(template / "forum.sqlite3")
    shutil.copy(MADE["sqlite"], folder / "forum.sqlite3")
    return {"DATABASE_URL": ""}


def make_database(url: str, name: str, *, template: str = "template1") -> str:
    """A new database on the server at `url`; its address."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return re.sub(r"/[^/]*$", f"/{name}", url)


def migrate(environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True)
