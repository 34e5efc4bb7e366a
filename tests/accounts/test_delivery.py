"""The ledger: whatever the mail server, the owner, the readers and other workers do, one mail each, and none in silence."""

import datetime
from email import message_from_bytes
from functools import partial

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from accounts import services
from accounts.digests import chunks, confirmations, delivery, ledger, pace, post_office, supply
from accounts.digests.ledger import Outcome, claim, reap
from accounts.digests.planning import plan
from accounts.digests.post_office import Settled
from accounts.digests.reasons import Reason
from accounts.digests.selection import choose
from accounts.digests.suppression import is_suppressed, suppress
from accounts.models import Cadence, Delivery, Pace, PostOffice, Subscriber, Subscription, Suppression
from accounts.tasks import plan_and_send, send_mail
from config.health import Mail
from tests.accounts.conftest import subscribed
from tests.mailserver import FaultyServer, text_of
from tests.scenery import at_once, make_post, write

pytestmark = pytest.mark.django_db
State = Delivery.State
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def faulty(settings):
    made = FaultyServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.port
    yield made
    made.stop()


def tomorrow(days=1):
    return timezone.now() + datetime.timedelta(days=days)


def planned(*readers, post=None, text="Hello") -> None:
    """News, and a daily digest of it to each of these."""
    found = post or make_post()
    for reader in readers:
        subscribed(reader)
    write(found, text)
    assert plan(tomorrow()) >= len(readers)


def many(number):
    return [f"reader{n}@example.org" for n in range(number)]


def row(email="charlie@example.org"):
    return Delivery.objects.filter(subscriber__email=email).latest("pk")


def states():
    return sorted(Delivery.objects.values_list("state", flat=True))


def health(client):
    Mail.until = 0
    return client.get("/healthz").content


def open_again():
    """Nothing holds the relay or a domain back, and what was put off is due."""
    Pace.objects.all().delete()
    Delivery.objects.update(not_before=None)


@pytest.mark.parametrize(
    ("step", "said", "state", "reason", "struck_off"),
    [
        ("connect", "421 4.3.2 Busy", "pending", "", False),
        ("mail", "450 4.3.2 Busy", "pending", "later", False),
        ("rcpt", "450 4.2.1 Later", "pending", "later", False),
        ("rcpt", "452 4.2.2 Full", "pending", "later", False),
        ("rcpt", "550 5.1.1 Nobody", "failed", "dead", True),
        ("rcpt", "552 5.2.2 Full", "failed", "refused", False),
        ("rcpt", "554 5.7.1 Denied", "pending", "later", False),
        ("dot", "550 5.7.515 Not enough proof", "pending", "later", False),
        ("dot", "451 4.3.0 Later", "pending", "later", False),
        ("dot", "drop", "uncertain", "silent", False),
    ],
)
def test_what_the_server_says_decides_what_becomes_of_a_delivery(faulty, step, said, state, reason, struck_off):
    planned("charlie@example.org")
    faulty.faults[step] = said
    assert delivery.deliver(tomorrow()) == 0
    found = row()
    assert (found.state, found.reason) == (state, reason)
    assert found.starts == (state != "pending")
    assert is_suppressed("charlie@example.org") == struck_off
    assert Subscription.objects.get().acked_seq < found.digest.horizon
    assert found.lease_until is None
    if said[:3].isdigit() and step != "connect":
        assert (found.phase, found.code) == ("answer" if step == "dot" else step, int(said[:3]))
    # What was provably not taken comes later, and once.
    faulty.faults.clear()
    open_again()
    expected = int(state == "pending")
    assert delivery.deliver(tomorrow()) == expected
    assert row().state == ("sent" if expected else state)


def test_a_refusal_of_everybody_stops_everything_and_strikes_nobody_off(faulty, client):
    planned(*many(6))
    faulty.faults["rcpt"] = "550 5.7.515 Not enough proof"
    delivery.deliver(tomorrow())
    office = post_office.office()
    assert (office.paused, office.pause_reason) == (True, Reason.POLICY)
    assert faulty.steps["rcpt"] == 3
    assert states() == ["pending"] * 6
    assert not Suppression.objects.exists()
    assert health(client) == b"degraded\n"
    faulty.faults.clear()
    open_again()
    assert delivery.deliver(tomorrow()) == 0
    post_office.resume()
    assert health(client) == b"ok\n"
    assert delivery.deliver(tomorrow()) == 6


