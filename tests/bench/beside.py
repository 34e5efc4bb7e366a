"""What a page is measured beside: the floor, and the same bytes as a file."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any

import psycopg

from config.launch import servers
from config.launch.processes import Processes
from tests.site import Site

TABLE = "CREATE TABLE bench_fragment (page integer, place integer, html text, PRIMARY KEY (page, place))"
FETCH = "SELECT html FROM bench_fragment WHERE page = {0} ORDER BY place"
STORE = "INSERT INTO bench_fragment VALUES ({0}, {0}, {0})"


def nginx() -> str | None:
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")


class Floor:
    """Fetching as many rows as a page has comments, of the same bytes in all, and joining them; no server, no Django."""

    def __init__(self, site: Site) -> None:
        url = site.env["DATABASE_URL"]
        self.database: Any = psycopg.connect(url, autocommit=True) if url else self.embedded(site)
        place = "%s" if url else "?"
        self.fetch, self.store = FETCH.format(place), STORE.format(place)
        self.database.execute(TABLE)
        self.settle = "VACUUM ANALYZE" if url else "ANALYZE"

    def embedded(self, site: Site) -> sqlite3.Connection:
        return sqlite3.connect(site.folder / "forum.sqlite3", isolation_level=None, timeout=20)

    def keep(self, size: int, page: str) -> None:
        """Cut a page into `size` fragments and store them."""
        cuts = [len(page) * place // size for place in range(size + 1)]
        rows = [(size, place, page[cuts[place] : cuts[place + 1]]) for place in range(size)]
        cursor = self.database.cursor()
        cursor.executemany(self.store, rows)
        self.database.execute(self.settle)

    def ms(self, size: int) -> float:
        started = time.perf_counter()
        rows = self.database.execute(self.fetch, (size,)).fetchall()
        "".join([row[0] for row in rows]).encode()
        return (time.perf_counter() - started) * 1000


class Files:
    """An nginx that serves a folder, where nginx is installed; `port` is 0 where it is not."""

    def __init__(self, folder: Path, processes: Processes) -> None:
        self.root, self.port = folder / "files", 0
        self.root.mkdir(mode=0o755)
        if binary := nginx():
            self.port = servers.port_nobody_uses()
            command = [binary, "-e", str(folder / "nginx.log"), "-c", str(self.configured(folder))]
            processes.start(f"nginx {self.port}", command)
            servers.wait_until(self.answers, OSError, "nginx")

    def answers(self) -> None:
        servers.socket.create_connection(("127.0.0.1", self.port), timeout=2).close()

    def keep(self, size: int, page: bytes) -> str:
        """Store a page; its path."""
        (self.root / f"{size}.html").write_bytes(page)
        return f"/{size}.html"

    def configured(self, folder: Path) -> Path:
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
        file = folder / "nginx.conf"
        file.write_text(
            f"daemon off; pid {folder}/nginx.pid; worker_processes auto; events {{ worker_connections 512; }}\n"
            f"http {{ {places} access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;\n"
            f"types {{ text/html html; }} server {{ listen 127.0.0.1:{self.port}; root {self.root}; }} }}\n"
        )
        return file
