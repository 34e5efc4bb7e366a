"""Digests: nothing missed, nothing twice, through a real SMTP server that is sometimes broken."""

import datetime
from functools import partial
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts import services, tokens
from accounts.digests import delivery, ledger
from accounts.digests.events import seal
from accounts.digests.planning import latest_slot, period_of, plan
from accounts.models import Cadence, Delivery, Digest, DigestEvent, Subscriber, Subscription
from accounts.tasks import plan_and_send
from forum.models import Post, Ticket
from forum.services.comments import approve_comment, remove_comment, restore_comment
from forum.services.imports import Conversation, Item, import_conversation
from forum.tasks import keep_time
from tests.accounts.conftest import subscribed
from tests.mailserver import html_of, text_of
from tests.moderation.test_screening import THREE_LINKS
from tests.scenery import at_once, make_post, write

pytestmark = pytest.mark.django_db


def tomorrow(days=1):
    """A moment after the next daily slot."""
    return timezone.now() + datetime.timedelta(days=days)


def send(days=1):
    plan(tomorrow(days))
    return delivery.deliver(tomorrow(days))


def test_charlie_gets_one_digest_with_what_is_new(mailserver, post, charlie):
    write(post, "Rooms are *gone*.")
    another = make_post("Fresh post")
    assert send() == 1
    assert send() == 0
    (mail,) = mailserver.mails
    assert mail["To"] == "charlie@example.org"
    assert mail["Subject"] == "Your daily update: 1 new post and 1 new comment"
    for body in (text_of(mail), html_of(mail)):
        assert "Rooms are gone." in body
        assert another.address in body
    write(post, "The next day.")
    assert send(days=2) == 1
    assert "The next day." in text_of(mailserver.mails[1])
    assert "Rooms are gone." not in text_of(mailserver.mails[1])


def test_headers_let_mail_programs_unsubscribe(mailserver, post, charlie, client):
    write(post, "Hello")
    send()
    (raw,), (mail,) = mailserver.raw, mailserver.mails
    token = tokens.sign(tokens.UNSUBSCRIBE, charlie.pk)
    line = next(line for line in raw.split(b"\n") if line.startswith(b"List-Unsubscribe:"))
    assert line.strip() == f"List-Unsubscribe: <http://127.0.0.1:8000/unsubscribe/{token}/>".encode()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"src=" not in raw
    client.post(f"/unsubscribe/{token}/", {"List-Unsubscribe": "One-Click"})
    write(post, "More")
    assert send(days=2) == 0


def test_a_mail_that_becomes_a_file_keeps_its_headers_on_one_line_each(settings, tmp_path, post, charlie):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    settings.SITE_URL = "https://the-long-name-of-a-forum.example.org"
    write(post, "Hello")
    send()
    (file,) = tmp_path.iterdir()
    token = tokens.sign(tokens.UNSUBSCRIBE, charlie.pk)
    assert f"\nList-Unsubscribe: <{settings.SITE_URL}/unsubscribe/{token}/>\n" in file.read_text()


def test_what_was_removed_after_planning_is_not_in_it(mailserver, post, charlie):
    stays, goes = write(post, "This stays."), write(post, "This goes.")
    plan(tomorrow())
    remove_comment(comment_id=goes.pk, reason="Spam")
    delivery.deliver(tomorrow())
    (mail,) = mailserver.mails
    assert "This stays." in text_of(mail)
    assert "This goes." not in mailserver.raw[0].decode()
    assert stays.is_published


def test_nothing_left_to_say_sends_nothing(mailserver, post, charlie):
    goes = write(post, "This goes.")
    plan(tomorrow())
    remove_comment(comment_id=goes.pk, reason="Spam")
    delivery.deliver(tomorrow())
    assert mailserver.mails == []
    assert Delivery.objects.get().state == Delivery.State.EMPTY


def test_a_late_approval_is_news_and_a_restored_comment_is_not(mailserver, post, charlie):
    held = write(post, f"Held words. {THREE_LINKS}")
    send()
    assert mailserver.mails == []
    approve_comment(comment_id=held.pk)
    send(days=2)
    assert "Held words." in text_of(mailserver.mails[0])
    remove_comment(comment_id=held.pk, reason="Spam")
    restore_comment(comment_id=held.pk)
    send(days=3)
    assert len(mailserver.mails) == 1


def test_imports_and_what_came_before_are_no_news(mailserver, post):
    write(post, "Before Charlie came.")
    subscribed("charlie@example.org")
    import_conversation(Conversation("Old", "Old text.", timezone.now(), True, [Item("Imported.")]))
    assert send() == 0


