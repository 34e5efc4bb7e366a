"""The kept page of a thread, in four processes: never one that is older than a commit, and no crowd that makes it.

How often it was made, PostgreSQL counts: whoever makes it reads every comment of the post. SQLite counts nothing.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
import urllib.parse
from pathlib import Path

import psycopg

from config.launch import servers
from config.launch.processes import Processes, wait_for_site
from tests.bench import threads
from tests.prove.flood import make_post
from tests.site import Site

PROCESSES = 4
READERS = 8
COMMENTS = 1000
POSTS = 10
CLIENTS = 200
CROWDS = 3
THREAD = 500
# An idle connection of PostgreSQL tells its counts after ten seconds.
UNTIL_TOLD = 11


def run(folder: Path, processes: Processes, **environment: str) -> bool:
    """The whole campaign on a fresh site; True if no page was stale and none was made too often."""
    folder.mkdir()
    site = Site(folder, processes, FORUM_LIMITS="off", **environment)
    file = folder / "thread.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in threads.comments(THREAD)))
    thread = f"{threads.load(site, threads.read(file))}?page=all"
    paths = [make_post(site, number) for number in range(POSTS)]
    ports = [servers.port_nobody_uses() for _ in range(PROCESSES)]
    for port in ports:
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "-b", f"127.0.0.1:{port}", "-w", "1"]
        site.spawn(f"web server on {port}", [*gunicorn, "config.wsgi:application"])
        wait_for_site(f"http://127.0.0.1:{port}", processes)
    passed = crowds(site, ports, thread) if site.env["DATABASE_URL"] else True
    return freshness(ports, paths) and passed


# A crowd


def crowds(site: Site, ports: list[int], path: str) -> bool:
    """Three times, 200 clients ask at once for a page that changed just before."""
    most = 2 if site.env.get("REDIS_URL") else PROCESSES
    with psycopg.connect(site.env["DATABASE_URL"], autocommit=True) as database:
        before = rows_read(database)
        get(connect(ports[0]), path)
        once = rows_read(database) - before
        made = [crowd(database, ports, path, number) / once for number in range(CROWDS)]
    print(
        f"{CLIENTS} clients at once, {PROCESSES} processes: made {made} times (at most {most}), {once} rows each time"
    )
    return once >= THREAD and all(0.9 <= times <= most + 0.1 for times in made)


def crowd(database: psycopg.Connection, ports: list[int], path: str, number: int) -> int:
    """Change the page, send the clients, and see how many rows were read for them."""
    write(connect(ports[0]), path.split("?")[0], f"Before crowd {number}.")
    before = rows_read(database)
    start, pages = threading.Barrier(CLIENTS), []

    def client(port: int) -> None:
        connection = connect(port)
        start.wait()
        pages.append(get(connection, path))

    run_together([(client, (ports[index % PROCESSES],)) for index in range(CLIENTS)])
    assert len(pages) == CLIENTS
    assert len(set(pages)) == 1
    assert f"Before crowd {number}." in pages[0]
    return rows_read(database) - before


def rows_read(database: psycopg.Connection) -> int:
    """Rows of comments read by everybody so far."""
    time.sleep(UNTIL_TOLD)
    question = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'forum_comment'"
    return int(database.execute(question).fetchone()[0])


# Freshness


def freshness(ports: list[int], paths: list[str]) -> bool:
    """While readers hammer the page, each comment posted through one process is on the next page of all others."""
    at = {"path": paths[0]}
    done, reads, errors = threading.Event(), [0] * READERS, []
    readers = [(hammer, (ports[number % PROCESSES], at, done, reads, errors, number)) for number in range(READERS)]
    stale: list[str] = []

    def writer() -> None:
        try:
            connections = [connect(port) for port in ports]
            for step in range(COMMENTS):
                path = at["path"] = paths[step * POSTS // COMMENTS]
                text = f"Comment at step {step}."
                write(connections[step % PROCESSES], path, text)
                for number, connection in enumerate(connections):
                    if text not in get(connection, f"{path}?page=all"):
                        stale.append(f"step {step}: process {number}")
        except Exception as error:
            errors.append(error)
        finally:
            done.set()

    started = time.monotonic()
    run_together([(writer, ()), *readers])
    seconds = time.monotonic() - started
    print(
        f"{COMMENTS} comments, each looked for in {PROCESSES} processes: {len(stale)} stale pages, {len(errors)} errors;"
    )
    print(f"  {sum(reads)} pages read meanwhile by {READERS} readers, {seconds:.0f} s")
    for line in [*stale[:5], *map(repr, errors[:5])]:
        print(f"  {line}")
    return not stale and not errors and all(reads)


def hammer(
    port: int, at: dict[str, str], done: threading.Event, reads: list[int], errors: list[Exception], me: int
) -> None:
    connection = connect(port)
    try:
        while not done.is_set():
            get(connection, f"{at['path']}?page=all")
            reads[me] += 1
    except Exception as error:
        errors.append(error)


# A client


def connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def get(connection: http.client.HTTPConnection, path: str) -> str:
    connection.request("GET", path)
    answer = connection.getresponse()
    page = answer.read().decode()
    assert answer.status == 200, answer.status
    return page


def write(connection: http.client.HTTPConnection, path: str, text: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"{path}/comments", urllib.parse.urlencode({"text": text}), headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303, answer.status


def run_together(works: list[tuple]) -> None:
    running = [threading.Thread(target=work, args=arguments) for work, arguments in works]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
