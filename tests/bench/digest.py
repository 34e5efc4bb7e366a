"""Digests to 100,000 subscribers: planning, and mails a second into two kinds of mail server, beside Django's own.

`python -m tests.bench.digest`, on PostgreSQL. All are planned, then some thousands at a time are sent, with each
server started for them alone; the servers say what reached them. Latency is what a server waits before it answers a
mail.
"""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from config.launch import servers
from config.launch.processes import Processes
from tests.bench.report import Limit, row
from tests.bench.sending import Sender
from tests.bench.sinks import Sink, Tally
from tests.run import environment_for

SIZES = (1_000, 10_000, 100_000)
CHUNK = 100
COUNTING = "shared_preload_libraries=pg_stat_statements"
FAR_AHEAD = "2900-01-01"
Found = dict[tuple[str, object], float]


@dataclass(frozen=True)
class Run:
    """So many mails into a server; each of the processes has its share of the connections."""

    sink: str
    mails: int
    processes: int
    connections: int
    latency: float = 0
    faults: float = 0

    @property
    def name(self) -> str:
        wait = f", {self.latency * 1000:.0f} ms" if self.latency else ""
        return f"{self.sink}{wait}{f', {self.faults:.0%} faults' if self.faults else ''}"


# Numbers of mails that come out even: as many chunks for each connection.
RUNS = [
    Run("aiosmtpd", 6_000, 2, 4),
    Run("minimal", 6_000, 2, 4),
    Run("minimal", 4_000, 2, 10, latency=0.05),
    Run("minimal", 12_000, 2, 40, latency=0.05),
    Run("minimal", 2_000, 2, 4, faults=0.02),
]
# Beside them, with one connection as it has.
MASS = 2_000
AIOSMTPD, MINIMAL, TEN, FORTY, FAULTY = RUNS


def main() -> int:
    if sys.argv[1:] == ["measure"]:
        return measure()
    folder = Path(tempfile.mkdtemp(prefix="probation-forum-bench-"))
    folder.chmod(0o755)
    print(
        f"{datetime.date.today()}, {os.cpu_count()} cores; digests on PostgreSQL, servers on the same cores", flush=True
    )
    try:
        with Processes() as processes:
            environment = environment_for("sqlite", folder, processes)
            postgres = folder / "postgres"
            postgres.mkdir()
            environment["DATABASE_URL"] = servers.start_postgres(processes, postgres, settings=[COUNTING])
            environment |= {"DJANGO_SETTINGS_MODULE": "config.settings", "FORUM_LIMITS": "off"}
            subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True)
            return subprocess.run([sys.executable, "-m", "tests.bench.digest", "measure"], env=environment).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure() -> int:
    import django

    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION pg_stat_statements")
    folder, found = Path(os.environ["DATA_DIR"]), Found()
    planned(found)
    held_back()
    with Processes() as processes:
        print(row(HEADINGS), row(["---"] * len(HEADINGS)), sep="\n", flush=True)
        for run in RUNS:
            sent(run, folder, processes, found)
        beside(folder, processes, found)
    print("", row(["what", "limit", "found"]), row(["---"] * 3), sep="\n")
    for limit in LIMITS:
        print(row([limit.what, f"{limit.sign} {limit.bound:g}", limit.verdict(found)]))
    return 0


def planned(found: Found) -> None:
    """Planning for more and more subscribers; in the end all of them are planned."""
    from accounts.digests.planning import plan
    from accounts.models import Digest
    from tests.bench import crowd

    started = time.monotonic()
    events = crowd.make_site()
    made, there = time.monotonic() - started, 0
    print(f"{events} events of {crowd.POSTS} posts and {crowd.COMMENTS} comments made in {made:.0f} s", flush=True)
    for size in SIZES:
        started = time.monotonic()
        crowd.make_subscribers(there, size)
        made, there = time.monotonic() - started, size
        execute("TRUNCATE accounts_delivery, accounts_digest")
        execute("VACUUM ANALYZE")
        found["plan", size], rows = timed(plan)
        found["plan again", size], again = timed(plan)
        assert (rows, again) == (size, 0), f"{rows} planned of {size}, then {again}"
        print(
            f"planned {size:,} in {found['plan', size]:.2f} s, again in {found['plan again', size]:.2f} s "
            f"({Digest.objects.count()} digests; subscribers made in {made:.0f} s)",
            flush=True,
        )


def timed(ask):
    started = time.perf_counter()
    result = ask()
    return time.perf_counter() - started, result


def execute(sql: str, *places: object) -> list[tuple]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, places or None)
        return cursor.fetchall() if cursor.description else []


def held_back() -> None:
    execute("UPDATE accounts_delivery SET not_before = %s", FAR_AHEAD)
    execute("VACUUM ANALYZE accounts_delivery")


def release(count: int) -> set[str]:
    """Have so many be due now; to whom they go."""
    due = (
        "UPDATE accounts_delivery d SET not_before = NULL FROM (SELECT id FROM accounts_delivery WHERE state = 'pending'"
        " AND not_before = %s ORDER BY id LIMIT %s) n, accounts_subscriber s"
        " WHERE d.id = n.id AND s.id = d.subscriber_id RETURNING s.email"
    )
    return {address for (address,) in execute(due, FAR_AHEAD, count)}


