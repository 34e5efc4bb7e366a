"""Threads to measure: of this module's own making, or from files of JSON lines, as `import_thread` reads them."""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.site import Site

SIZES = (100, 1000, 5000)
WORDS = (
    *("desk", "room", "bus", "form", "tea", "form", "box", "report", "court"),
    *("door", "week", "list", "note", "chair", "call", "plan", "visit"),
)


@dataclass(frozen=True)
class Thread:
    """A thread in a file: how many comments, and how many bytes their authors typed."""

    file: Path
    size: int
    text_bytes: int


def made(folder: Path) -> list[Thread]:
    """Threads of three sizes, the same each time."""
    threads = []
    for size in SIZES:
        file = folder / f"{size}.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in comments(size)))
        threads.append(read(file))
    return threads


def read(file: Path) -> Thread:
    texts = [json.loads(line)["text"].encode() for line in file.read_text().splitlines() if line.strip()]
    return Thread(file, len(texts), sum(map(len, texts)))


def load(site: Site, thread: Thread) -> str:
    """Import a thread; the path of its post."""
    summary = site.manage("import_thread", str(thread.file), "--title", f"Thread of {thread.size}", "--json")
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
