"""From the form to the mail: a subscriber, real processes, a real SMTP server, with the loop and with Celery."""

from __future__ import annotations

import datetime
import re
import sys
import time

import pytest
from django.utils import timezone

from tests.mailserver import MailServer, text_of
from tests.site import Site


@pytest.fixture
def mailserver():
    server = MailServer()
    server.start()
    yield server
    server.stop()


def mails_to_charlie(mailserver: MailServer) -> list:
    """In the evening staff are told of cases that wait: those mails are not meant here."""
    return [mail for mail in mailserver.mails if mail["To"] == "charlie@example.org"]


def wait_for_mails(mailserver: MailServer, count: int, seconds: float = 40) -> list:
    deadline = time.monotonic() + seconds
    while len(mails_to_charlie(mailserver)) < count and time.monotonic() < deadline:
        time.sleep(0.1)
    return mails_to_charlie(mailserver)


def path_in(mail, kind: str) -> str:
    return re.search(rf"https?://[^/]+(/{kind}/\S+/)", text_of(mail))[1]


def subscription_of(site: Site, path: str) -> str:
    return re.search(r'name="subscription" value="(\d+)"', site.get(path)[1])[1]


def tomorrow() -> str:
    return (timezone.now() + datetime.timedelta(days=1)).isoformat()


def start_clock(site: Site) -> None:
    """The digest loop without Redis; with it, a Celery worker and beat."""
    if site.env.get("REDIS_URL"):
        celery = [sys.executable, "-m", "celery", "--quiet", "-A", "config"]
        site.spawn("worker", [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"])
        site.spawn("beat", [*celery, "beat", "--pidfile=", "--loglevel", "WARNING"])
    else:
        site.spawn("loop", [sys.executable, "manage.py", "send_digests", "--loop"])


def tick_tomorrow(site: Site) -> None:
    """What the clock does at a minute of tomorrow; asked for twice, as a second beat would."""
    for _ in range(2):
        if site.env.get("REDIS_URL"):
            ask = f"from accounts.tasks import plan_and_send as t; t.delay(now={tomorrow()!r})"
            site.manage("shell", "-c", ask)
        else:
            site.manage("send_digests", "--now", tomorrow())


def plan_only(site: Site) -> None:
    site.manage(
        "shell",
        "-c",
        "import datetime; from accounts.digests.planning import plan;"
        f"assert plan(datetime.datetime.fromisoformat({tomorrow()!r})) == 1",
    )


def test_charlie_signs_up_gets_one_digest_and_leaves(tmp_path, processes, mailserver):
    site = Site(tmp_path, processes, demo=True, EMAIL_URL=mailserver.url)
    # The demo's own subscribers would add mails of their own.
    site.manage("shell", "-c", "from accounts.models import Subscriber as S; S.objects.all().delete()")
    site.start(workers=2)
    start_clock(site)

    assert site.post("/subscribe/", email="charlie@example.org", cadence="daily")[0] == 200
    (asked,) = wait_for_mails(mailserver, 1)
    manage = path_in(asked, "subscriptions")
    site.post(manage, subscription=subscription_of(site, manage), confirm="")

    path = site.first_post()
    site.post(f"{path}/comments", text="This one stays.")
    body = site.post(f"{path}/comments", text="This one is withdrawn after planning.")[1]
    code = body.split('id="code">')[1].split("<")[0]
    # Planned, then changed, then sent: the loop and the worker may send as soon as it is planned, so they stop.
    for name in [name for name in processes.children if name.split()[0] in ("loop", "worker", "beat")]:
        processes.children.pop(name).kill()
    plan_only(site)
    assert site.post("/receipts/withdrawal/", code=code)[0] == 200
    start_clock(site)
    tick_tomorrow(site)

    digest = wait_for_mails(mailserver, 2)[1]
    assert "This one stays." in text_of(digest)
    assert b"withdrawn after planning" not in b"".join(mailserver.raw)
    assert site.post(path_in(digest, "unsubscribe"), **{"List-Unsubscribe": "One-Click"})[0] == 200
    site.post(f"{path}/comments", text="Nobody is told of this.")
    site.manage("send_digests", "--now", (timezone.now() + datetime.timedelta(days=2)).isoformat())
    time.sleep(2)
    assert len(mails_to_charlie(mailserver)) == 2
