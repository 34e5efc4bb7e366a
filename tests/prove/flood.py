"""Eight clients post 2,400 comments over HTTP into ten posts at once: nothing lost, doubled or misplaced."""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from config.launch.processes import Processes
from tests.site import Site

WRITERS = 8
COMMENTS = 2400
POSTS = 10
TOP_LEVEL = 0.4
WORKERS = 4
NUMBER = re.compile(rb"Your comment is number (\d+)")


@dataclass
class Seen:
    """What the clients know: for each text, its post, its parent's number and the number it was given."""

    sent: dict[str, tuple[str, int | None, int]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    numbers: dict[str, list[int]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def run(folder: Path, processes: Processes) -> bool:
    """The whole campaign on a fresh site; True if nothing at all was wrong."""
    folder.mkdir()
    site = Site(folder, processes, FORUM_LIMITS="off")
    paths = [make_post(site, number) for number in range(POSTS)]
    site.start(workers=WORKERS)
    seen = Seen(numbers={path: [] for path in paths})
    started = time.monotonic()
    writers = [threading.Thread(target=write, args=(site, paths, seen, number)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    seconds = time.monotonic() - started
    faults = compare(site, paths, seen)
    checked = site.manage("check_threads").strip()
    print(f"{len(seen.sent)} accepted in {seconds:.1f} s: {len(seen.sent) / seconds:.0f} a second; {faults}; {checked}")
    for error in seen.errors[:5]:
        print(f"  {error}")
    return not any(faults.values()) and not seen.errors and len(seen.sent) == COMMENTS


def make_post(site: Site, number: int) -> str:
    """A published post; its path."""
    script = (
        "from django.utils import timezone; from forum.services.posts import PostDraft, create_post;"
        f"d = PostDraft(title='Post {number}', body='Words.', publish_at=timezone.now());"
        "print(create_post(draft=d).get_absolute_url())"
    )
    return site.manage("shell", "-v0", "-c", script).strip().splitlines()[-1]


def write(site: Site, paths: list[str], seen: Seen, writer: int) -> None:
    """One client: its share of the comments, each to a random post, most in answer to what it knows is there."""
    dice = random.Random(writer)
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    for step in range(COMMENTS // WRITERS):
        path, text = dice.choice(paths), f"Writer {writer}, step {step}."
        with seen.lock:
            known = list(seen.numbers[path])
        to = dice.choice(known) if known and dice.random() > TOP_LEVEL else None
        fields = {"text": text} | ({"reply_to": str(to)} if to else {})
        try:
            number = post(connection, path, fields)
        except (OSError, http.client.HTTPException, ValueError) as error:
            seen.errors.append(f"{text} {error!r}")
            connection.close()
            continue
        with seen.lock:
            seen.sent[text] = (path, to, number)
            seen.numbers[path].append(number)
    connection.close()


def post(connection: http.client.HTTPConnection, path: str, fields: dict[str, str]) -> int:
    """Send a comment as a browser does, follow to the posted page, and read its number there."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"{path}/comments", urllib.parse.urlencode(fields), headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 303:
        raise ValueError(f"status {answer.status}")
    connection.request("GET", answer.headers["Location"])
    page = connection.getresponse()
    found = NUMBER.search(page.read())
    if page.status != 200 or not found:
        raise ValueError(f"posted page: status {page.status}")
    return int(found[1])


def compare(site: Site, paths: list[str], seen: Seen) -> dict[str, int]:
    """What the site has, beside what the clients were told."""
    rows = []
    for path in paths:
        lines = [json.loads(line) for line in site.manage("export_thread", path).splitlines()]
        rows += [(line["text"], path, line["parent_number"], line["number"]) for line in lines]
    there = Counter(text for text, *_ in rows)
    stored = {text: rest for text, *rest in rows}
    gaps = 0
    for path in paths:
        numbers = sorted(number for _, at, _, number in rows if at == path)
        gaps += numbers != list(range(1, len(numbers) + 1))
    return {
        "lost": sum(text not in there for text in seen.sent),
        "twice": sum(count > 1 for count in there.values()),
        "unannounced": sum(text not in seen.sent for text in there),
        "wrong parent or number": sum(
            stored.get(text) != list(expected) for text, expected in seen.sent.items() if text in there
        ),
        "posts with gaps in their numbers": gaps,
        "errors": len(seen.errors),
    }
