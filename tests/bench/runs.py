"""One run of sending: some of the planned mails into a server that is started for them, by processes that are ready.

Needs Django set up and everything planned; see `tests.bench.digest`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from config.launch.processes import Processes
from tests.bench.report import row
from tests.bench.sending import Sender
from tests.bench.sinks import Sink, Tally

FAR_AHEAD = "2900-01-01"
# Statements that begin and end transactions do nothing else.
STATEMENTS = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query !~* '^(begin|commit|rollback|savepoint|release|set) ?'"
COMMITS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
HEADINGS = (
    *("into", "processes, connections", "mails", "kB", "a second", "p95 ms", "statements, commits"),
    *("CPU ms: ours, the server's", "MB each", "missing", "twice"),
)


@dataclass(frozen=True)
class Run:
    """So many mails into a server; each of the processes has its share of the connections."""

    sink: str
    mails: int
    processes: int
    connections: int
    latency: float = 0
    faults: float = 0
    note: str = ""

    @property
    def name(self) -> str:
        wait = f", {self.latency * 1000:.0f} ms" if self.latency else ""
        return f"{self.sink}{wait}{f', {self.faults:.0%} faults' if self.faults else ''}{self.note}"


@dataclass
class Figures:
    """What a run found; `statements` and `commits` are those of a mail, `cpu` and `servers_cpu` milliseconds of one."""

    mails: int
    rate: float
    cpu: float
    megabytes: float
    tally: Tally
    statements: float = 0
    commits: float = 0
    lost: int = 0

    @property
    def twice_unasked(self) -> int:
        """Mails that came again though the server had answered them."""
        return max(0, self.tally.twice - self.tally.vanished)

    def line(self, name: str, hands: str) -> str:
        """A row of the table."""
        tally, own = self.tally, self.tally.cpu * 1000 / self.mails
        counts = f"{self.statements:.2f}, {self.commits:.2f}" if self.statements else ""
        twice = f"{tally.twice} of {tally.vanished}" if tally.vanished else str(tally.twice)
        figures = [
            f"{self.mails:,}",
            f"{tally.octets / tally.mails / 1000:.1f}",
            f"{self.rate:.0f}",
            f"{tally.p95():.1f}",
        ]
        figures += [counts, f"{self.cpu:.2f}, {own:.2f}", f"{self.megabytes:.0f}", str(self.lost), twice]
        return row([name, hands, *figures])


def send(run: Run, senders: list[Sender], folder: Path, processes: Processes) -> Figures:
    """Do one run with as many of the senders as it wants, and print its line."""
    wanted, at_work = release(run.mails), senders[: run.processes]
    assert len(wanted) == run.mails, f"{len(wanted)} mails left"
    with Sink(run.sink, folder, processes, latency=run.latency, faults=run.faults) as sink:
        execute("SELECT pg_stat_statements_reset()")
        commits, began = number(COMMITS), time.monotonic()
        for sender in at_work:
            sender.go(sink.port, run.connections // run.processes)
        results = [sender.answer() for sender in at_work]
        statements, commits = number(STATEMENTS), number(COMMITS) - commits
        if run.faults:
            send_again(senders[0], sink.port)
    tally = sink.tally
    found = Figures(
        mails=run.mails,
        rate=run.mails / (max(tally.times[: run.mails]) - began),
        cpu=sum(result["cpu"] for result in results) * 1000 / run.mails,
        megabytes=max(result["megabytes"] for result in results),
        tally=tally,
        statements=statements / run.mails,
        commits=commits / run.mails,
        lost=len(wanted - tally.recipients),
    )
    print(found.line(run.name, f"{run.processes}, {run.connections}"), flush=True)
    if found.lost:
        print(f"  {states()}; last words: {Path(senders[0].log.name).read_text()[-600:]}", flush=True)
    return found


def send_again(sender: Sender, port: int) -> None:
    """What was refused for now or is uncertain, without waiting until it is due."""
    for _ in range(4):
        execute("TRUNCATE accounts_pace")
        execute("UPDATE accounts_delivery SET not_before = NULL WHERE state = 'pending' AND not_before < %s", FAR_AHEAD)
        sender.go(port)
        sender.answer()


def send_with_django(mails: int, sender: Sender, folder: Path, processes: Processes) -> dict[tuple[str, str], float]:
    """The same content by Django's own means: one connection, no ledger, nothing to choose or to write; mails a second.

    By the kind of server, and `1` for `send_mass_mail`, which knows plain text only, or `2` for both parts.
    """
    release(mails)
    with Sink("minimal", folder, processes, keep=True) as sink:
        sender.go(sink.port)
        sender.answer()
    rates = {}
    for parts, name in (("1", "send_mass_mail, text only"), ("2", "the same with HTML")):
        by_django = Sender("mass", str(sink.kept), parts)
        for kind in ("aiosmtpd", "minimal"):
            with Sink(kind, folder, processes) as other:
                by_django.go(other.port)
                result = by_django.answer()
            count = int(result["sent"])
            cpu = result["cpu"] * 1000 / count
            found = Figures(count, count / result["seconds"], cpu, result["megabytes"], other.tally)
            print(found.line(f"{kind}, by Django: {name}", "1, 1"), flush=True)
            rates[kind, parts] = found.rate
        by_django.end()
    return rates


def hold_back() -> None:
    """Have nothing be due."""
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


def states() -> dict[str, int]:
    return dict(Counter(dict(execute("SELECT state, count(*) FROM accounts_delivery GROUP BY state"))))


def number(sql: str) -> int:
    return int(execute(sql)[0][0])


def execute(sql: str, *places: object) -> Sequence[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, places or None)
        return cursor.fetchall() if cursor.description else []
