"""What one reply costs: in posts of 100 and of 10,000 comments, in one tree of 10,000, and step by step.

`python -m tests.bench.writing`. In one process, without HTTP; the steps are timed by wrapping the functions that do
them, and the search index by posting again without its triggers.
"""

from __future__ import annotations

import datetime
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from config.launch.processes import Processes
from tests.bench.threads import comments
from tests.run import environment_for
from tests.site import Site

REPLIES = 60
SMALL, LARGE = 100, 10_000
STEPS = (
    ("markup", "forum.services.posting", "render_comment"),
    ("screening", "forum.services.posting", "screen"),
    ("lock, parent, same text", "forum.services.posting", "_lock_and_look"),
    ("insert", "forum.tree", "insert"),
    ("references", "forum.services.comments", "stands_alone"),
    ("article", "forum.fragments", "article_of_new"),
    ("events", "accounts.receivers", "note_comment"),
    ("ticket", "forum.services.posting", "issue_ticket"),
)


def main() -> int:
    if sys.argv[1:2] == ["measure"]:
        return measure(*sys.argv[2:])
    folder = Path(tempfile.mkdtemp(prefix="probation-forum-bench-"))
    folder.chmod(0o755)
    print(f"{datetime.date.today()}, {os.cpu_count()} cores; median ms of {REPLIES} replies, one writer")
    print(f"| database | in {SMALL} comments | in {LARGE:,} | ratio | in one tree of {LARGE:,} |")
    try:
        with Processes() as processes:
            for half in ("sqlite", "postgresql"):
                environment = environment_for(half, folder, processes, careless=False)
                environment |= {"DJANGO_SETTINGS_MODULE": "config.settings", "FORUM_LIMITS": "off"}
                os.environ.update(environment)
                (folder / f"{half}-writing").mkdir()
                paths = load(Site(folder / f"{half}-writing", processes), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if paths else 1


def load(site: Site, folder: Path) -> list[str]:
    """Three posts, and a process that measures replies to their comments."""
    paths = []
    for title, rows in (("small", comments(SMALL)), ("large", comments(LARGE)), ("one tree", one_tree())):
        file = folder / "thread.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        said = site.manage("import_thread", str(file), "--title", title, "--json")
        paths.append(str(json.loads(said.splitlines()[-1])["path"]))
    environment = site.env | {"DJANGO_SETTINGS_MODULE": "config.settings", "FORUM_LIMITS": "off"}
    subprocess.run([sys.executable, "-m", "tests.bench.writing", "measure", *paths], env=environment, check=True)
    return paths


def one_tree() -> Iterator[dict[str, object]]:
    """The same comments, all of them below the first."""
    for row in comments(LARGE):
        yield row if row["id"] == 0 else row | {"parent_id": row["parent_id"] or 0}


def measure(*paths: str) -> int:
    """One half, in a process of its own."""
    import django

    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    to_small, to_large, to_tree = map(replier, paths)
    with timed_steps() as steps:
        small, large = in_turn(range(-5, REPLIES), to_small, to_large)
    medians = {name: statistics.median(found) for name, found in steps.items()}
    (tree,) = in_turn(range(10), to_tree)
    print(f"| {connection.vendor} | {small:.1f} | {large:.1f} | {large / small:.2f} (at most 1.5) | {tree:.1f} |")
    with_index = medians["insert"]
    without_search_index()
    with timed_steps() as steps:
        in_turn(range(REPLIES, 2 * REPLIES), to_small, to_large)
    medians["search index"] = with_index - statistics.median(steps["insert"])
    print("steps, ms: " + ", ".join(f"{name} {took:.2f}" for name, took in medians.items()), flush=True)
    return 0


def in_turn(numbers: range, *replies: Callable[[int], float]) -> list[float]:
    """Medians of each; those of numbers below nought warm up."""
    times = [[reply(number) for reply in replies] for number in numbers]
    return [statistics.median(column) for column in zip(*times[max(-numbers.start, 0) :], strict=True)]


def replier(path: str) -> Callable[[int], float]:
    """Posts one reply to a comment of that post, each time another; milliseconds."""
    from forum.permalinks import readable_post
    from forum.services.posting import Submission, post_comment

    year, month, slug = path.removesuffix(".html").strip("/").split("/")
    post = readable_post(int(year), int(month), slug)
    dice, words = (
        random.Random(7),
        "A reply of about as many words as people write, so that rendering it costs what it does. " * 4,
    )

    def reply(number: int) -> float:
        submission = Submission(f"{words} Number {number}.", dice.randint(1, post.last_number))
        started = time.perf_counter()
        post_comment(post=post, submission=submission)
        return (time.perf_counter() - started) * 1000

    return reply


@contextmanager
def timed_steps() -> Iterator[dict[str, list[float]]]:
    """Milliseconds of each call of `STEPS` meanwhile."""
    found: dict[str, list[float]] = defaultdict(list)
    kept = []
    for name, module_name, function_name in STEPS:
        module = import_module(module_name)
        kept.append((module, function_name, getattr(module, function_name)))
        setattr(module, function_name, timed(kept[-1][2], found[name]))
    try:
        yield found
    finally:
        for module, function_name, function in kept:
            setattr(module, function_name, function)


def timed(function: Callable[..., Any], times: list[float]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            times.append((time.perf_counter() - started) * 1000)

    return call


def without_search_index() -> None:
    from django.db import connection

    with connection.schema_editor() as editor:
        import_module("forum.migrations.0005_search").forget(None, editor)


if __name__ == "__main__":
    sys.exit(main())
