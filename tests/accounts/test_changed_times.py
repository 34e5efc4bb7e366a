"""Digests after the owner changed the hour, the weekday, the name or the sender."""

import datetime
import itertools
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import services
from accounts.digests import delivery
from accounts.digests.confirmations import send_confirmations
from accounts.digests.planning import latest_slot, plan
from accounts.models import Cadence, Digest, Subscriber
from forum import site
from tests.accounts.conftest import subscribed
from tests.mailserver import html_of, text_of
from tests.scenery import at, make_post, write

pytestmark = pytest.mark.django_db


def change(**fields):
    found = site.stored()
    for name, value in fields.items():
        setattr(found, name, value)
    site.save(found)


def moment(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


def run(text):
    """One pass of the clock; the mails that it sent."""
    plan(moment(text))
    return delivery.deliver(moment(text))


@pytest.fixture
def scene(mailserver):
    with at("2026-01-10T10:00:00"):
        post = make_post()
        subscribed("charlie@example.org")
        subscribed("dora@example.org", cadence=Cadence.WEEKLY)
    run("2026-01-11T23:00")
    return post


def test_a_later_hour_sends_no_second_digest_and_the_next_at_its_new_time(mailserver, scene):
    write(scene, "Before seven.")
    assert run("2026-01-13T07:00") == 2  # Dora's weekly one was due since Monday
    change(digest_hour=18)
    write(scene, "After seven.")
    assert [run(f"2026-01-13T{hour}:00") for hour in (12, 18, 23)] == [0, 0, 0]
    assert run("2026-01-14T17:59") == 0
    assert run("2026-01-14T18:00") == 1
    assert "After seven." in text_of(mailserver.mails[-1])
    assert "Before seven." not in text_of(mailserver.mails[-1])


def test_an_earlier_hour_brings_the_digest_of_the_day_at_once_and_once(mailserver, scene):
    change(digest_hour=18, digest_weekday=6)
    assert run("2026-01-13T18:00") == 0
    write(scene, "In the morning.")
    assert run("2026-01-14T12:00") == 0
    change(digest_hour=7)
    assert run("2026-01-14T12:05") == 1
    change(digest_hour=18)
    write(scene, "In the afternoon.")
    assert [run(f"2026-01-14T{hour}:00") for hour in (12, 18, 23)] == [0, 0, 0]
    assert run("2026-01-15T18:00") == 1
    assert "In the afternoon." in text_of(mailserver.mails[-1])


def test_another_weekday_sends_one_a_week(mailserver, scene):
    change(digest_weekday=4)  # Friday; the digest of Monday the 12th has not gone
    write(scene, "This week.")
    daily = run("2026-01-14T07:00")
    assert (daily, run("2026-01-15T23:00")) == (1, 0)
    assert run("2026-01-16T07:00") == 1
    assert mailserver.mails[-1]["To"] == "dora@example.org"
    change(digest_weekday=0)  # back to Monday, on Friday: this week's has gone
    write(scene, "Next week.")
    assert [mail["To"] for mail in mailserver.mails].count("dora@example.org") == 1
    run("2026-01-18T23:00")
    assert [mail["To"] for mail in mailserver.mails].count("dora@example.org") == 1
    run("2026-01-19T07:00")
    assert [mail["To"] for mail in mailserver.mails].count("dora@example.org") == 2


def test_a_later_hour_never_brings_yesterdays_digest_behind_todays(mailserver, scene):
    """The site was off all the 12th, and was started on the 13th."""
    write(scene, "Hello")
    assert run("2026-01-13T08:00") == 2
    write(scene, "Again")
    change(digest_hour=18)
    assert run("2026-01-13T09:00") == 0


def test_a_pass_made_as_if_it_were_later_takes_nothing_from_today(mailserver, scene):
    plan(moment("2026-03-01T12:00"))
    write(scene, "Hello")
    assert run("2026-01-13T07:00") == 2


PASSES = (1, 7, 12, 18, 23)
CHANGES = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 23), st.integers(0, 6)), max_size=8)


