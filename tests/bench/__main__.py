"""The thread page beside `/healthz`, for threads of several sizes, on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime
import http.client
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from config.launch.processes import Processes
from tests.run import environment_for
from tests.site import Site

SIZES = (100, 1000, 5000)
ROUNDS = 15
WORDS = [
    "desk",
    "room",
    "bus",
    "form",
    "tea",
    "form",
    "box",
    "report",
    "court",
    "door",
    "week",
    "list",
    "note",
    "chair",
    "call",
    "plan",
    "visit",
]


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="probation-forum-bench-"))
    folder.chmod(0o755)
    print(f"{datetime.date.today()}, {os.cpu_count()} cores; median milliseconds of {ROUNDS} rounds, one connection")
    print("| database | /healthz | " + " | ".join(f"{size:,} comments (kB)" for size in SIZES) + " |")
    try:
        with Processes() as processes:
            for half in ("sqlite", "postgresql"):
                os.environ.update(environment_for(half, folder, processes, careless=False))
                measure(half, folder / f"{half}-bench", processes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def measure(half: str, folder: Path, processes: Processes) -> None:
    """One line of the table; the pages are asked for in turns, so that a busy moment hits them all."""
    folder.mkdir()
    site = Site(folder, processes, FORUM_PAGE_CACHE="off")
    paths = {size: f"{load(site, folder, size)}?page=all" for size in SIZES}
    site.start()
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    times: dict[str, list[float]] = {path: [] for path in ("/healthz", *paths.values())}
    sizes = {}
    for round_number in range(ROUNDS + 2):
        for path, measured in times.items():
            started = time.perf_counter()
            connection.request("GET", path)
            sizes[path] = len(connection.getresponse().read())
            if round_number >= 2:  # the first two warm everything up
                measured.append((time.perf_counter() - started) * 1000)
    medians = {path: statistics.median(measured) for path, measured in times.items()}
    cells = [f"{medians[path]:.1f} ({sizes[path] / 1000:.0f})" for path in paths.values()]
    print(f"| {half} | {medians['/healthz']:.2f} | " + " | ".join(cells) + " |", flush=True)


def load(site: Site, folder: Path, size: int) -> str:
    """Import a thread of `size` comments; its path."""
    file = folder / f"{size}.jsonl"
    with file.open("w") as lines:
        for row in comments(size):
            lines.write(json.dumps(row) + "\n")
    summary = site.manage("import_thread", str(file), "--title", f"Thread of {size}", "--json")
    return str(json.loads(summary.splitlines()[-1])["path"])


def comments(size: int) -> Iterator[dict[str, object]]:
    """A thread of about 400 characters a comment: two fifths top-level, eight levels deep at most."""
    dice = random.Random(size)
    depth: list[int] = []
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    for number in range(size):
        shallow = [index for index in dice.sample(range(number), min(number, 6)) if depth[index] < 8]
        parent = dice.choice(shallow) if shallow and dice.random() > 0.4 else None
        depth.append(1 if parent is None else depth[parent] + 1)
        words = " ".join(dice.choice(WORDS) for _ in range(dice.randint(20, 140)))
        yield {
            "id": number,
            "parent_id": parent,
            "author": "",
            "time": (start + datetime.timedelta(minutes=7 * number)).isoformat(),
            "text": f"{words.capitalize()}.",
        }


if __name__ == "__main__":
    sys.exit(main())
