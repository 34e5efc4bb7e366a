"""A worker dies, or sleeps too long, between the mail server's yes and its own note of it: the worst moment there is."""

from __future__ import annotations

import datetime
import os
import signal
import sys
import time
from collections import Counter

import pytest
from django.utils import timezone

from tests.mailserver import MailServer
from tests.site import Site

READERS = 5
SCENE = f"""
import datetime
from django.utils import timezone
from accounts.digests.planning import plan
from accounts.digests.post_office import office
from accounts.models import PostOffice
from tests.accounts.conftest import subscribed
from tests.scenery import make_post
for number in range({READERS}):
    subscribed(f"reader{{number}}@example.org")
make_post("The desk")
office()
PostOffice.objects.update(when_uncertain=POLICY)
assert plan(timezone.now() + datetime.timedelta(days=1)) == {READERS}
"""
AN_HOUR_LATER = """
import datetime
from django.utils import timezone
from accounts.digests.ledger import reap
reap(timezone.now() + datetime.timedelta(hours=1))
"""
STATES = """
from collections import Counter
from accounts.models import Delivery
print(sorted(Counter(Delivery.objects.values_list("state", flat=True)).items()))
"""


@pytest.fixture
def mailserver():
    server = MailServer()
    server.start()
    yield server
    server.stop()


def begin(tmp_path, processes, mailserver, policy: str, number: int) -> Site:
    """A site whose loop gets this signal when the server has taken the second mail and has not said so."""
    site = Site(tmp_path, processes, EMAIL_URL=mailserver.url, REDIS_URL="")
    site.manage("shell", "-v0", "-c", SCENE.replace("POLICY", repr(policy)))

    def interrupt(raw: bytes) -> None:
        if len(mailserver.raw) == 2:
            os.kill(processes.children[f"loop {site.port}"].pid, number)

    mailserver.when_taken = interrupt
    start_loop(site)
    wait_for(lambda: len(mailserver.raw) == 2)
    return site


def start_loop(site: Site, name: str = "loop") -> None:
    tomorrow = (timezone.now() + datetime.timedelta(days=1)).isoformat()
    site.spawn(name, [sys.executable, "manage.py", "send_digests", "--loop", "--now", tomorrow])


def wait_for(condition, seconds=60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def shell(site: Site, script: str) -> str:
    return site.manage("shell", "-v0", "-c", script).strip()


@pytest.mark.parametrize(("policy", "copies"), [("resend", 2), ("hold", 1)])
def test_a_worker_killed_behind_the_servers_yes(tmp_path, processes, mailserver, policy, copies):
    site = begin(tmp_path, processes, mailserver, policy, signal.SIGKILL)
    processes.children.pop(f"loop {site.port}").wait(60)
    assert shell(site, STATES) == "[('claimed', 3), ('sending', 1), ('sent', 1)]"
    shell(site, AN_HOUR_LATER)
    start_loop(site)
    wait_for(lambda: len(mailserver.raw) == READERS - 1 + copies)
    time.sleep(1)
    last = {"resend": f"[('sent', {READERS})]", "hold": f"[('sent', {READERS - 1}), ('uncertain', 1)]"}[policy]
    wait_for(lambda: shell(site, STATES) == last)
    heads = Counter((mail["To"], mail["Message-ID"], mail["Date"]) for mail in mailserver.mails)
    assert sorted(heads.values()) == [1] * (READERS - 1) + [copies]


def test_a_worker_that_slept_past_its_lease_sends_nothing_more_and_says_what_it_knows(tmp_path, processes, mailserver):
    site = begin(tmp_path, processes, mailserver, "hold", signal.SIGSTOP)
    shell(site, AN_HOUR_LATER)
    start_loop(site, "another")
    wait_for(lambda: len(mailserver.raw) == READERS)
    assert shell(site, STATES) == f"[('sent', {READERS - 1}), ('uncertain', 1)]"
    os.kill(processes.children[f"loop {site.port}"].pid, signal.SIGCONT)
    wait_for(lambda: shell(site, STATES) == f"[('sent', {READERS})]")
    assert Counter(mail["To"] for mail in mailserver.mails) == {f"reader{n}@example.org": 1 for n in range(READERS)}
