"""Search among 100,000 comments: milliseconds in the database, on SQLite and on PostgreSQL.

`python -m tests.bench.search`. It fills a database of its own and asks `forum.search` for keys.
"""

from __future__ import annotations

import datetime
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from config.launch.processes import Processes
from tests.run import environment_for

COMMENTS = 100_000
ROUNDS = 15
QUERIES = {
    "two rare words": "word410 word490",
    "two middling words": "word60 word70",
    "two common words": "word1 word2",
    "a phrase": '"word1 word2 word3"',
    "one common word": "word1",
    "a word and not another": "word5 -word6",
}


def main() -> int:
    if sys.argv[1:] == ["measure"]:
        return measure()
    folder = Path(tempfile.mkdtemp(prefix="probation-forum-bench-"))
    folder.chmod(0o755)
    print(f"{datetime.date.today()}, {os.cpu_count()} cores; median (worst) ms of {ROUNDS}, {COMMENTS:,} comments")
    print("| database | what | newest first | best first | matches |")
    try:
        with Processes() as processes:
            for half in ("sqlite", "postgresql"):
                environment = environment_for(half, folder, processes, careless=False)
                environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
                subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True)
                subprocess.run([sys.executable, "-m", "tests.bench.search", "measure"], env=environment, check=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def measure() -> int:
    """One half: fill, then ask."""
    import django

    django.setup()
    from django.db import connection

    from forum.search import query_parameters, span, statement, terms_of

    started = time.perf_counter()
    fill()
    filled = time.perf_counter() - started
    for name, typed in QUERIES.items():
        terms = terms_of(typed)
        places = {"label": "", **span(None), **query_parameters(terms)}
        cells = []
        for order in ("new", "best"):
            sql, times = statement(terms, order=order, label="", limit=21, offset=0), []
            for _ in range(ROUNDS):
                with connection.cursor() as cursor:
                    started = time.perf_counter()
                    cursor.execute(sql, places)
                    found = len(cursor.fetchall())
                    times.append((time.perf_counter() - started) * 1000)
            cells.append(f"{statistics.median(times):.1f} ({max(times):.1f})")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM (" + statement(terms, order="new", label="", limit=10**6, offset=0) + ") n",
                places,
            )
            found = cursor.fetchone()[0]
        print(f"| {connection.vendor} | {name} | {' | '.join(cells)} | {found:,} |", flush=True)
    print(f"| {connection.vendor} | filled in {filled:.0f} s; a withdrawal {withdrawal():.0f} ms | | | |", flush=True)
    return 0


def fill() -> None:
    """Comments of 10 to 90 words, 60 posts, in years past; how often a word comes follows Zipf's law."""
    from django.db import connection
    from django.utils import timezone

    from forum.models import Comment
    from forum.services.posts import PostDraft, create_post

    dice = random.Random(4)
    words = [f"word{number}" for number in range(1, 5001)]
    weights = [1 / number for number in range(3, 5003)]
    begin = timezone.now() - datetime.timedelta(days=3000)
    posts = [create_post(draft=PostDraft(title=f"Post {n}", body="Text.", publish_at=begin)) for n in range(60)]
    rows = []
    for number in range(COMMENTS):
        at = begin + datetime.timedelta(minutes=43 * number)
        text = " ".join(dice.choices(words, weights, k=dice.randint(10, 90)))
        rows.append(
            Comment(
                post=posts[number % 60], number=number + 1, state="published", posted_at=at, published_at=at,
                source=text, html=f"<p>{text}</p>", tree_id=number + 1, lft=1, rght=2, level=0,
                receipt_hash=f"{number:064}",
            )
        )  # fmt: skip
    for start in range(0, COMMENTS, 5000):
        Comment.objects.bulk_create(rows[start : start + 5000], batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def withdrawal() -> float:
    """Milliseconds that withdrawing one comment takes, the second of two."""
    from forum.models import Comment

    for number in (777, 70_777):
        started = time.perf_counter()
        Comment.objects.filter(number=number).update(state="withdrawn", source="", html="", name="")
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    sys.exit(main())