def test_one_post_only_or_the_whole_site_in_one_mail(mailserver, post):
    other = make_post("Other")
    follower = subscribed("dana@example.org", post)
    subscribed("charlie@example.org")
    services.subscribe(email="charlie@example.org", post=post, cadence=Cadence.DAILY)
    both = Subscription.objects.get(subscriber__email="charlie@example.org", post=post)
    services.confirm(subscription=both)
    write(post, "Under the one.")
    write(other, "Under the other.")
    assert send() == 2
    texts = {mail["To"]: text_of(mail) for mail in mailserver.mails}
    assert "Under the other." not in texts[follower.email]
    assert texts["charlie@example.org"].count("Under the one.") == 1
    assert "Under the other." in texts["charlie@example.org"]


def test_weekly_waits_for_monday(mailserver, post):
    subscribed("charlie@example.org", cadence=Cadence.WEEKLY)
    write(post, "This week.")
    now = timezone.now()
    monday = latest_slot(Cadence.WEEKLY, now + datetime.timedelta(days=7))
    before = [now + datetime.timedelta(hours=12 * step) for step in range(14)]
    sent = [plan(moment) for moment in before if now < moment < monday]
    assert sum(sent) == 0
    assert plan(monday) == 1
    delivery.deliver(monday)
    assert mailserver.mails[0]["Subject"].startswith("Your weekly update")


@pytest.mark.parametrize(
    ("cadence", "now", "slot", "period"),
    [
        (Cadence.DAILY, "2026-01-14T07:00+00:00", "2026-01-14T07:00+00:00", "2026-01-14"),
        (Cadence.DAILY, "2026-01-14T06:59+00:00", "2026-01-13T07:00+00:00", "2026-01-13"),
        (Cadence.DAILY, "2026-07-01T06:00+00:00", "2026-07-01T07:00+01:00", "2026-07-01"),
        (Cadence.DAILY, "2026-03-29T06:30+00:00", "2026-03-29T07:00+01:00", "2026-03-29"),
        (Cadence.DAILY, "2026-10-25T06:30+00:00", "2026-10-24T07:00+01:00", "2026-10-24"),
        (Cadence.WEEKLY, "2027-01-03T12:00+00:00", "2026-12-28T07:00+00:00", "2026-W53"),
        (Cadence.WEEKLY, "2027-01-04T07:00+00:00", "2027-01-04T07:00+00:00", "2027-W01"),
    ],
)
def test_slots_are_seven_in_london(cadence, now, slot, period):
    found = latest_slot(cadence, datetime.datetime.fromisoformat(now))
    assert found == datetime.datetime.fromisoformat(slot)
    assert period_of(cadence, found) == period


@given(
    st.datetimes(datetime.datetime(2020, 1, 1), datetime.datetime(2035, 1, 1)),
    st.sampled_from([Cadence.DAILY, Cadence.WEEKLY]),
)
def test_every_moment_has_one_slot_behind_it(moment, cadence):
    now = moment.replace(tzinfo=datetime.UTC)
    slot = latest_slot(cadence, now)
    assert slot <= now
    assert now - slot < datetime.timedelta(days=8 if cadence == Cadence.WEEKLY else 1, hours=2)
    assert timezone.localtime(slot).hour == 7
    assert latest_slot(cadence, slot) == slot


def test_after_three_days_asleep_there_is_one_digest(mailserver, post, charlie):
    write(post, "First day.")
    plan(tomorrow())
    write(post, "Third day.")
    plan(tomorrow(3))
    delivery.deliver(tomorrow(3))
    (mail,) = mailserver.mails
    assert "First day." in text_of(mail)
    assert "Third day." in text_of(mail)
    states = sorted(Delivery.objects.values_list("state", flat=True))
    assert states == ["sent", "superseded"]


@pytest.mark.parametrize("fault", ["rcpt 450", "data 451"])
def test_not_taken_is_tried_again_later(mailserver, post, charlie, fault):
    write(post, "Hello")
    mailserver.fault = fault
    assert send() == 0
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == (Delivery.State.PENDING, 1)
    assert delivery.deliver(timezone.now()) == 0
    mailserver.fault = ""
    assert delivery.deliver(timezone.now() + datetime.timedelta(minutes=7)) == 1
    assert len(mailserver.mails) == 1


def test_a_server_that_is_not_there_is_tried_again(mailserver, post, charlie, settings):
    write(post, "Hello")
    settings.EMAIL_PORT = 1
    assert send() == 0
    assert Delivery.objects.get().state == Delivery.State.PENDING


def test_rejected_is_given_up_and_the_content_comes_with_the_next(mailserver, post, charlie):
    write(post, "Hello")
    mailserver.fault = "data 554"
    assert send() == 0
    assert Delivery.objects.get().state == Delivery.State.FAILED
    mailserver.fault = ""
    assert send(days=2) == 1
    assert "Hello" in text_of(mailserver.mails[-1])


