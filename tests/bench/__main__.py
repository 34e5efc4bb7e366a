"""The thread page beside `/healthz`, the floor and a file, for threads of several sizes, on SQLite and on PostgreSQL.

`python -m tests.bench [--only sqlite|postgresql] [--thread FILE.jsonl]…`; without arguments, search
among 100,000 comments, what a reply costs, and digests to 100,000 subscribers as well.
"""

from __future__ import annotations

import argparse
import datetime
import os
import shutil
import sys
import tempfile
from pathlib import Path

from config.launch.processes import Processes
from tests.bench import digest, measure, report, search, threads, writing
from tests.run import environment_for

HALVES = ("sqlite", "postgresql")


def main() -> int:
    asked = arguments()
    folder = Path(tempfile.mkdtemp(prefix="probation-forum-bench-"))
    folder.chmod(0o755)
    print(f"{datetime.date.today()}, {report.legend()}", flush=True)
    try:
        wanted = [threads.read(file) for file in asked.thread] or threads.made(folder)
        halves = {half: measured(half, folder, wanted) for half in HALVES if asked.only in (None, half)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("", report.figures(halves, [thread.size for thread in wanted]), "", report.verdicts(halves), sep="\n")
    return 0 if len(sys.argv) > 1 else search.main() or writing.main() or digest.main()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Without arguments: search, too.")
    parser.add_argument("--only", choices=HALVES, help="one database")
    parser.add_argument("--thread", action="append", type=Path, default=[], help="JSON lines instead of our own")
    return parser.parse_args()


def measured(half: str, folder: Path, wanted: list[threads.Thread]) -> measure.Measured:
    """One half, with servers of its own, which end with it."""
    with Processes() as processes:
        os.environ.update(environment_for(half, folder, processes, careless=False))
        return measure.measure(folder / f"{half}-bench", processes, wanted)


if __name__ == "__main__":
    sys.exit(main())