def test_one_reader_whose_server_dislikes_us_stops_nobody_else(faulty):
    planned("charlie@example.org")
    faulty.faults["rcpt"] = "550 5.7.1 Go away"
    for _ in range(5):
        delivery.deliver(tomorrow())
        open_again()
    assert not post_office.office().paused


def test_a_relay_that_knows_nobody_is_stopped_before_it_strikes_everybody_off(faulty):
    planned(*many(30))
    faulty.faults["rcpt"] = "550 5.1.1 Nobody"
    delivery.deliver(tomorrow())
    assert post_office.office().pause_reason == Reason.FAILURES
    assert Suppression.objects.count() == post_office.MOST_FAILED


def test_a_password_that_is_wrong_is_tried_once(faulty, settings):
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = "x"
    faulty.extensions, faulty.faults["auth"] = ["AUTH PLAIN"], "535 5.7.8 No"
    planned("charlie@example.org")
    for _ in range(3):
        assert delivery.deliver(tomorrow()) == 0
    assert (faulty.steps["connect"], post_office.office().pause_reason) == (1, Reason.POLICY)


def test_a_connection_that_is_cut_costs_only_the_mail_on_its_way(faulty):
    planned(*many(5))
    faulty.faults["dot"], faulty.times = "drop", 1
    assert delivery.deliver(tomorrow()) == 4
    assert states() == ["sent"] * 4 + ["uncertain"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda reader: services.unsubscribe(subscriber_id=reader.pk), None),
        (lambda reader: Subscriber.objects.update(paused=True), Reason.PAUSED),
        (lambda reader: suppress(reader.email, "complaint"), Reason.SUPPRESSED),
        (lambda reader: Subscription.objects.update(cadence=Cadence.WEEKLY), Reason.STOPPED),
        (lambda reader: Subscription.objects.update(confirmed_at=None), Reason.STOPPED),
    ],
)
@pytest.mark.parametrize("when", ["planned", "written"])
def test_who_stops_after_the_planning_gets_nothing(mailserver, monkeypatch, change, reason, when):
    planned("charlie@example.org")
    reader = Subscriber.objects.get()
    if when == "planned":
        change(reader)
    else:
        real = chunks.letters

        def write_then_change(*arguments):
            made = real(*arguments)
            change(reader)
            return made

        monkeypatch.setattr(chunks, "letters", write_then_change)
    delivery.deliver(tomorrow())
    assert mailserver.mails == []
    assert list(Delivery.objects.values_list("reason", flat=True)) in ([reason] if reason else [], [Reason.NOTHING])
    assert Delivery.objects.filter(state__in=["claimed", "sending", "sent", "pending"]).count() == 0


def test_pausing_is_felt_by_the_next_mail(mailserver):
    planned(*many(5))
    mailserver.when_taken = lambda raw: None
    real = ledger.turn

    def pause_after_two(*arguments):
        if len(mailserver.raw) == 2:
            post_office.pause()
        return real(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "turn", pause_after_two)
        assert delivery.deliver(tomorrow()) == 2
    assert states() == ["pending"] * 3 + ["sent"] * 2
    assert not post_office.is_degraded()


def test_a_worker_that_slept_past_its_lease_changes_nothing(mailserver):
    planned("charlie@example.org")
    (mine,) = claim("sleeper", tomorrow(), 10)
    asleep_until = timezone.now() + ledger.LEASE_CLAIMED + HOUR
    assert reap(asleep_until) == 0
    assert delivery.deliver(tomorrow()) == 1
    chosen = choose([mine])[mine.pk]
    assert not ledger.turn(None, mine)
    ledger.turn(Outcome(mine, State.FAILED, Reason.REFUSED, chosen=chosen))
    assert (row().state, len(mailserver.mails)) == ("sent", 1)


