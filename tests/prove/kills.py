"""Workers are killed 200 times while they send 20,000 digests: none is lost, and few come twice, or none.

Both policies for what nobody knows are tried. The
workers are real processes that end by SIGKILL at any moment: before they claim, while they write, between the mail
server's yes and the commit that notes it.
"""

from __future__ import annotations

import datetime
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from config.launch.processes import Processes
from tests.bench.sinks import Sink
from tests.site import Site

MAILS, KILLS, WORKERS = 20_000, 200, 3
POLICIES = ("resend", "hold")
# Instead of minutes; nobody else is to be waited for.
LEASE = datetime.timedelta(seconds=10)


def run(folder: Path, processes: Processes) -> bool:
    """Both policies; True if each kept its promise."""
    folder.mkdir()
    kept = [_run(folder / policy, processes, policy, MAILS, KILLS) for policy in POLICIES]
    return all(kept)


def _run(folder: Path, processes: Processes, policy: str, mails: int, kills: int) -> bool:
    folder.mkdir()
    started = time.monotonic()
    with Sink("aiosmtpd", folder, processes) as sink:
        site = Site(folder, processes, EMAIL_URL=sink.url)
        environment = site.env | {"DJANGO_SETTINGS_MODULE": "config.settings"}
        command = [sys.executable, "-m", "tests.prove.kills", policy, str(mails), str(kills)]
        with site.log.open("ab") as log:
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=log, check=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    expected, uncertain = set(found["expected"]), set(found["uncertain"])
    missing = expected - sink.tally.recipients
    twice = sink.tally.mails - len(sink.tally.recipients)
    strangers = sink.tally.recipients - expected
    other_ids = len(sink.tally.taken) - len(sink.tally.recipients)
    print(
        f"{policy}: {found['kills']} kills, {len(expected)} mails expected, {sink.tally.mails} taken; missing "
        f"{len(missing)}, of them listed as uncertain {len(missing & uncertain)}; copies {twice}, with another "
        f"Message-ID {other_ids}; to strangers {len(strangers)}; uncertain {len(uncertain)}; states {found['states']}; "
        f"{time.monotonic() - started:.0f} s",
        flush=True,
    )
    allowed = found["kills"] if policy == "resend" else 0
    kept = not missing - uncertain and twice <= allowed and not other_ids and not strangers
    if policy == "resend":
        kept = kept and not missing
    return kept and found["kills"] == kills and set(found["states"]) <= {"sent", "empty", "uncertain"}


def direct(policy: str, mails: int, kills: int) -> None:
    """In a process of its own: fill the site, plan, keep workers at it and kill them; what the ledger says then."""
    import django

    django.setup()
    from django.db import connection

    from accounts.digests import ledger
    from accounts.models import Delivery, PostOffice
    from tests.bench.crowd import plan_for

    ledger.LEASE_CLAIMED = ledger.LEASE_SENDING = LEASE
    plan_for(mails)
    PostOffice.objects.update(when_uncertain=policy)
    killed = _kill(kills, random.Random(policy))
    rows = Delivery.objects.all()
    states = Counter(rows.values_list("state", flat=True))
    emails = rows.values_list("subscriber__email", flat=True)
    expected, uncertain = list(emails.exclude(state="empty")), list(emails.filter(state="uncertain"))
    connection.close()
    print(json.dumps({"expected": expected, "uncertain": uncertain, "states": states, "kills": killed}))


def _kill(kills: int, dice: random.Random) -> int:
    """Have workers send all there is, and kill so many of them, spread over the run, at moments of their own."""
    from accounts.models import Delivery

    to_send = Delivery.objects.filter(state__in=["pending", "claimed", "sending"])
    workers = [_fork() for _ in range(WORKERS)]
    killed, total = 0, to_send.count()
    while left := to_send.count():
        if killed < kills and total - left >= (killed + dice.random()) * total * 0.9 / kills:
            victim = dice.randrange(WORKERS)
            _end(workers[victim])
            workers[victim] = _fork()
            killed += 1
        time.sleep(0.05 + dice.random() * 0.1)
    for worker in workers:
        _end(worker)
    return killed


def _end(worker: int) -> None:
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)


def _fork() -> int:
    """A worker, as a Celery worker or the loop would be; its key. It has read the code already, so it begins at once."""
    from django.db import connection

    connection.close()
    child = os.fork()
    if child:
        return child
    try:
        _work()
    finally:
        os._exit(1)


def _work() -> None:
    from django.utils import timezone

    from accounts.digests.delivery import drain
    from accounts.digests.ledger import reap

    random.seed()
    moment = timezone.now() + datetime.timedelta(days=2)
    while True:
        reap()
        if not drain(2, moment):
            time.sleep(0.2)


if __name__ == "__main__":
    direct(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
