"""The pages behind the links in mails: who may do what with which, and how a press by mistake is taken back."""

import datetime
import re
import time

import pytest
from django.utils import timezone

from accounts import services, tokens
from accounts.digests.confirmations import send_confirmations
from accounts.digests.events import seal
from accounts.models import Delivery, Subscriber, Subscription
from accounts.services import Followed
from forum.models import Post
from tests.accounts.conftest import subscribed
from tests.mailserver import text_of
from tests.scenery import at, make_post, write

pytestmark = pytest.mark.django_db


def path_of(subscriber, purpose=tokens.FRESH):
    at_this_moment = timezone.now() if purpose in tokens.TIMED else None
    return f"/subscriptions/{tokens.sign(purpose, subscriber.pk, at_this_moment)}/"


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Subscriber, Subscription, Delivery)]


def sealed_in(response):
    return re.search(r'name="sealed" value="([^"]+)"', response.content.decode())[1]


@pytest.fixture
def waiting(charlie, post):
    """Charlie follows the site, and asked for a post."""
    services.follow(email=charlie.email, what=Followed(post=post), cadence="weekly")
    return charlie


def test_everything_can_be_changed_for_an_hour(client, charlie):
    path, pk = path_of(charlie), Subscription.objects.get().pk
    page = client.get(path).content.decode()
    assert "charlie@example.org" in page
    client.post(path, {"subscription": pk, "cadence": "weekly"})
    assert Subscription.objects.get().cadence == "weekly"
    looks = {"looks": "", "hour": "21", "weekday": "4", "detail": "counts", "telling": "on"}
    assert "Changed" in client.post(path, looks, follow=True).content.decode()
    assert Subscriber.objects.filter(hour=21, weekday=4, detail="counts", telling=True).exists()
    wrong = client.post(path, looks | {"hour": "99"})
    assert (wrong.status_code, Subscriber.objects.get().hour) == (422, 21)
    assert "Error: " in wrong.content.decode()
    with at((timezone.now() + datetime.timedelta(minutes=61)).replace(tzinfo=None).isoformat()):
        before = everything()
        assert client.get(path).status_code == 410
        assert client.post(path, looks | {"hour": "3"}).status_code == 410
        assert everything() == before


def test_the_link_of_a_mail_shows_no_address_and_only_makes_mail_less(client, waiting):
    path, pk = path_of(waiting, tokens.MANAGE), Subscription.objects.confirmed().get().pk
    page = client.get(path).content.decode()
    assert "charlie" not in page
    assert "c•••@e•••.org" in page
    before = everything()
    asked = Subscription.objects.waiting().get().pk
    for more in (
        {"subscription": pk, "cadence": "at once"},
        {"subscription": asked, "confirm": ""},
        {"looks": "", "detail": "excerpts"},
        {"resume": "catch up"},
        {"erase": ""},
        {},
    ):
        assert client.post(path, more).status_code == 404
    assert everything() == before
    client.post(path, {"subscription": pk, "end": ""})
    assert not Subscription.objects.filter(pk=pk).exists()


def test_the_link_to_confirm_confirms_and_does_nothing_else(client, waiting):
    path = path_of(waiting, tokens.CONFIRM)
    confirmed, asked = (Subscription.objects.get(post=post) for post in (None, Post.objects.get()))
    page = client.get(path).content.decode()
    assert asked.post.title in page
    assert "The whole site" not in page
    for wrong in ({"subscription": confirmed.pk, "end": ""}, {"pause": ""}, {"subscription": asked.pk, "cadence": "x"}):
        assert client.post(path, wrong).status_code == 404
    client.post(path, {"subscription": asked.pk, "confirm": ""})
    asked.refresh_from_db()
    assert asked.confirmed_at
    assert client.post(path, {"subscription": asked.pk, "end": ""}).status_code == 404
    assert Subscription.objects.confirmed().count() == 2


def test_whoever_did_not_ask_says_so(client, post):
    services.follow(email="eve@example.org", what=Followed(), cadence="daily")
    path = path_of(Subscriber.objects.get(), tokens.CONFIRM)
    assert (
        "Taken back" in client.post(path, {"subscription": Subscription.objects.get().pk, "end": ""}).content.decode()
    )
    assert Subscriber.objects.count() == 0
    assert client.get(path).status_code == 410


def test_a_link_to_see_everything_is_mailed_once_in_a_while(client, waiting, mailserver):
    path = path_of(waiting, tokens.MANAGE)
    # While something waits to be confirmed, the mail is about that; its page has the button, too.
    for _ in range(3):
        assert "on its way to you" in client.post(path, {"link": ""}, follow=True).content.decode()
        send_confirmations()
    (path,) = links_in(mailserver.mails[0])
    client.post(path)
    for _ in range(3):
        assert "on its way to you" in client.post(path, {"link": ""}, follow=True).content.decode()
        send_confirmations()
    (fresh,) = links_in(mailserver.mails[1])
    assert len(mailserver.mails) == 2
    assert "charlie@example.org" in client.get(fresh).content.decode()


def links_in(mail):
    return re.findall(r"http://127\.0\.0\.1:\d+(/subscriptions/\S*?/)", text_of(mail))


