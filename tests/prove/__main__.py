"""`make prove`: what takes too long for `make test`, one campaign after the other, on SQLite and on PostgreSQL.

`python -m tests.prove [--only sqlite|postgresql] [NAME…]` runs these alone: the names are those of the modules.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

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
    restarts,
    sealing,
    seized,
)
from tests.run import environment_for

HALVES = ("sqlite", "postgresql")


class Stage(NamedTuple):
    """Where a campaign runs: a folder that it makes, what ends its processes, the database."""

    folder: Path
    processes: Processes
    half: str

    @property
    def workers(self) -> int:
        """Without Redis each process counts for itself, so there is one."""
        return 1 if self.half == "sqlite" else 2


@dataclass(frozen=True)
class Campaign:
    """`run` says whether all of it held; without `halves` it needs no site."""

    says: str
    run: Callable[[Stage], bool]
    halves: tuple[str, ...] = HALVES


CAMPAIGNS = {
    "pictures": Campaign(
        f"hostile pictures, each in a process of its own; {pictures.MOST_MEMORY} MB is the most",
        lambda _: pictures.run(),
        (),
    ),
    "identifiers": Campaign(
        f"the check before posting: hostile texts, {identifiers.MOST_MILLISECONDS} ms is the most",
        lambda _: identifiers.run(),
        (),
    ),
    "markup": Campaign(
        f"{markup.EXAMPLES:,} hostile texts, and how long the slowest takes", lambda _: markup.alone(), ()
    ),
    "seized": Campaign("seized server, with five leaks put in", lambda at: seized.run(at.folder)),
    "leftovers": Campaign(
        "in which files a withdrawn text still stands",
        lambda at: seized.leftovers(at.folder, at.processes),
        ("postgresql",),
    ),
    "flood": Campaign(
        f"flood: {flood.WRITERS} clients, {flood.COMMENTS} comments", lambda at: flood.run(at.folder, at.processes)
    ),
    "receipts": Campaign("wrong receipt codes", lambda at: receipts.run(at.folder, at.processes)),
    "abuse": Campaign(
        f"abuse: {abuse.A_MINUTE} comments a minute",
        lambda at: abuse.run(at.folder, at.processes, workers=at.workers),
    ),
    "reports": Campaign(
        "a thousand reports in a minute", lambda at: reports.run(at.folder, at.processes, workers=at.workers)
    ),
    "moving": Campaign(
        f"moving 1,000 comments between posts of {moving.SIZE:,}", lambda at: moving.run(at.folder, at.processes)
    ),
    "decisions": Campaign(f"{decisions.RUNS} sequences of {decisions.LENGTH} decisions", lambda _: decisions.run()),
    "moderators": Campaign(
        f"{moderators.MODERATORS} moderators and {moderators.POSTERS} readers for a minute",
        lambda at: moderators.run(at.folder, at.processes),
    ),
    "links": Campaign(f"{links.LOOKS:,} looks at the links of mails", lambda at: links.run(at.folder, at.processes)),
    "digests": Campaign(
        f"{digests.DAYS} days of digests, mail server and senders failing",
        lambda at: digests.run(at.folder, at.processes, at.half),
    ),
    "sealing": Campaign(
        f"{sealing.EVENTS:,} events of writers that commit late",
        lambda at: sealing.run(at.folder, at.processes),
        ("postgresql",),
    ),
    "kills": Campaign(
        f"{kills.KILLS} workers killed during {kills.MAILS:,} digests",
        lambda at: kills.run(at.folder, at.processes),
        ("postgresql",),
    ),
    "restarts": Campaign(
        f"{restarts.MAILS:,} digests, PostgreSQL falls over {restarts.CRASHES} times, senders are asked to end",
        lambda at: restarts.run(at.folder, at.processes),
        ("postgresql",),
    ),
    "page_cache": Campaign("page cache", lambda at: page_cache.run(at.folder, at.processes)),
    "page_cache_alone": Campaign(
        "page cache without Redis",
        lambda at: page_cache.run(at.folder, at.processes, REDIS_URL=""),
        ("postgresql",),
    ),
}


def main() -> int:
    asked = arguments()
    wanted = {name: CAMPAIGNS[name] for name in asked.names or CAMPAIGNS}
    folder = Path(tempfile.mkdtemp(prefix="probation-forum-prove-"))
    folder.chmod(0o755)
    failed = []
    try:
        with Processes() as processes:
            for half in ("", *asked.only):
                of_this = {name: one for name, one in wanted.items() if half in (one.halves or ("",))}
                if half and of_this:
                    os.environ.update(environment_for(half, folder, processes, careless=False))
                for name, campaign in of_this.items():
                    print(f"== {name}: {campaign.says}{half and f', on {half}'}", flush=True)
                    if not campaign.run(Stage(folder / f"{half}-{name}", processes, half)):
                        failed.append(f"{name} {half}".strip())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"failed: {', '.join(failed)}" if failed else "all held")
    return int(bool(failed))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.prove")
    parser.add_argument("--only", action="append", choices=HALVES, help="one database")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CAMPAIGNS))
    asked = parser.parse_args()
    asked.only = asked.only or HALVES
    if unknown := set(asked.names) - set(CAMPAIGNS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
