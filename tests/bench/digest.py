"""Digests to 100,000 subscribers: planning, and mails a second into two kinds of mail server, beside Django's own.

`python -m tests.bench.digest [grid]`, on PostgreSQL. All are planned, then some thousands at a time are sent; the
servers, in processes of their own on the same cores, say what reached them. Latency is what a server waits before it
answers a mail. `grid` sends with more latencies and connections.
"""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config.launch import servers
from config.launch.processes import Processes
from tests.bench.report import Limit, row
from tests.bench.sending import Sender
from tests.run import environment_for

SIZES = (1_000, 10_000, 100_000)
COUNTING = "shared_preload_libraries=pg_stat_statements"
# Into what, mails, processes, connections, latency in seconds, faults. The mails are as many chunks for each connection.
# The first finds nothing written yet; processes live on, as they do on a site.
RUNS = {
    "cold": ("minimal", 6_000, 2, 4, 0, 0, ", nothing written yet"),
    "aiosmtpd": ("aiosmtpd", 6_000, 2, 4, 0, 0),
    "minimal": ("minimal", 6_000, 2, 4, 0, 0),
    "ten": ("minimal", 4_000, 2, 10, 0.05, 0),
    "forty": ("minimal", 12_000, 2, 40, 0.05, 0),
    "faulty": ("minimal", 2_000, 2, 4, 0, 0.02),
}
GRID = {
    f"grid {latency} {connections}": ("minimal", mails, min(2, connections), connections, latency, 0)
    for latency, share in ((0, 1000), (0.02, 200), (0.2, 100))
    for connections, mails in ((1, share), (10, min(4000, 10 * share)), (40, min(4000, 40 * share)))
}
WITH_DJANGO = 2_000


@dataclass
class Found:
    """What was measured: seconds by number of subscribers, runs by name, Django's mails a second."""

    planned: dict[int, float] = field(default_factory=dict)
    runs: dict[str, object] = field(default_factory=dict)
    django: dict[tuple[str, str], float] = field(default_factory=dict)

    def most(self, what: str) -> float:
        return max(getattr(figures, what) for figures in self.runs.values())

    def of_latency(self, name: str) -> float:
        """Mails a second as a share of connections ÷ latency."""
        connections, latency = RUNS[name][3:5]
        return self.runs[name].rate * latency / connections


def main() -> int:
    if sys.argv[1:2] == ["measure"]:
        return measure(RUNS | (GRID if "grid" in sys.argv else {}))
    folder = Path(tempfile.mkdtemp(prefix="probation-forum-bench-"))
    folder.chmod(0o755)
    print(f"{datetime.date.today()}, {os.cpu_count()} cores; digests on PostgreSQL", flush=True)
    try:
        with Processes() as processes:
            environment = environment_for("sqlite", folder, processes)
            postgres = folder / "postgres"
            postgres.mkdir()
            environment["DATABASE_URL"] = servers.start_postgres(processes, postgres, settings=[COUNTING])
            environment |= {"DJANGO_SETTINGS_MODULE": "config.settings", "FORUM_LIMITS": "off"}
            subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True)
            command = [sys.executable, "-m", "tests.bench.digest", "measure", *sys.argv[1:]]
            return subprocess.run(command, env=environment).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(wanted: dict[str, tuple]) -> int:
    import django

    django.setup()
    from tests.bench import runs

    runs.execute("CREATE EXTENSION pg_stat_statements")
    folder, found = Path(os.environ["DATA_DIR"]), Found(planned=planned())
    runs.hold_back()
    with Processes() as processes:
        print(row(runs.HEADINGS), row(["---"] * len(runs.HEADINGS)), sep="\n", flush=True)
        senders = [Sender("work") for _ in range(2)]
        for name, fields in wanted.items():
            found.runs[name] = runs.send(runs.Run(*fields), senders, folder, processes)
        found.django = runs.send_with_django(WITH_DJANGO, senders[0], folder, processes)
        for sender in senders:
            sender.end()
    # What else the machine did: all of this wants both cores for itself.
    print(f"load of the last five minutes {os.getloadavg()[1]:.1f}, our own part about 3")
    print("", row(["what", "limit", "found"]), row(["---"] * 3), sep="\n")
    for limit in LIMITS:
        print(row([limit.what, f"{limit.sign} {limit.bound:g}", limit.verdict(found)]))
    return 0


def planned() -> dict[int, float]:
    """Seconds of planning for more and more subscribers; in the end all of them are planned."""
    from accounts.digests.planning import plan
    from accounts.models import Digest
    from tests.bench import crowd
    from tests.bench.runs import execute

    made, events = timed(crowd.make_site)
    print(f"{events} events of {crowd.POSTS} posts and {crowd.COMMENTS} comments, made in {made:.0f} s", flush=True)
    there, found = 0, {}
    for size in SIZES:
        made, _ = timed(lambda there=there, size=size: crowd.make_subscribers(there, size))
        there = size
        execute("TRUNCATE accounts_delivery, accounts_digest")
        execute("VACUUM ANALYZE")
        found[size], rows = timed(plan)
        again, more = timed(plan)
        assert (rows, more) == (size, 0), f"{rows} planned of {size}, then {more}"
        print(
            f"planned {size:,} in {found[size]:.2f} s, again in {again:.2f} s; {Digest.objects.count()} digests; "
            f"subscribers made in {made:.0f} s",
            flush=True,
        )
    return found


def timed(ask: Callable[[], object]) -> tuple[float, object]:
    started = time.perf_counter()
    result = ask()
    return time.perf_counter() - started, result


LIMITS = [
    Limit("planning 100,000, s", "≤", 5, lambda found: found.planned[100_000]),
    Limit("into aiosmtpd, mails a second", "≥", 300, lambda found: found.runs["aiosmtpd"].rate),
    Limit("50 ms, 10 connections: of connections ÷ latency", "≥", 0.8, lambda found: found.of_latency("ten")),
    Limit("50 ms, 40 connections: of connections ÷ latency", "≥", 0.8, lambda found: found.of_latency("forty")),
    Limit("statements a mail, the most of any run", "≤", 3, lambda found: found.most("statements")),
    Limit("memory of a process, MB, the most of any run", "≤", 200, lambda found: found.most("megabytes")),
    Limit("missing, the most of any run", "≤", 0, lambda found: found.most("lost")),
    Limit("twice though the server had answered", "≤", 0, lambda found: found.most("twice_unasked")),
]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
