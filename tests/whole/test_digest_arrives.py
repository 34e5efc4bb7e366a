"""From the form to the mail: a subscriber, real processes, a real SMTP server, with the loop and with Celery."""

from __future__ import annotations

import datetime
import re
import sys
import time

import pytest
from django.utils import timezone

from tests.mailserver import MailServer, html_of, text_of
from tests.site import Site

TAKE_DOWN = """
from forum.models import Comment
from accounts.models import User
from moderation.models import Action
from moderation.services import Ruling, decide, open_case
bob = User.objects.get(email="bob@example.org")
for text, action in (("This one is removed.", "remove"), ("This one is off topic.", "off_topic")):
    comment = Comment.objects.get(source=text)
    case = open_case(post=comment.post, comment=comment)
    decide(case_id=case.pk, version=case.version, moderator=bob, ruling=Ruling(Action(action), "Spam"))
"""
CHARLIE_FOLLOWS = """
from django.utils import timezone
from accounts.digests.events import seal
from accounts.models import Subscriber, Subscription
from tests.scenery import make_post
make_post("A post")
who = Subscriber.objects.create(email="charlie@example.org")
Subscription.objects.create(subscriber=who, cadence="daily", confirmed_at=timezone.now(), acked_seq=seal())
"""


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


def stop_clock(site: Site) -> None:
    """Killed: as if the machine had lost its power."""
    for name in [name for name in site.processes.children if name.split()[0] in ("loop", "worker", "beat")]:
        site.processes.children.pop(name).kill()


def test_charlie_signs_up_gets_one_digest_and_leaves(tmp_path, processes, mailserver):
    site = Site(tmp_path, processes, demo=True, EMAIL_URL=mailserver.url)
    # The demo's own subscribers would add mails of their own.
    site.manage("shell", "-c", "from accounts.models import Subscriber as S; S.objects.all().delete()")
    site.start(workers=2)
    start_clock(site)

    assert site.post("/subscribe/", email="charlie@example.org", cadence="daily")[0] == 200
    (asked,) = wait_for_mails(mailserver, 1)
    assert site.post(path_in(asked, "subscriptions"), confirm="")[0] == 200

    path = site.first_post()
    codes = {}
    for text in ("This one stays.", "This one is withdrawn.", "This one is removed.", "This one is off topic."):
        codes[text] = site.post(f"{path}/comments", text=text)[1].split('id="code">')[1].split("<")[0]
    # Planned, then changed, then sent: the loop and the worker may send as soon as it is planned, so they stop.
    stop_clock(site)
    plan_only(site)
    assert site.post("/receipts/withdrawal/", code=codes["This one is withdrawn."])[0] == 200
    site.manage("shell", "-v0", "-c", TAKE_DOWN)
    site.post(f"{path}/comments", text="This one came after planning.")
    start_clock(site)
    tick_tomorrow(site)

    digest = wait_for_mails(mailserver, 2)[1]
    assert re.findall(r"This one [a-z ]+", text_of(digest)) == ["This one stays"]
    assert html_of(digest).count("This one ") == 1
    assert b"withdrawn after planning" not in b"".join(mailserver.raw)
    assert site.post(path_in(digest, "unsubscribe"), **{"List-Unsubscribe": "One-Click"})[0] == 200
    site.post(f"{path}/comments", text="Nobody is told of this.")
    site.manage("send_digests", "--now", (timezone.now() + datetime.timedelta(days=2)).isoformat())
    time.sleep(2)
    assert len(mails_to_charlie(mailserver)) == 2


def test_a_digest_with_nothing_left_to_say_is_not_sent_and_the_next_one_is_whole(tmp_path, processes, mailserver):
    site = Site(tmp_path, processes, EMAIL_URL=mailserver.url)
    site.manage("shell", "-v0", "-c", CHARLIE_FOLLOWS)
    site.start()
    path = site.first_post()
    code = site.post(f"{path}/comments", text="This one is withdrawn.")[1].split('id="code">')[1].split("<")[0]
    plan_only(site)
    assert site.post("/receipts/withdrawal/", code=code)[0] == 200
    assert "1 planned" not in site.manage("send_digests", "--now", tomorrow())
    assert mailserver.raw == []
    site.post(f"{path}/comments", text="This one stays.")
    site.manage("send_digests", "--now", (timezone.now() + datetime.timedelta(days=2)).isoformat())
    assert re.findall(r"This one [a-z ]+", text_of(wait_for_mails(mailserver, 1)[0])) == ["This one stays"]