def test_a_fence_tells_two_claims_of_one_worker_apart(mailserver):
    planned("charlie@example.org")
    (first,) = claim("worker", tomorrow(), 10)
    reap(timezone.now() + HOUR)
    (second,) = claim("worker", tomorrow(), 10)
    assert not ledger.turn(None, first)
    assert ledger.turn(None, second)


def test_what_a_dead_worker_had_claimed_is_free_and_what_it_was_sending_is_uncertain(mailserver):
    planned(*many(2))
    PostOffice.objects.update_or_create(pk=1, defaults={"when_uncertain": "hold"})
    first, _ = claim("dead", tomorrow(), 10)
    assert ledger.turn(None, first)
    assert reap() == 0
    assert reap(timezone.now() + HOUR) == 1
    assert states() == ["pending", "uncertain"]
    assert delivery.deliver(tomorrow()) == 1


def test_what_was_being_sent_when_we_died_is_started_thrice_at_most(mailserver):
    planned("charlie@example.org")
    for number in range(ledger.MOST_STARTS_AFTER_DEATHS):
        (mine,) = claim(f"doomed {number}", tomorrow(), 10)
        assert ledger.turn(None, mine)
        assert reap(timezone.now() + HOUR) == 1
    assert (row().state, row().starts) == ("uncertain", 3)


@pytest.mark.parametrize("policy", ["resend", "hold"])
def test_what_is_uncertain_is_sent_once_more_with_the_same_headers_or_held(faulty, policy):
    planned("charlie@example.org")
    post_office.office()
    PostOffice.objects.update(when_uncertain=policy)
    faulty.faults["dot"] = "drop"
    for _ in range(4):
        delivery.deliver(tomorrow())
        reap()
    assert len(faulty.raw) == {"resend": 2, "hold": 1}[policy]
    heads = {(mail["Message-ID"], mail["Date"]) for mail in map(message_from_bytes, faulty.raw)}
    assert len(heads) == 1
    assert row().state == "uncertain"


def test_the_answer_that_comes_after_the_reaper_still_counts(mailserver):
    planned("charlie@example.org")
    (mine,) = claim("slow", tomorrow(), 10)
    chosen = choose([mine])[mine.pk]
    assert ledger.turn(None, mine)
    post_office.office()
    PostOffice.objects.update(when_uncertain="hold")
    assert reap(timezone.now() + HOUR) == 1
    ledger.turn(Outcome(mine, State.SENT, chosen=chosen))
    assert row().state == "sent"
    assert Subscription.objects.get().acked_seq == mine.digest.horizon


@pytest.mark.parametrize(
    ("how", "state", "copies", "dealt_with"),
    [(Settled.AGAIN, "sent", 2, True), (Settled.SENT, "sent", 1, True), (Settled.LEAVE, "superseded", 1, False)],
)
def test_the_owner_settles_what_nobody_knows(faulty, how, state, copies, dealt_with):
    planned("charlie@example.org")
    post_office.office()
    PostOffice.objects.update(when_uncertain="hold")
    faulty.faults["dot"] = "drop"
    delivery.deliver(tomorrow())
    faulty.faults.clear()
    held = list(Delivery.objects.all())
    assert (post_office.settle(held, how), post_office.settle(held, how)) == (1, 0)
    delivery.deliver(tomorrow())
    assert (row().state, len(faulty.raw)) == (state, copies)
    assert (Subscription.objects.get().acked_seq == row().digest.horizon) == dealt_with


@pytest.mark.django_db(transaction=True)
def test_sending_is_in_the_database_before_the_server_is_told_and_sent_right_after(mailserver):
    planned(*many(3))
    seen = []

    def look(raw):
        try:
            seen.append(states())
        finally:
            connections.close_all()

    mailserver.when_taken = look
    assert delivery.deliver(tomorrow()) == 3
    assert seen == [["claimed", "claimed", "sending"], ["claimed", "sending", "sent"], ["sending", "sent", "sent"]]
    assert states() == ["sent"] * 3


