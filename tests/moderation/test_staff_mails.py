"""Mails to the staff: at once about what is urgent, one line a day about the rest, never a text, and none is lost."""

import datetime
import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import override_settings

from accounts.models import User
from forum.tasks import keep_time
from moderation.mails import how_long
from moderation.models import Action, Case, Category, StaffMail
from moderation.services import Ruling, ask_for_removal, decide, take_report
from moderation.services.staff_mails import AT_IT, MOST_AN_HOUR, tell_staff
from tests.mailserver import MailServer, text_of
from tests.scenery import DEAD_REDIS, at, make_post, write

pytestmark = pytest.mark.django_db

SECRET, SAID = "The quixotry of room nine.", "It is about Wolverley."


@pytest.fixture
def server(settings):
    """A real mail server, which the site sends to."""
    mails = MailServer()
    mails.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", mails.port, 5
    yield mails
    if mails.controller.loop.is_running():
        mails.stop()


def report(comment, category=Category.LIBEL, visitor="one"):
    return take_report(comment=comment, category=category, text=SAID, visitor=visitor, nonce="")


def reported(count, category=Category.LIBEL):
    post = make_post(f"Title {SECRET}")
    comments = [write(post, f"{SECRET} {number}") for number in range(count)]
    for comment in comments:
        report(comment, category)
    return comments


def recipients(server):
    return [re.sub(".*<|>", "", str(one["To"])) for one in server.mails]


def test_what_is_urgent_is_told_at_once_and_says_nothing(server, alice, bob):
    reported(1)
    assert tell_staff() == 2
    assert sorted(recipients(server)) == ["alice@example.org", "bob@example.org"]
    case = Case.objects.get()
    for one in server.mails:
        text = text_of(one)
        assert "Reported as: Libel." in text
        assert f"{case.get_absolute_url()}\r\n" in text
    for raw in server.raw:
        for word in ("quixotry", "Wolverley", "Title", "room nine"):
            assert word.encode() not in raw
    assert b"Subject: Probation Forum: Something urgent waits for you" in server.raw[0]
    assert tell_staff() == 0


def test_what_is_not_urgent_is_not_told_at_once(server, alice):
    reported(1, Category.SPAM)
    assert tell_staff() == 0
    assert not StaffMail.objects.filter(kind="urgent").exists()


def test_a_flood_on_one_comment_is_one_case_and_one_mail(server, alice):
    (comment,) = reported(1)
    for number in range(2):
        report(comment, Category.THREATENS, f"visitor-{number}")
        tell_staff()
    assert Case.objects.count() == 1
    assert len(server.mails) == 1


def test_a_flood_of_cases_is_so_many_mails_and_one_line(server, alice):
    with at("2026-11-20T10:00"):
        reported(MOST_AN_HOUR + 7)
        assert tell_staff() == MOST_AN_HOUR + 1
        assert "7 more urgent cases came in." in text_of(server.mails[-1])
        reported(2)
        assert tell_staff() == 0, "silence until the hour is over"
    with at("2026-11-20T11:01"):
        assert tell_staff() == 2
    assert StaffMail.objects.filter(sent_at=None).count() == 0


def test_a_case_that_was_decided_before_the_mail_went_is_not_told(server, alice, bob):
    reported(1)
    case = Case.objects.get()
    decide(case_id=case.pk, version=case.version, moderator=bob, ruling=Ruling(Action.KEEP))
    assert tell_staff() == 0
    assert server.raw == []


def test_whoever_left_the_staff_is_told_nothing(server, alice, bob):
    reported(1)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert tell_staff() == 1
    assert recipients(server) == ["alice@example.org"]


@pytest.mark.parametrize("fault", ["rcpt 450", "data 451"])
def test_what_is_not_taken_is_tried_again_by_the_clock(server, alice, fault):
    with at("2026-11-20T10:00"):
        reported(1)
        server.fault = fault
        assert tell_staff() == 0
        server.fault = ""
        assert tell_staff() == 0, "not at once"
    with at("2026-11-20T10:06"):
        keep_time()
    assert len(server.mails) == 1


def test_one_mailbox_that_waits_keeps_nobody_else_waiting(server, alice, bob):
    reported(1)
    server.fault_for = "alice@example.org"
    assert tell_staff() == 1
    assert recipients(server) == ["bob@example.org"]


def test_a_dead_server_loses_nothing(server, alice, settings):
    port = server.port
    settings.EMAIL_PORT = 1
    reported(2)
    assert tell_staff() == 0
    settings.EMAIL_PORT = port
    keep_time()
    assert len(server.mails) == 2


def test_a_process_that_died_while_sending_loses_nothing(server, alice):
    with at("2026-11-20T10:00") as moment:
        reported(1)
        StaffMail.objects.update(started_at=moment)
        cache.set(AT_IT, "yes", 50)
        assert tell_staff() == 0
        cache.delete(AT_IT)
        assert tell_staff() == 0
    with at("2026-11-20T10:16"):
        assert tell_staff() == 1


@override_settings(CACHES=DEAD_REDIS, REDIS_URL="redis://127.0.0.1:1/0", CELERY_BROKER_URL="redis://127.0.0.1:1/0")
def test_a_dead_redis_loses_nothing(server, alice):
    reported(1)
    keep_time()
    assert len(server.mails) == 1


def test_one_line_a_day_at_the_hour_only_if_something_waits(server, alice):
    with at("2026-11-20T12:50"):
        keep_time()
        reported(2, Category.SPAM)
        ask_for_removal(post=make_post(), comment=None, text=SAID)
    with at("2026-11-20T17:59"):  # In winter, London has the time of UTC.
        keep_time()
        assert server.raw == []
    with at("2026-11-20T18:00"):
        keep_time()
        keep_time()
    (line,) = server.mails
    assert "3 cases wait, the oldest 5 hours." in text_of(line)
    assert b"quixotry" not in server.raw[0] and b"Wolverley" not in server.raw[0]
    with at("2026-11-20T23:00"):
        keep_time()
    with at("2026-11-21T18:01"):
        keep_time()
    assert len(server.mails) == 2
    assert "3 cases wait, the oldest 29 hours." in text_of(server.mails[1])
    Case.objects.update(closed_at=datetime.datetime(2026, 11, 22, 10, tzinfo=datetime.UTC), outcome="dismiss")
    with at("2026-11-22T18:01"):
        keep_time()
    assert len(server.mails) == 2


def test_the_line_comes_at_the_hour_of_the_settings_in_summer_time(server, alice, settings):
    settings.MODERATION_DAILY_HOUR = 7
    with at("2026-07-20T02:00"):
        reported(1, Category.SPAM)
    with at("2026-07-20T05:59"):
        keep_time()
        assert server.raw == []
    with at("2026-07-20T06:00"):
        keep_time()
    assert "1 case waits, for 4 hours." in text_of(server.mails[0])


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 minutes"), (1, "1 minute"), (119, "119 minutes"), (120, "2 hours"), (2879, "47 hours"), (2880, "2 days")],
)
def test_how_long(minutes, said):
    assert how_long(datetime.timedelta(minutes=minutes)) == said


def test_what_was_sent_is_forgotten(server, alice):
    with at("2026-11-18T10:00"):
        reported(1)
        tell_staff()
    with at("2026-11-20T10:01"):
        tell_staff()
    assert not StaffMail.objects.exists()
    assert mail.outbox == []
