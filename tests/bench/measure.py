"""One database's half of the run: two sites on the same data, one of which renders every page anew."""

from __future__ import annotations

import copy
import gzip
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config.launch import servers
from config.launch.processes import Processes
from tests.bench.beside import Files, Floor
from tests.bench.client import Connection, rate
from tests.bench.threads import Thread, load
from tests.site import Site

ROUNDS = 31
BURSTS = 5
# Seconds after a burst, in which the server ends what the burst left behind.
REST = 0.2
TIMES = 50
WORKERS = 2 * (os.cpu_count() or 1)
GZIP = "Accept-Encoding: gzip"
# What is measured, and for a thread of which size (0: of none).
Probe = tuple[str, int]


@dataclass
class Measured:
    """Medians of one half; a probe that the site or the machine does not offer is missing."""

    ms: dict[Probe, float] = field(default_factory=dict)
    rates: dict[Probe, float] = field(default_factory=dict)
    sizes: dict[Probe, float] = field(default_factory=dict)
    queries: dict[Probe, int] = field(default_factory=dict)
    growth: dict[str, float] = field(default_factory=dict)


def measure(folder: Path, processes: Processes, threads: list[Thread]) -> Measured:
    folder.mkdir(mode=0o755)
    warm = Site(folder, processes)
    paths = {thread.size: load(warm, thread) for thread in threads}
    cold = beside(warm, FORUM_PAGE_CACHE="off")
    everything = {size: f"{path}?page=all" for size, path in paths.items()}
    cold.start()
    warm.start(workers=WORKERS)
    measured = Measured()
    measured.growth = {"cold": growth(cold, everything), "warm": growth(warm, everything)}
    for name, site in (("cold", cold), ("warm", warm)):
        measured.queries |= {(name, size): count for size, count in queries(site, everything).items()}
    floor, files = Floor(warm), Files(folder, processes)
    pages = {size: Connection(cold.port).get(path).body for size, path in everything.items()}
    for size, page in pages.items():
        floor.keep(size, page.decode())
    measured.sizes = sizes(warm, threads, paths, pages)
    measured.ms = in_rounds(ROUNDS, one_connection(cold, warm, floor, files, everything, pages))
    measured.rates = in_rounds(BURSTS, many_connections(warm, files, everything, pages))
    return measured


def beside(site: Site, **environment: str) -> Site:
    """The same site, over the same data, in processes of its own."""
    other = copy.copy(site)
    other.port = servers.port_nobody_uses()
    other.url = f"http://127.0.0.1:{other.port}"
    other.env = site.env | environment | {"PORT": str(other.port)}
    return other


def in_rounds(count: int, probes: dict[Probe, Callable[[], float]]) -> dict[Probe, float]:
    """Medians of `count` rounds, after one that warms up; probes take turns, so that a busy moment hits them all."""
    results: dict[Probe, list[float]] = {probe: [] for probe in probes}
    for number in range(count + 1):
        for probe, ask in probes.items():
            result = ask()
            if number:
                results[probe].append(result)
    return {probe: statistics.median(found) for probe, found in results.items()}


def one_connection(
    cold: Site, warm: Site, floor: Floor, files: Files, paths: dict[int, str], pages: dict[int, bytes]
) -> dict[Probe, Callable[[], float]]:
    """Milliseconds of a request on a kept connection, uncompressed."""
    to_cold, to_warm = Connection(cold.port), Connection(warm.port)
    probes = {("/healthz", 0): timed(to_warm, "/healthz"), ("/healthz of cold", 0): timed(to_cold, "/healthz")}
    for size, path in paths.items():
        probes["cold", size] = timed(to_cold, path)
        probes["floor", size] = lambda size=size: floor.ms(size)
        probes["warm", size] = timed(to_warm, path)
        if etag := to_warm.get(path).headers.get("etag"):
            probes["304", size] = timed(to_warm, path, f"If-None-Match: {etag}", status=304)
        if files.port:
            probes["file", size] = timed(Connection(files.port), files.keep(size, pages[size]))
    return probes


def timed(connection: Connection, path: str, *headers: str, status: int = 200) -> Callable[[], float]:
    def ask() -> float:
        answer = connection.get(path, *headers)
        assert answer.status == status, f"{path}: {answer.status}"
        return answer.ms

    return ask


def many_connections(
    warm: Site, files: Files, paths: dict[int, str], pages: dict[int, bytes]
) -> dict[Probe, Callable[[], float]]:
    """Requests a second over eight connections."""
    probes = {("/healthz", 0): burst(warm.port, "/healthz")}
    for size, path in paths.items():
        probes["warm", size] = burst(warm.port, path)
        probes["gzip", size] = burst(warm.port, path, GZIP)
        if files.port:
            probes["file", size] = burst(files.port, files.keep(size, pages[size]))
    return probes


def burst(port: int, path: str, *headers: str) -> Callable[[], float]:
    def hammer() -> float:
        time.sleep(REST)
        return rate(port, path, *headers)

    return hammer


def sizes(site: Site, threads: list[Thread], paths: dict[int, str], pages: dict[int, bytes]) -> dict[Probe, float]:
    """Bytes: of the page with all comments, raw and compressed; of what was typed; of the first page, compressed."""
    connection, found = Connection(site.port), {}
    for thread in threads:
        path = paths[thread.size]
        found["raw", thread.size] = len(pages[thread.size])
        found["text", thread.size] = thread.text_bytes
        found["gzip", thread.size] = compressed(connection, f"{path}?page=all")
        found["first page", thread.size] = compressed(connection, path)
    return found


def compressed(connection: Connection, path: str) -> int:
    """Bytes of a page as it comes compressed; as Python would compress it, where the site does not."""
    answer = connection.get(path, GZIP)
    assert answer.status == 200, f"{path}: {answer.status}"
    return len(answer.body if answer.headers.get("content-encoding") == "gzip" else gzip.compress(answer.body, 6))


def queries(site: Site, paths: dict[int, str]) -> dict[int, int]:
    command = [sys.executable, "-m", "tests.bench.queries", *paths.values()]
    environment = site.env | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    counts = json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    return {size: counts[path] for size, path in paths.items()}


def growth(site: Site, paths: dict[int, str]) -> float:
    """Megabytes by which the worker that grows most has grown after serving the largest page many times.

    It starts as a worker that has served the smallest page once.
    """
    connection = Connection(site.port)
    connection.get(paths[min(paths)])
    master = site.processes.children[f"the web server {site.port}"].pid
    before = resident(master)
    for _ in range(TIMES):
        connection.get(paths[max(paths)])
    after = resident(master)
    return max(after[worker] - before[worker] for worker in before)


def resident(master: int) -> dict[int, float]:
    """Megabytes of memory that each child of a process holds (Linux)."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    statuses = {int(child): Path(f"/proc/{child}/status").read_text() for child in children}
    return {child: int(text.split("VmRSS:")[1].split()[0]) / 1000 for child, text in statuses.items()}
