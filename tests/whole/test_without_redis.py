"""Redis is dead, or takes connections and never says a word: readers post and digests go out as ever."""

from __future__ import annotations

import datetime
import socket
import statistics
import sys
import time

import pytest
from django.utils import timezone

from config.launch.servers import port_nobody_uses
from forum.memory import PAUSE
from tests.mailserver import MailServer, text_of
from tests.site import Site

SCENE = """
from tests.accounts.conftest import subscribed
from tests.scenery import make_post
post = make_post("The desk")
subscribed("charlie@example.org")
print(post.get_absolute_url())
"""


@pytest.fixture
def silent():
    """The port of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize("how", ["dead", "silent"])
def test_posting_takes_less_than_a_second_and_digests_go_within_a_minute(tmp_path, processes, silent, how):
    mailserver = MailServer()
    mailserver.start()
    port = silent if how == "silent" else port_nobody_uses()
    site = Site(tmp_path, processes, EMAIL_URL=mailserver.url, REDIS_URL="")
    site.env["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
    path = site.manage("shell", "-v0", "-c", SCENE).split()[-1]
    site.start()
    assert site.post(f"{path}/comments", text="The first words warm the process up.")[0] == 200
    tomorrow = (timezone.now() + datetime.timedelta(days=1)).isoformat()
    site.spawn("loop", [sys.executable, "manage.py", "send_digests", "--loop", "--now", tomorrow])
    deadline = time.monotonic() + 60
    taken = []
    # One of these asks Redis again.
    end = time.monotonic() + PAUSE + 1
    while not mailserver.mails or (how == "silent" and time.monotonic() < end):
        assert time.monotonic() < deadline
        began = time.monotonic()
        assert site.post(f"{path}/comments", text=f"These are words number {len(taken)}.")[0] == 200
        taken.append(time.monotonic() - began)
        time.sleep(0.9)
    mailserver.stop()
    (mail,) = mailserver.mails
    assert mail["To"] == "charlie@example.org"
    assert "The first words" in text_of(mail)
    # On a machine that is busy with other things, no more than what waiting for Redis costs.
    assert max(taken) < max(1, statistics.median(taken) + 0.7)