HEADINGS = (
    *("into", "processes", "connections", "mails", "a second", "p95 ms", "statements", "commits", "CPU ms", "MB each"),
    *("kB", "missing", "twice"),
)


def sent(run: Run, folder: Path, processes: Processes, found: Found) -> None:
    """One run, its line, and what the limits ask of it."""
    wanted = release(run.mails)
    with Sink(run.sink, folder, processes, latency=run.latency, faults=run.faults) as sink:
        senders = [Sender(sink.url, "work", str(run.connections // run.processes)) for _ in range(run.processes)]
        execute("SELECT pg_stat_statements_reset()")
        commits, began = commits_so_far(), time.monotonic()
        for sender in senders:
            sender.go()
        results = [sender.result() for sender in senders]
        statements = statements_so_far()
        commits = commits_so_far() - commits
        if run.faults:
            again(sink.url)
    tally = sink.tally
    rate = run.mails / (max(tally.times[: run.mails]) - began)
    missing = wanted - tally.recipients
    found["rate", run] = rate
    found["of latency", run] = rate * run.latency / run.connections
    found["statements", run], found["commits", run] = statements / run.mails, commits / run.mails
    found["megabytes", run] = max(result["megabytes"] for result in results)
    found["lost", run], found["beyond", run] = len(missing), tally.twice - tally.vanished
    cpu = sum(result["cpu"] for result in results) * 1000 / run.mails
    line = [run.name, run.processes, run.connections, f"{run.mails:,}", f"{rate:.0f}", f"{tally.p95():.1f}"]
    line += [
        f"{statements / run.mails:.2f}",
        f"{commits / run.mails:.2f}",
        f"{cpu:.2f}",
        f"{found['megabytes', run]:.0f}",
    ]
    line += [kilobytes(tally), len(missing), f"{tally.twice}{f' of {tally.vanished}' if run.faults else ''}"]
    print(row([str(cell) for cell in line]), flush=True)
    states = Counter(
        dict(execute("SELECT state, count(*) FROM accounts_delivery WHERE not_before IS NULL GROUP BY state"))
    )
    if missing or tally.twice:
        print(f"  states: {dict(states)}; refused {tally.refused}, taken without a word {tally.vanished}")


def again(url: str) -> None:
    """What was refused or is uncertain, without waiting until it is due."""
    for _ in range(3):
        execute("UPDATE accounts_delivery SET not_before = NULL WHERE state = 'pending' AND not_before < %s", FAR_AHEAD)
        sender = Sender(url, "work", "1")
        sender.go()
        sender.result()


def beside(folder: Path, processes: Processes, found: Found) -> None:
    """The same mails by Django's own means, one connection, no ledger, nothing personal to make."""
    release(MASS)
    with Sink("minimal", folder, processes, keep=True) as sink:
        sender = Sender(sink.url, "work", "1")
        sender.go()
        sender.result()
    for kind in ("aiosmtpd", "minimal"):
        for parts, name in (("1", "send_mass_mail, text part only"), ("2", "its connection, both parts")):
            with Sink(kind, folder, processes) as other:
                sender = Sender(other.url, "mass", str(sink.kept), parts)
                sender.go()
                result = sender.result()
            rate = result["sent"] / result["seconds"]
            found["mass", (kind, parts)] = rate
            cells = [
                f"{kind}: Django's {name}",
                "1",
                "1",
                f"{result['sent']:,}",
                f"{rate:.0f}",
                f"{other.tally.p95():.1f}",
            ]
            cells += ["0", "0", f"{result['cpu'] * 1000 / result['sent']:.2f}", f"{result['megabytes']:.0f}"]
            print(row([*cells, kilobytes(other.tally), "", ""]), flush=True)


def kilobytes(tally: Tally) -> str:
    return f"{tally.octets / tally.mails / 1000:.1f}"


def statements_so_far() -> int:
    """Without what begins and ends transactions."""
    counted = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query !~* '^(begin|commit|rollback|set|savepoint|release)'"
    return int(execute(counted)[0][0])


def commits_so_far() -> int:
    # Other processes' counts are written a second after their last transaction, or as they end.
    return int(execute("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")[0][0])


LIMITS = [
    Limit("planning 100,000, s", "≤", 5, lambda f: f["plan", 100_000]),
    Limit("into aiosmtpd, mails a second", "≥", 300, lambda f: f["rate", AIOSMTPD]),
    Limit("into aiosmtpd / send_mass_mail of both parts", "≥", 1, lambda f: f["rate", AIOSMTPD] / f["mass", ("aiosmtpd", "2")]),
    Limit("50 ms, 10 connections: of connections ÷ latency", "≥", 0.8, lambda f: f["of latency", TEN]),
    Limit("50 ms, 40 connections: of connections ÷ latency", "≥", 0.8, lambda f: f["of latency", FORTY]),
    Limit("statements a mail, the most of any run", "≤", 3, lambda f: most(f, "statements")),
    Limit("memory of a process, MB, the most of any run", "≤", 200, lambda f: most(f, "megabytes")),
    Limit("missing, all runs", "≤", 0, lambda f: sum(f["lost", run] for run in RUNS)),
    Limit("twice beyond what was taken without a word", "≤", 0, lambda f: most(f, "beyond")),
]  # fmt: skip


def most(found: Found, what: str) -> float:
    return max(found[what, run] for run in RUNS)


if __name__ == "__main__":
    sys.exit(main())
