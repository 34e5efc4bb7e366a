"""What digests need is stopped in the middle of a run: PostgreSQL falls over again and again, and the processes that
send are asked to end, as on a day of updates. Nothing is lost, nothing is told twice, and nobody waits long for them.
"""

from __future__ import annotations

import datetime
import json
import signal
import sys
import time
from pathlib import Path

import psycopg

from config.launch import servers
from config.launch.processes import Processes
from tests.bench.sinks import Sink
from tests.site import Site

MAILS, CRASHES = 16_000, 8
# Seconds: what a person who stops a service puts up with; and what a mail server far away takes for a mail.
PATIENCE, LATENCY = 30, 0.05
SCENE = f"from tests.bench.crowd import plan_for; plan_for({MAILS})"
# As if an hour had gone by: whoever holds something then is dead.
REAP = """
import datetime
from django.utils import timezone
from accounts.digests.ledger import reap
print(reap(timezone.now() + datetime.timedelta(hours=1)))
"""
ROWS = """
import json
from accounts.models import Delivery
print(json.dumps(list(Delivery.objects.values_list("state", "subscriber__email"))))
"""
RING = "from accounts.tasks import send_mail; send_mail.delay(now={moment!r})"


class Scene:
    """A site with everything planned, on a PostgreSQL of its own that listens where the last one did."""

    def __init__(self, folder: Path, processes: Processes, sink: Sink) -> None:
        # Apart from the PostgreSQL that the other campaigns use.
        self.processes, self.own, self.server = processes, Processes(), folder / "postgres"
        self.server.mkdir()
        self.port = servers.port_nobody_uses()
        url = self.start_postgres()
        self.site = Site(folder, processes, EMAIL_URL=sink.url, DATABASE_URL=url, DIGEST_CONNECTIONS="4")
        self.shell(SCENE)
        self.moment = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).isoformat()

    def start_postgres(self) -> str:
        return servers.start_postgres(self.own, self.server, port=self.port)

    def crash(self) -> None:
        """As if its machine had lost its power: no goodbye, and recovery from the log when it comes back."""
        child = self.own.children.pop("PostgreSQL")
        child.send_signal(signal.SIGQUIT)
        child.wait()
        time.sleep(1)
        self.start_postgres()

    def shell(self, script: str) -> str:
        return self.site.manage("shell", "-v0", "-c", script).strip()

    def start(self, name: str) -> None:
        commands = {
            "loop": ["manage.py", "send_digests", "--loop", "--now", self.moment],
            "worker": ["-m", "celery", "--quiet", "-A", "config", "worker", "--concurrency", "2", "-Q", "mail"],
        }
        self.site.spawn(name, [sys.executable, *commands[name]])

    def stop(self, name: str) -> float:
        """Ask it to end; the seconds until it has."""
        began = time.monotonic()
        child = self.processes.children.pop(f"{name} {self.site.port}")
        child.send_signal(signal.SIGTERM)
        child.wait()
        return time.monotonic() - began

    def count(self, *states: str) -> int:
        query = "SELECT count(*) FROM accounts_delivery WHERE state = ANY(%s)"
        with psycopg.connect(self.site.env["DATABASE_URL"]) as connection:
            return connection.execute(query, [list(states)]).fetchone()[0]

    def wait_until_left(self, number: int) -> None:
        deadline = time.monotonic() + 300
        while self.count("pending", "claimed", "sending") > number:
            assert time.monotonic() < deadline, f"{self.count('pending')} are left"
            time.sleep(0.2)


def run(folder: Path, processes: Processes) -> bool:
    folder.mkdir()
    with Sink("minimal", folder, processes, latency=LATENCY) as sink:
        scene = Scene(folder, processes, sink)
        total, ended = scene.count("pending"), {}
        scene.start("loop")
        scene.start("worker")
        scene.shell(RING.format(moment=scene.moment))
        for crash in range(CRASHES):
            # The last falls when half is sent, so that there is enough to be interrupted in.
            scene.wait_until_left(total - total * (crash + 1) // (2 * CRASHES))
            scene.crash()
            scene.shell(RING.format(moment=scene.moment))
        for name in ("worker", "loop"):
            scene.wait_until_left(scene.count("pending", "claimed", "sending") - 200)
            ended[name] = scene.stop(name)
        held, lost = scene.count("claimed", "sending"), int(scene.shell(REAP))
        scene.start("loop")
        scene.wait_until_left(0)
        scene.stop("loop")
        rows = json.loads(scene.shell(ROWS))
        scene.own.end()
    expected = {email for state, email in rows if state != "empty"}
    missing, strangers = expected - sink.tally.recipients, sink.tally.recipients - expected
    print(
        f"PostgreSQL fell over {CRASHES} times: {len(expected):,} mails expected, missing {len(missing)}, twice "
        f"{sink.tally.twice}, to strangers {len(strangers)}; in doubt after it {lost}. Asked to end, the Celery worker "
        f"took {ended['worker']:.1f} s and the loop {ended['loop']:.1f} s; then {held} were held",
        flush=True,
    )
    in_time = max(ended.values()) < PATIENCE
    all_done = {state for state, _ in rows} <= {"sent", "empty"}
    # What stood in a commit whose answer never came is in doubt, and may go out once more.
    return not missing and not strangers and sink.tally.twice <= lost and in_time and all_done
