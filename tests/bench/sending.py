"""A process that sends what is due: `python -m tests.bench.sending work` with the site's own engine, or
`python -m tests.bench.sending mass FILE PARTS` with Django's, one connection, the mails that a sink kept in FILE.

It says `ready`; for each line `PORT CONNECTIONS` it sends to that port, and says in JSON what that took of it.
"""

from __future__ import annotations

import email
import email.policy
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import django
from django.conf import settings

from tests.bench.sinks import kept


def work() -> Callable[[int], int]:
    from accounts.digests.delivery import drain
    from accounts.digests.ledger import reap

    def send(connections: int) -> int:
        sent = 0
        reap()
        # A pass ends after a while, done or not.
        while now := drain(connections):
            sent += now
        return sent

    return send


def mass(file: str, parts: str) -> Callable[[int], int]:
    """`send_mass_mail` knows plain text only (`parts` 1); what it does for that, for both parts (`parts` 2)."""
    from django.core.mail import EmailMultiAlternatives, get_connection, send_mass_mail

    mails = [email.message_from_bytes(raw, policy=email.policy.default) for raw in kept(Path(file))]
    plain = [(str(mail["Subject"]), part(mail, "plain"), str(mail["From"]), [str(mail["To"])]) for mail in mails]
    if parts == "1":
        return lambda _: send_mass_mail(plain)
    both = [EmailMultiAlternatives(*fields) for fields in plain]
    for message, mail in zip(both, mails, strict=True):
        message.attach_alternative(part(mail, "html"), "text/html")
    return lambda _: get_connection().send_messages(both) or 0


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    return str(found.get_content()) if found else ""


class Sender:
    """Such a process, ready when this returns."""

    def __init__(self, *arguments: str) -> None:
        environment = os.environ | {"EMAIL_URL": "smtp://127.0.0.1:1", "DIGEST_RATE": "0", "DIGEST_DOMAIN_RATE": "0"}
        command = [sys.executable, "-m", "tests.bench.sending", *arguments]
        # What it says of single mails nobody wants between the figures.
        self.log = (Path(os.environ["DATA_DIR"]) / "log").open("ab")
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self.log, "text": True}
        self.child = subprocess.Popen(command, env=environment, **pipes)
        self.answer()

    def go(self, port: int, connections: int = 1) -> None:
        self.child.stdin.write(f"{port} {connections}\n")
        self.child.stdin.flush()

    def answer(self) -> dict[str, float]:
        line = self.child.stdout.readline()
        assert line, Path(self.log.name).read_text()[-4000:]
        return json.loads(line)

    def end(self) -> None:
        self.child.stdin.close()
        self.child.wait()


def main(kind: str, *arguments: str) -> None:
    django.setup()
    send = {"work": work, "mass": mass}[kind](*arguments)
    print('"ready"', flush=True)
    for line in sys.stdin:
        port, connections = map(int, line.split())
        settings.EMAIL_PORT = port
        before, cpu = time.monotonic(), time.process_time()
        sent = send(connections)
        facts = {
            "sent": sent,
            "seconds": time.monotonic() - before,
            "cpu": time.process_time() - cpu,
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        }
        print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