def test_a_server_that_falls_silent_leaves_it_uncertain_and_unrepeated(mailserver, post, charlie):
    write(post, "Hello")
    mailserver.fault = "hang up after taking it"
    assert send() == 0
    assert Delivery.objects.get().state == Delivery.State.UNCERTAIN
    mailserver.fault = ""
    assert send() == 0
    assert len(mailserver.mails) == 1
    write(post, "News")
    assert send(days=2) == 1
    assert "Hello" in text_of(mailserver.mails[1])


def test_unconfirmed_addresses_get_nothing(mailserver, post):
    services.subscribe(email="eve@example.org", post=None, cadence=Cadence.DAILY)
    Subscription.objects.update(asked_at=timezone.now() - datetime.timedelta(days=2))
    write(post, "Hello")
    assert send() == 0
    assert Delivery.objects.count() == 0


def test_a_post_taken_back_after_planning_is_not_in_it(mailserver, post, charlie):
    fresh = make_post("Too early")
    write(post, "Hello")
    plan(tomorrow())
    Post.objects.filter(pk=fresh.pk).update(state=Post.State.DRAFT)
    delivery.deliver(tomorrow())
    assert "Too early" not in text_of(mailserver.mails[0])


def test_what_is_removed_is_dealt_with_and_a_later_digest_begins_behind_it(mailserver, post, charlie):
    gone = write(post, "Hello")
    plan(tomorrow())
    remove_comment(comment_id=gone.pk, reason="Spam")
    assert delivery.deliver(tomorrow()) == 0
    assert Delivery.objects.get().state == Delivery.State.EMPTY
    assert Subscription.objects.get().acked_seq == Digest.objects.get(cadence="daily").horizon


def test_a_digest_under_way_keeps_the_next_one_back(mailserver, post, charlie):
    write(post, "Hello")
    plan(tomorrow())
    Delivery.objects.update(state=Delivery.State.SENDING, started_at=timezone.now())
    write(post, "News")
    plan(tomorrow(2))
    assert delivery.deliver(tomorrow(2)) == 0
    assert mailserver.mails == []
    assert ledger.reap() == 0


def test_a_digest_that_cannot_be_written_stops_no_other(mailserver, post, charlie):
    subscribed("dora@example.org")
    write(post, "Hello")
    Subscriber.objects.filter(pk=charlie.pk).update(email="charlie@example.org\r\nBcc: eve@example.org")
    assert send() == 1
    assert Delivery.objects.get(subscriber=charlie).state == Delivery.State.FAILED
    assert [mail["To"] for mail in mailserver.mails] == ["dora@example.org"]


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_send_each_mail_once(mailserver):
    post = make_post()
    for number in range(12):
        subscribed(f"reader{number}@example.org")
    write(post, "Hello")
    when = tomorrow()

    def work():
        plan(when)
        delivery.deliver(when)

    assert at_once(*[work] * 8) == []
    assert sorted(mail["To"] for mail in mailserver.mails) == sorted(f"reader{n}@example.org" for n in range(12))
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert Digest.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_sealed_numbers_have_no_gap_and_no_double_whoever_seals():
    post = make_post()

    def work(worker):
        for step in range(5):
            write(post, f"{worker} {step}")
            seal()

    assert at_once(*(partial(work, number) for number in range(6))) == []
    seal()
    assert sorted(DigestEvent.objects.values_list("seq", flat=True)) == list(range(1, 32))


def test_confirming_after_the_slot_waits_for_the_next(mailserver, post, charlie):
    write(post, "Hello")
    assert plan(timezone.now()) == 0
    assert send() == 1


def test_the_command_and_the_task_are_doors_to_the_same_pass(mailserver, post, charlie, capsys):
    write(post, "Hello")
    call_command("send_digests", now=tomorrow().isoformat())
    assert "1 planned, 1 sent" in capsys.readouterr().out
    plan_and_send()
    assert len(mailserver.mails) == 1


def test_one_minute_of_the_clock_publishes_and_tidies_up(post):
    due = make_post("Due", publish_at=timezone.now() + datetime.timedelta(minutes=5))
    write(post, "Hello")
    later = timezone.now() + datetime.timedelta(minutes=10)
    with mock.patch("django.utils.timezone.now", return_value=later):
        keep_time()
    due.refresh_from_db()
    assert due.published_at is not None
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize("now", ["soon", "2026-13-01T00:00", ""])
def test_a_wrong_moment_is_refused_in_one_line(now):
    if now:
        with pytest.raises(CommandError, match="not a moment") as error:
            call_command("send_digests", now=now)
        assert error.value.returncode == 2
    else:
        call_command("send_digests", now=now)


def test_words_with_markup_do_not_break_the_mail(mailserver, charlie):
    post = make_post("A <b>title</b> & “quotes”\u2026")
    write(post, "1 < 2 & <script>alert(1)</script> 💡")
    send()
    (mail,) = mailserver.mails
    assert "1 < 2 & <script>" in text_of(mail)
    assert "<script>" not in html_of(mail)
    assert "💡" in html_of(mail)