@pytest.mark.django_db(transaction=True)
def test_a_database_that_hangs_up_in_the_middle_costs_no_mail(mailserver, monkeypatch):
    monkeypatch.setattr(ledger, "PATIENCE", 0.1)
    planned(*many(3))
    if connection.vendor != "postgresql":
        return

    def hang_up(raw):
        with connection.Database.connect(**connection.get_connection_params()) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    mailserver.when_taken = hang_up
    assert delivery.deliver(tomorrow()) == 3
    assert (states(), len(mailserver.raw)) == (["sent"] * 3, 3)


@pytest.mark.django_db(transaction=True)
def test_what_was_noted_though_the_database_could_not_say_so_is_sent_once(mailserver, monkeypatch):
    monkeypatch.setattr(ledger, "PATIENCE", 0.1)
    planned(*many(3))
    real, unheard = ledger._turn, []

    def hang_up_after(before, following, standing):
        done = real(before, following, standing)
        if len(mailserver.raw) == 1 and not unheard:
            unheard.append(following)
            raise OperationalError("the connection is lost")
        return done

    monkeypatch.setattr(ledger, "_turn", hang_up_after)
    assert delivery.deliver(tomorrow()) == 3
    assert (states(), len(mailserver.raw)) == (["sent"] * 3, 3)
    assert set(Delivery.objects.values_list("starts", "attempts")) == {(1, 1)}


@pytest.mark.django_db(transaction=True)
def test_bells_that_are_rung_five_times_at_once_bring_one_mail_each(mailserver):
    for reader in many(8):
        subscribed(reader)
    write(make_post(), "Hello")
    when = tomorrow().isoformat()
    assert at_once(*[partial(plan_and_send, when)] * 3, *[partial(send_mail, when)] * 2) == []
    plan_and_send(when)
    assert sorted(mail["To"] for mail in mailserver.mails) == many(8)


@pytest.mark.django_db(transaction=True)
def test_several_connections_share_the_work(mailserver):
    planned(*many(24))
    assert delivery.drain(4, tomorrow()) == 24
    assert sorted(mail["To"] for mail in mailserver.mails) == sorted(many(24))
    assert states() == ["sent"] * 24


@pytest.mark.django_db(transaction=True)
def test_several_connections_asked_to_stop_finish_a_mail_each_and_put_the_others_back(mailserver):
    planned(*many(60))
    mailserver.when_taken = lambda raw: supply.asked_to_stop.set() if len(mailserver.raw) >= 5 else None
    try:
        sent = delivery.drain(4, tomorrow())
    finally:
        supply.asked_to_stop.clear()
    assert 5 <= sent <= 12
    assert sorted(mail["To"] for mail in mailserver.mails) == sorted(
        Delivery.objects.filter(state="sent").values_list("subscriber__email", flat=True)
    )
    assert states() == ["pending"] * (60 - sent) + ["sent"] * sent


def test_two_digests_of_one_person_never_bring_the_same(mailserver, post):
    reader = subscribed("charlie@example.org")
    services.subscribe(email=reader.email, post=post, cadence=Cadence.WEEKLY)
    services.confirm(subscription=Subscription.objects.waiting().get())
    write(post, "Hello")
    assert plan(tomorrow(8)) == 2
    assert len(claim("one", tomorrow(8), 10)) == 1
    assert claim("another", tomorrow(8), 10) == []
    reap(timezone.now() + HOUR)
    assert delivery.deliver(tomorrow(8)) == 1
    assert states() == ["empty", "sent"]


def test_a_mail_is_chosen_anew_if_something_moved_since_it_was_written(mailserver, post, monkeypatch):
    planned("charlie@example.org", post=post)
    real, moved = chunks.letters, []

    def write_then_move(*arguments):
        made = real(*arguments)
        if not moved:
            moved.append(Subscription.objects.update(acked_seq=row().digest.horizon))
        return made

    monkeypatch.setattr(chunks, "letters", write_then_move)
    delivery.deliver(tomorrow())
    assert mailserver.mails == []
    assert row().state == "empty"


def test_asked_to_stop_it_finishes_one_mail_and_puts_the_others_back(mailserver):
    planned(*many(5))
    mailserver.when_taken = lambda raw: supply.asked_to_stop.set() if len(mailserver.raw) == 2 else None
    try:
        assert delivery.deliver(tomorrow()) == 2
    finally:
        supply.asked_to_stop.clear()
    assert states() == ["pending"] * 3 + ["sent"] * 2