@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES, st.sampled_from(["2026-03-23", "2026-10-19", "2026-12-21"]))
def test_whatever_is_changed_and_when_there_is_one_digest_for_each_day_and_week(changes, first):
    Digest.objects.all().delete()
    change(digest_hour=7, digest_weekday=0)
    begin, planned = moment(f"{first}T00:30"), {"daily": [], "weekly": []}
    for step in range(20 * len(PASSES)):
        for when, hour, weekday in changes:
            if when == step:
                change(digest_hour=hour, digest_weekday=weekday)
        day, hour = divmod(step, len(PASSES))
        plan(begin + datetime.timedelta(days=day, hours=PASSES[hour] - 1))
        for cadence, periods in planned.items():
            periods += (
                Digest.objects.filter(cadence=cadence).exclude(period__in=periods).values_list("period", flat=True)
            )
    days = [datetime.date.fromisoformat(period) for period in planned["daily"]]
    weeks = [datetime.datetime.strptime(f"{period}-1", "%G-W%V-%u").date() for period in planned["weekly"]]
    assert {later - day for day, later in itertools.pairwise(days)} == {datetime.timedelta(days=1)}
    assert {later - week for week, later in itertools.pairwise(weeks)} == {datetime.timedelta(days=7)}


@given(
    st.datetimes(datetime.datetime(2020, 1, 1), datetime.datetime(2035, 1, 1)),
    st.sampled_from([Cadence.DAILY, Cadence.WEEKLY]),
    st.integers(0, 23),
    st.integers(0, 6),
)
@settings(deadline=None)
def test_every_moment_has_one_slot_behind_it_at_any_hour(when, cadence, hour, weekday):
    change(digest_hour=hour, digest_weekday=weekday)
    now = when.replace(tzinfo=datetime.UTC)
    slot = latest_slot(cadence, now)
    assert slot <= now
    assert now - slot < datetime.timedelta(days=8 if cadence == Cadence.WEEKLY else 1, hours=2)
    assert cadence == Cadence.DAILY or slot.weekday() == weekday


def test_the_days_to_confirm_are_the_owners_and_the_mail_names_them(mailserver):
    change(days_to_confirm=2)
    with at("2026-01-13T10:00:00"):
        services.subscribe(email="charlie@example.org", post=None, cadence=Cadence.DAILY)
        send_confirmations()
    for body in (text_of(mailserver.mails[0]), html_of(mailserver.mails[0])):
        assert "forgotten after 2 days" in body
    with at("2026-01-15T09:00:00"):
        services.purge()
        assert Subscriber.objects.exists()
    with at("2026-01-15T10:01:00"):
        services.purge()
        assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    ("name", "sender", "shown"),
    [
        ("Desk & Duty", "", "Desk & Duty"),
        ('A "quoted" <b>name</b>, with @ and \\', "", 'A "quoted" <b>name</b>, with @ and \\'),
        ("Zoë’s forum 💡", "", "Zoë’s forum 💡"),
        ("Ж" * 60, "", "Ж" * 60),
        ("Desk & Duty", "The desk (of Zoë)", "The desk (of Zoë)"),
    ],
)
def test_mails_come_from_the_name_that_the_owner_chose(mailserver, name, sender, shown):
    change(name=name, sender=sender)
    services.subscribe(email="charlie@example.org", post=None, cadence=Cadence.DAILY)
    assert send_confirmations() == 1
    (raw,) = mailserver.raw
    said, address = parseaddr(message_from_bytes(raw)["From"])
    assert (str(make_header(decode_header(said))), address) == (shown, "no-reply@127.0.0.1")
    assert raw.count(b"\nFrom:") + raw.startswith(b"From:") == 1
    assert all(len(word) <= 75 for word in raw.split(b"\nFrom:")[-1].split(b"\n")[0].split() if word.startswith(b"=?"))
    assert name in text_of(mailserver.mails[0])
    assert "<b>name" not in html_of(mailserver.mails[0])