@pytest.mark.parametrize(("press", "missed"), [("catch up", True), ("from now", False)])
def test_after_a_pause_what_was_missed_comes_or_does_not(client, charlie, post, press, missed):
    path = path_of(charlie)
    client.post(path, {"pause": ""})
    assert Subscriber.objects.get().paused
    assert "Mail is paused" in client.get(path).content.decode()
    before = Subscription.objects.get().acked_seq
    write(post, "While Charlie was away.")
    horizon = seal()
    assert "Mails come again" in client.post(path, {"resume": press}, follow=True).content.decode()
    assert not Subscriber.objects.get().paused
    row = Subscription.objects.get()
    assert (row.acked_seq, row.from_seq) == ((before, before) if missed else (horizon, horizon))


def test_a_pause_by_mistake_is_taken_back_from_an_old_mail_too(client, charlie):
    paused = client.post(path_of(charlie, tokens.MANAGE), {"pause": ""})
    assert paused.status_code == 200
    assert "Undone" in client.post("/subscriptions/undo/", {"sealed": sealed_in(paused)}).content.decode()
    assert not Subscriber.objects.get().paused


@pytest.mark.parametrize("purpose", [tokens.MANAGE, tokens.FRESH, tokens.UNSUBSCRIBE, tokens.STOP])
def test_stopping_by_mistake_is_taken_back_as_it_was(client, waiting, post, purpose):
    services.confirm(subscription=Subscription.objects.waiting().get())
    write(post, "Not sent yet.")
    seal()
    Subscription.objects.update(from_seq=1, acked_seq=2)
    Subscriber.objects.update(hour=6, detail="titles", telling=True)
    before = everything()
    pk = Subscription.objects.first().pk
    if purpose in (tokens.MANAGE, tokens.FRESH):
        stopped = client.post(path_of(waiting, purpose), {"subscription": pk, "end": ""})
    else:
        token = tokens.sign(purpose, waiting.pk if purpose == tokens.UNSUBSCRIBE else pk)
        stopped = client.post(f"/unsubscribe/{token}/", {"by_hand": "1"})
    assert stopped.status_code == 200
    assert Subscription.objects.count() == (0 if purpose == tokens.UNSUBSCRIBE else 1)
    for _ in range(2):
        assert "Undone" in client.post("/subscriptions/undo/", {"sealed": sealed_in(stopped)}).content.decode()
    after = everything()
    for rows in (*before, *after):
        for row in rows:
            row.pop("id") if "acked_seq" in row else None
    assert [sorted(rows, key=repr) for rows in after] == [sorted(rows, key=repr) for rows in before]


def test_what_is_sealed_says_nothing_and_ends(client, charlie, monkeypatch):
    stopped = client.post(f"/unsubscribe/{tokens.sign(tokens.UNSUBSCRIBE, charlie.pk)}/", {"by_hand": "1"})
    sealed = sealed_in(stopped)
    assert "charlie" not in stopped.content.decode()
    for wrong in (sealed[:-3] + "AAA", "x", "", "\u2028"):
        assert client.post("/subscriptions/undo/", {"sealed": wrong}).status_code == 410
    assert client.get("/subscriptions/undo/").status_code == 405
    over = time.time() + 61 * 60
    monkeypatch.setattr(time, "time", lambda: over)
    assert "for an hour only" in client.post("/subscriptions/undo/", {"sealed": sealed}).content.decode()
    assert Subscriber.objects.count() == 0


def test_a_stranger_who_stops_what_waits_gets_nothing_to_bring_it_back(client, post):
    services.follow(email="eve@example.org", what=Followed(post=post), cadence="daily")
    token = tokens.sign(tokens.UNSUBSCRIBE, Subscriber.objects.get().pk)
    assert b"sealed" not in client.post(f"/unsubscribe/{token}/", {"by_hand": "1"}).content


def test_what_became_of_the_post_does_not_break_the_page(client, charlie):
    gone = make_post("Soon gone")
    services.follow(email=charlie.email, what=Followed(post=gone), cadence="daily")
    services.confirm(subscription=Subscription.objects.waiting().get())
    stopped = client.post(path_of(charlie), {"subscription": Subscription.objects.get(post=gone).pk, "end": ""})
    Post.objects.filter(pk=gone.pk).update(state=Post.State.DRAFT)
    services.follow(email=charlie.email, what=Followed(post=gone), cadence="daily")
    services.confirm(subscription=Subscription.objects.waiting().get())
    assert "A post that was taken down" in client.get(path_of(charlie)).content.decode()
    Post.objects.filter(pk=gone.pk).delete()
    assert client.post("/subscriptions/undo/", {"sealed": sealed_in(stopped)}).status_code == 200
    assert Subscription.objects.count() == 1


def test_erasing_cannot_be_undone(client, charlie):
    erased = client.post(path_of(charlie), {"erase": ""})
    assert "Everything about you is erased" in erased.content.decode()
    assert b"sealed" not in erased.content
    assert Subscriber.objects.count() == 0


def test_nobody_changes_anothers_subscription(client, charlie):
    dana = subscribed("dana@example.org")
    theirs = Subscription.objects.get(subscriber=dana).pk
    for purpose in (tokens.FRESH, tokens.MANAGE):
        assert client.post(path_of(charlie, purpose), {"subscription": theirs, "end": ""}).status_code == 404
    assert Subscription.objects.count() == 2
