"""Asking for digests: the form, the mail that asks to confirm, and what the form cannot be made to do."""

import datetime
import re
from functools import partial

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts import services, tokens
from accounts.digests.confirmations import send_confirmations
from accounts.models import Cadence, PostOffice, Subscriber, Subscription
from tests.mailserver import html_of, text_of
from tests.scenery import at, at_once, make_post, make_thread

pytestmark = pytest.mark.django_db

ASKED = {"email": "Charlie@Example.org", "cadence": "daily"}


def paths_in(text):
    return re.findall(r"http://127\.0\.0\.1:\d+(/\S*?/)(?=\s|$|\")", text)


def test_charlie_asks_confirms_and_is_told(client, mailserver):
    response = client.post("/subscribe/", ASKED)
    assert "Check your mail" in client.get(response.url).content.decode()
    assert Subscription.objects.get().confirmed_at is None
    send_confirmations()
    (mail,) = mailserver.mails
    assert mail["To"] == "charlie@example.org"
    assert "List-Unsubscribe" not in mail
    (path,) = paths_in(text_of(mail))
    assert path in html_of(mail)
    assert "Nothing is sent until you confirm" in client.get(path).content.decode()
    assert Subscription.objects.get().confirmed_at is None
    sent = {"subscription": Subscription.objects.get().pk, "confirm": ""}
    for _ in range(2):
        assert "Confirmed" in client.post(path, sent, follow=True).content.decode()
    assert Subscription.objects.get().confirmed_at is not None


def test_a_bare_press_on_the_link_confirms_what_waits(client, post):
    client.post("/subscribe/", ASKED)
    path = f"/subscriptions/{tokens.sign(tokens.CONFIRM, Subscriber.objects.get().pk, timezone.now())}/"
    assert client.post(path).url == client.post(path).url == f"{path}?done=confirmed"
    assert Subscription.objects.get().confirmed_at
    # With two that wait, somebody else may have asked for one: then a press must say which.
    for follow in (post, make_post("Another")):
        client.post("/subscribe/", ASKED | {"post": follow.pk})
    assert "Say which" in client.get(client.post(path).url).content.decode()
    assert Subscription.objects.waiting().count() == 2


def test_however_much_is_asked_an_address_gets_one_mail_a_day_that_lists_it_all(client, mailserver, post):
    with at("2026-01-13T10:00:00"):
        client.post("/subscribe/", ASKED)
        client.post("/subscribe/", ASKED | {"post": post.pk})
        send_confirmations()
        client.post("/subscribe/", ASKED | {"post": make_post("Another").pk})
        send_confirmations()
    (mail,) = mailserver.mails
    assert post.title in text_of(mail)
    assert "Probation Forum, every day" in text_of(mail)
    with at("2026-01-14T10:01:00"):
        send_confirmations()
    assert "Another" in text_of(mailserver.mails[1])


def test_one_address_that_is_put_off_does_not_hold_up_the_others(client, mailserver):
    with at("2026-01-13T10:00:00"):
        client.post("/subscribe/", ASKED | {"email": "greylisted@example.org"})
        client.post("/subscribe/", ASKED)
        mailserver.fault_for = "greylisted@example.org"
        assert send_confirmations() == 1
        assert send_confirmations() == 0
    mailserver.fault_for = ""
    with at("2026-01-13T10:06:00"):
        assert send_confirmations() == 1
    assert [mail["To"] for mail in mailserver.mails] == ["charlie@example.org", "greylisted@example.org"]


def test_subscribing_ending_and_purging_at_once_break_nothing(transactional_db):
    def work(worker):
        for step in range(8):
            services.subscribe(email=f"reader{step % 2}@example.org", post=None, cadence=Cadence.DAILY)
            if worker % 2:
                for subscriber in Subscriber.objects.all():
                    services.unsubscribe(subscriber_id=subscriber.pk)
            services.purge()

    assert at_once(*(partial(work, number) for number in range(6))) == []


def test_asking_again_sends_one_mail_a_day(client, mailserver):
    with at("2026-01-13T10:00:00"):
        for _ in range(5):
            client.post("/subscribe/", ASKED)
            send_confirmations()
    assert len(mailserver.mails) == 1
    with at("2026-01-14T10:01:00"):
        client.post("/subscribe/", ASKED)
        send_confirmations()
    assert len(mailserver.mails) == 2
    assert Subscriber.objects.count() == 1


def test_a_known_address_learns_nothing_more_than_an_unknown_one(client, mailserver, charlie):
    known = client.post("/subscribe/", ASKED, follow=True)
    unknown = client.post("/subscribe/", ASKED | {"email": "eve@example.org"}, follow=True)
    assert known.content == unknown.content


def test_no_mail_is_lost_when_the_server_is_down(client, mailserver):
    client.post("/subscribe/", ASKED)
    mailserver.stop()
    assert send_confirmations() == 0
    assert Subscriber.objects.get().mail_due
    mailserver.start()
    assert send_confirmations() == 1


@pytest.mark.parametrize(
    "email",
    ["", "nonsense", "a@b", "x" * 250 + "@example.org", "a@example.org\nBcc: eve@example.org", '"x y"@example.org'],
)
def test_a_wrong_address_comes_back(client, email):
    response = client.post("/subscribe/", ASKED | {"email": email})
    assert response.status_code == 422
    assert Subscriber.objects.count() == 0