def test_a_mail_costs_three_statements_at_most(mailserver):
    planned(*many(40))
    asked = []

    def count(execute, *arguments):
        asked.append(arguments[0])
        return execute(*arguments)

    with connection.execute_wrapper(count):
        assert delivery.deliver(tomorrow()) == 40
    # SQLite takes each mail's three parts one by one, and nothing else that grows with their number.
    most = 3 if connection.vendor == "postgresql" else 4
    assert len([statement for statement in asked if "SAVEPOINT" not in statement]) / 40 <= most


def test_what_goes_at_once_goes_before_a_weekly_run(mailserver):
    planned("charlie@example.org", "dora@example.org")
    Delivery.objects.filter(subscriber__email="dora@example.org").update(cadence=Cadence.AT_ONCE)
    (first,) = claim("worker", tomorrow(), 1)
    assert first.subscriber.email == "dora@example.org"


def test_places_are_taken_one_behind_the_other(settings):
    now = timezone.now()
    first, second = pace.take("example.org", 3, 2, now), pace.take("example.org", 1, 2, now)
    assert [(at - now).total_seconds() for at in [*first, *second]] == [0, 0.5, 1, 1.5]
    assert pace.take("example.org", 1, 2, now + HOUR) == [now + HOUR]


def test_one_domain_gets_so_many_a_second_and_keeps_nobody_else_waiting(mailserver, settings):
    settings.DIGEST_DOMAIN_RATE = 1
    planned(*many(12), "charlie@elsewhere.example")
    Pace.objects.create(name="example.org", free_at=timezone.now() + datetime.timedelta(minutes=1))
    assert delivery.deliver(timezone.now()) == 1
    assert mailserver.mails[0]["To"] == "charlie@elsewhere.example"
    put_off = Delivery.objects.filter(state="pending", reason=Reason.PACED).order_by("not_before")
    waits = [(one.not_before - timezone.now()).total_seconds() for one in put_off]
    assert len(waits) == 12
    assert 50 < waits[0] < 61
    assert 10 < waits[-1] - waits[0] < 12


def test_over_all_so_many_a_second(mailserver, settings):
    settings.DIGEST_RATE = 20
    planned(*many(10))
    began = timezone.now()
    assert delivery.deliver(tomorrow()) == 10
    assert (timezone.now() - began).total_seconds() > 0.4
    Pace.objects.update(free_at=timezone.now() + HOUR)
    assert pace.room(timezone.now(), 100) == 0


def test_a_copy_of_the_database_elsewhere_sends_nothing_until_somebody_says_so(mailserver, settings):
    assert post_office.is_open()
    planned("charlie@example.org")
    settings.SITE_URL, settings.PRODUCTION = "https://staging.example", True
    assert delivery.deliver(tomorrow()) == 0
    assert post_office.office().pause_reason == Reason.ELSEWHERE
    services.subscribe(email="dora@example.org", post=None, cadence=Cadence.DAILY)
    assert confirmations.send_confirmations() == 0
    post_office.resume()
    assert delivery.deliver(tomorrow()) == 1


def test_the_owners_pause_lets_new_readers_confirm(mailserver):
    post_office.pause()
    services.subscribe(email="dora@example.org", post=None, cadence=Cadence.DAILY)
    assert confirmations.send_confirmations() == 1


def test_one_mail_that_cannot_be_written_stops_no_other(mailserver, monkeypatch):
    planned("charlie@example.org", "dora@example.org")
    real = chunks.letters

    def fail_for_charlie(deliveries, chosen):
        if any(one.subscriber.email.startswith("charlie") for one in deliveries):
            raise ValueError("cannot be written")
        return real(deliveries, chosen)

    monkeypatch.setattr(chunks, "letters", fail_for_charlie)
    assert delivery.deliver(tomorrow()) == 1
    assert (row().state, row().reason) == ("failed", Reason.UNWRITTEN)
    assert "Hello" in text_of(mailserver.mails[0])
