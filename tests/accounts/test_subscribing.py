"""Subscribing: asked, confirmed, changed, ended; by links that anybody may open and only a press acts on."""

import datetime
import re
from functools import partial

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts import services, tokens
from accounts.digests.delivery import send_confirmations
from accounts.models import Cadence, Subscriber, Subscription
from tests.accounts.conftest import subscribed
from tests.mailserver import html_of, text_of
from tests.scenery import at, at_once, make_post

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
    assert "Not confirmed yet" in client.get(path).content.decode()
    assert Subscription.objects.get().confirmed_at is None
    sent = {"subscription": Subscription.objects.get().pk, "confirm": ""}
    assert "Confirmed" in client.post(path, sent, follow=True).content.decode()
    assert Subscription.objects.get().confirmed_at is not None


def test_a_bare_press_on_the_link_confirms_what_waits(client, mailserver, post):
    client.post("/subscribe/", ASKED)
    path = f"/subscriptions/{tokens.sign(tokens.MANAGE, Subscriber.objects.get().pk)}/"
    assert client.post(path).url == client.post(path).url == f"{path}?done=confirmed"
    assert Subscription.objects.get().confirmed_at
    # With two that wait, somebody else may have asked for one: then a press must say which.
    for follow in (post, make_post("Another")):
        client.post("/subscribe/", ASKED | {"post": follow.pk})
    assert "Say which" in client.get(client.post(path).url).content.decode()
    assert Subscription.objects.waiting().count() == 2


def test_however_much_is_asked_an_address_gets_one_mail_an_hour_that_lists_it_all(client, mailserver, post):
    with at("2026-01-13T10:00:00"):
        client.post("/subscribe/", ASKED)
        client.post("/subscribe/", ASKED | {"post": post.pk})
        send_confirmations()
        client.post("/subscribe/", ASKED | {"post": make_post("Another").pk})
        send_confirmations()
    (mail,) = mailserver.mails
    assert post.title in text_of(mail)
    assert "Probation Forum, every day" in text_of(mail)
    with at("2026-01-13T11:01:00"):
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


def test_asking_again_sends_one_mail_an_hour(client, mailserver):
    with at("2026-01-13T10:00:00"):
        for _ in range(5):
            client.post("/subscribe/", ASKED)
            send_confirmations()
    assert len(mailserver.mails) == 1
    with at("2026-01-13T11:01:00"):
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


def test_a_post_can_be_followed(client, post):
    assert post.title in client.get(f"/subscribe/?post={post.pk}").content.decode()
    client.post("/subscribe/", ASKED | {"post": post.pk})
    assert Subscription.objects.get().post == post
    assert client.get("/subscribe/?post=x").status_code == 200


def test_reading_a_link_changes_nothing(client, charlie):
    before = list(Subscription.objects.values())
    for purpose, path in ((tokens.MANAGE, "/subscriptions/{}/"), (tokens.UNSUBSCRIBE, "/unsubscribe/{}/")):
        for method in (client.get, client.head):
            assert method(path.format(tokens.sign(purpose, charlie.pk))).status_code == 200
    assert list(Subscription.objects.values()) == before


def test_one_post_unsubscribes_without_redirect_cookie_or_token(client, charlie):
    path = f"/unsubscribe/{tokens.sign(tokens.UNSUBSCRIBE, charlie.pk)}/"
    for _ in range(2):
        response = client.post(path, {"List-Unsubscribe": "One-Click"}, HTTP_ORIGIN="https://mail.example")
        assert response.status_code == 200
        assert response.cookies == {}
    assert Subscriber.objects.count() == 0
    assert "Nothing is sent to you any more" in client.get(path).content.decode()


@pytest.mark.parametrize("token", ["nonsense", "1-" + "A" * 22, "0-x", "1", "-"])
def test_a_forged_link_does_nothing(client, charlie, token):
    assert client.post(f"/unsubscribe/{token}/").status_code == 404
    assert client.get(f"/subscriptions/{token}/").status_code == 404
    assert Subscriber.objects.count() == 1


def test_a_link_of_one_kind_is_not_one_of_the_other(client, charlie):
    assert client.post(f"/unsubscribe/{tokens.sign(tokens.MANAGE, charlie.pk)}/").status_code == 404


def test_nobody_changes_anothers_subscription(client, charlie):
    dana = subscribed("dana@example.org")
    path = f"/subscriptions/{tokens.sign(tokens.MANAGE, charlie.pk)}/"
    theirs = Subscription.objects.get(subscriber=dana).pk
    assert client.post(path, {"subscription": theirs, "end": ""}).status_code == 404
    assert Subscription.objects.count() == 2


def test_changing_how_often_and_ending(client, charlie):
    path = f"/subscriptions/{tokens.sign(tokens.MANAGE, charlie.pk)}/"
    pk = Subscription.objects.get().pk
    client.post(path, {"subscription": pk, "cadence": "weekly"})
    assert Subscription.objects.get().cadence == "weekly"
    client.post(path, {"subscription": pk, "end": ""})
    assert Subscriber.objects.count() == 0
    assert client.get(path).status_code == 410


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