def test_each_thing_that_can_be_followed(client, post):
    make_thread(post, "a(bc)d")
    labelled = make_post("Labelled", labels=["Desks"])
    (label,) = labelled.labels.all()
    form = client.get(f"/subscribe/?post={post.pk}&comment=3").content.decode()
    assert 'value="thread" id="id_what_1" checked' in form
    assert 'name="comment" value="3"' in form
    assert "Desks" in client.get(f"/subscribe/?label={label.slug}").content.decode()
    for sent in (
        {"post": post.pk, "what": "thread", "comment": "#3"},
        {"post": post.pk, "what": "post"},
        {"post": post.pk, "what": "site", "comment": "3", "updates_only": "on"},
        {"label": label.slug},
        {},
    ):
        assert client.post("/subscribe/", ASKED | sent).status_code == 303
    columns = ("label__name", "post__title", "thread__number", "updates_only")
    assert set(Subscription.objects.values_list(*columns)) == {
        (None, None, 1, False),
        (None, post.title, None, False),
        (None, None, None, True),
        ("Desks", None, None, False),
        (None, None, None, False),
    }


@pytest.mark.parametrize("query", ["post=x", "post=999999", "label=nope", "post=1&comment=99999999999", "label=%00"])
def test_what_is_not_there_leaves_the_whole_site(client, query):
    page = client.get(f"/subscribe/?{query}")
    assert page.status_code == 200
    assert "What do you want to follow" not in page.content.decode()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"what": "thread", "comment": "77"}, "Enter the number of a comment on this post"),
        ({"what": "thread", "comment": "1", "updates_only": "on"}, "A conversation has comments only"),
        ({"what": "label"}, "Select a valid choice"),
        ({"hour": "24"}, "Select a valid choice"),
        ({"weekday": "7"}, "Select a valid choice"),
        ({"detail": "all"}, "Select a valid choice"),
        ({"cadence": "hourly"}, "Select a valid choice"),
        ({"email": "zoë@example.org"}, "Before the @ stands a letter"),
    ],
)
def test_a_wrong_choice_comes_back_with_what_was_typed(client, post, sent, sentence):
    make_thread(post, "a")
    response = client.post("/subscribe/", ASKED | {"post": post.pk} | sent)
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert "<details open>" in html
    assert f'value="{sent.get("email", ASKED["email"])}"' in html
    assert not Subscriber.objects.exists()


def test_all_that_is_chosen_holds(client):
    client.post(
        "/subscribe/", ASKED | {"cadence": "weekly", "hour": "0", "weekday": "6", "detail": "titles", "telling": "on"}
    )
    (subscriber,) = Subscriber.objects.values("hour", "weekday", "detail", "telling")
    assert subscriber == {"hour": 0, "weekday": 6, "detail": "titles", "telling": True}
    client.post("/subscribe/", ASKED | {"email": "dana@example.org"})
    (usual,) = Subscriber.objects.filter(email__startswith="dana").values("hour", "weekday", "detail", "telling")
    assert usual == {"hour": None, "weekday": None, "detail": "excerpts", "telling": False}


def test_an_address_at_work_gets_numbers_unless_its_owner_says_otherwise(client):
    PostOffice.objects.create(employer_domains="Justice.example, council.example")
    work = ASKED | {"email": "eve@london.justice.example", "detail": "excerpts"}
    asked = client.post("/subscribe/", work)
    html = asked.content.decode()
    assert asked.status_code == 422
    assert "looks like a work address" in html
    assert 'value="counts" id="id_detail_2" checked' in html
    assert not Subscriber.objects.exists()
    again = dict(re.findall(r'name="(asked_about)" value="([^"]*)"', html))
    client.post("/subscribe/", work | again | {"detail": "counts"})
    assert Subscriber.objects.get().detail == "counts"
    client.post("/subscribe/", work | again | {"detail": "titles"})
    assert Subscriber.objects.get().detail == "titles"
    # Not asked where nothing is at stake, and not for another's domain that only ends alike.
    for sent in (work | {"email": "dana@council.example", "detail": "counts"}, work | {"email": "x@injustice.example"}):
        assert client.post("/subscribe/", sent).status_code == 303


def test_a_stranger_changes_nothing_of_whoever_confirmed(client, charlie, post):
    before = Subscriber.objects.values().get()
    client.post("/subscribe/", ASKED | {"post": post.pk, "detail": "counts", "telling": "on", "hour": "3"})
    unchanged = {"mail_due": True}
    assert Subscriber.objects.values().get() == before | unchanged


@pytest.mark.parametrize(
    "variants",
    [["Eve@Example.org", "eve@example.org", " eve@EXAMPLE.org "], ["eve@Bücher.example", "eve@xn--bcher-kva.example"]],
)
def test_one_address_is_one_subscriber_however_it_is_typed(client, variants):
    for email in variants:
        assert client.post("/subscribe/", ASKED | {"email": email}).status_code == 303
    assert Subscription.objects.count() == 1


def test_who_confirmed_is_never_forgotten_and_changing_the_pace_repeats_nothing(post, charlie):
    before = Subscription.objects.get().acked_seq
    assert before > 0
    services.change_cadence(subscription=Subscription.objects.get(), cadence=Cadence.WEEKLY)
    Subscription.objects.update(asked_at=timezone.now() - datetime.timedelta(days=400))
    services.purge()
    assert Subscription.objects.get().acked_seq == before


def test_addresses_that_never_confirmed_are_forgotten(client):
    with at("2026-01-13T10:00:00"):
        client.post("/subscribe/", ASKED)
    with at("2026-01-21T10:00:00"):
        call_command("send_digests")
    assert Subscriber.objects.count() == 0
