"""Run every campaign on SQLite and on PostgreSQL with Redis; exit 1 if one of them fails."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from config.launch.processes import Processes
from tests.prove import (
    abuse,
    decisions,
    digests,
    flood,
    identifiers,
    kills,
    links,
    markup,
    moderators,
    moving,
    page_cache,
    pictures,
    receipts,
    reports,
    sealing,
    seized,
)
from tests.run import environment_for


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="probation-forum-prove-"))
    folder.chmod(0o755)
    passed = True
    try:
        print(
            f"== pictures: hostile files, each in a process of its own; {pictures.MOST_MEMORY} MB is the most",
            flush=True,
        )
        passed &= pictures.run()
        print(f"== the check before posting: hostile texts, {identifiers.MOST_MILLISECONDS} ms is the most", flush=True)
        passed &= identifiers.run()
        print(f"== markup: {markup.EXAMPLES:,} hostile texts, and how long the slowest takes", flush=True)
        passed &= markup.alone()
        with Processes() as processes:
            for half in ("sqlite", "postgresql"):
                os.environ.update(environment_for(half, folder, processes, careless=False))
                print(f"== seized server on {half}, with five leaks put in", flush=True)
                passed &= seized.run(folder)
                print(f"== flood on {half}: {flood.WRITERS} clients, {flood.COMMENTS} comments", flush=True)
                passed &= flood.run(folder / f"{half}-flood", processes)
                print(f"== wrong receipt codes on {half}", flush=True)
                passed &= receipts.run(folder / f"{half}-receipts", processes)
                # Without Redis each process counts for itself, so there is one.
                workers = 1 if half == "sqlite" else 2
                print(f"== abuse on {half}, {workers} processes: {abuse.A_MINUTE} comments a minute", flush=True)
                passed &= abuse.run(folder / f"{half}-abuse", processes, workers=workers)
                print(f"== a thousand reports in a minute on {half}, {workers} processes", flush=True)
                passed &= reports.run(folder / f"{half}-reports", processes, workers=workers)
                print(f"== moving on {half}: 1,000 comments between posts of {moving.SIZE:,}", flush=True)
                passed &= moving.run(folder / f"{half}-moving", processes)
                print(f"== {links.LOOKS:,} looks at the links of mails on {half}", flush=True)
                passed &= links.run(folder / f"{half}-links", processes)
                print(f"== {digests.DAYS} days of digests on {half}, mail server and senders failing", flush=True)
                passed &= digests.run(folder / f"{half}-digests", processes, half)
                print(f"== decisions on {half}: {decisions.RUNS} sequences of {decisions.LENGTH}", flush=True)
                passed &= decisions.run()
                print(f"== {moderators.MODERATORS} moderators and {moderators.POSTERS} readers on {half}", flush=True)
                passed &= moderators.run(folder / f"{half}-moderators", processes)
                print(f"== page cache on {half}", flush=True)
                passed &= page_cache.run(folder / f"{half}-page-cache", processes)
                if half == "postgresql":
                    print(f"== {sealing.EVENTS:,} events of writers that commit late on {half}", flush=True)
                    passed &= sealing.run(folder / f"{half}-sealing", processes)
                    print(f"== {kills.KILLS} workers killed during {kills.MAILS:,} digests on {half}", flush=True)
                    passed &= kills.run(folder / f"{half}-kills", processes)
                    print(f"== page cache on {half} without Redis", flush=True)
                    passed &= page_cache.run(folder / f"{half}-page-cache-alone", processes, REDIS_URL="")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
