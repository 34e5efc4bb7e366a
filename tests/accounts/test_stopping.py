"""Stopping mail: by mail programs (RFC 8058), whatever they send; and never by those that only read links."""

import pytest
from django.utils import timezone

from accounts import services, tokens
from accounts.digests.confirmations import send_confirmations
from accounts.models import Delivery, Digest, DigestEvent, Subscriber, Subscription
from accounts.services import Followed
from tests.scenery import at, make_thread

pytestmark = pytest.mark.django_db

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def stop_all(subscriber):
    return f"/unsubscribe/{tokens.sign(tokens.UNSUBSCRIBE, subscriber.pk)}/"


@pytest.mark.parametrize(
    "sent",
    [
        {"data": ONE_CLICK},  # multipart, as the test client sends it
        {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"},
        {"data": '{"List-Unsubscribe": "One-Click"}', "content_type": "application/json"},
        {"data": "", "content_type": "application/x-www-form-urlencoded"},
        {"data": "List-Unsubscribe=Perhaps", "content_type": "application/x-www-form-urlencoded"},
        {"data": b"\xff\xfe\x00--x", "content_type": "multipart/form-data; boundary=x"},
        {"data": b"no boundary", "content_type": "multipart/form-data"},
        {"data": "a=1&" * 400, "content_type": "application/x-www-form-urlencoded"},
        {"data": "a=1", "content_type": "application/x-www-form-urlencoded; charset=latin9"},
        {"data": ONE_CLICK, "HTTP_ORIGIN": "https://mail.example", "HTTP_SEC_FETCH_SITE": "cross-site"},
        {"data": ONE_CLICK, "HTTP_ORIGIN": "null", "HTTP_COOKIE": "reading=dark"},
    ],
)
@pytest.mark.parametrize("slash", ["/", ""])
def test_one_post_stops_everything_without_redirect_or_cookie(client, charlie, sent, slash):
    for _ in range(2):
        response = client.post(stop_all(charlie).rstrip("/") + slash, **sent)
        assert response.status_code == 200
        assert response.cookies == {}
        # A program gets nothing with which it could all be brought back.
        assert b"sealed" not in response.content
    assert Subscriber.objects.count() == 0
    assert "Nothing is sent to you any more" in client.get(stop_all(charlie)).content.decode()


def test_it_stops_after_the_key_was_changed_and_over_any_host_that_is_ours(client, charlie, settings):
    path = stop_all(charlie)
    settings.MAIL_KEYS = {2: "k" * 40}
    assert client.post(path, ONE_CLICK, headers={"Host": "localhost"}).status_code == 200
    assert Subscriber.objects.count() == 0


def test_one_of_several_stops_alone(client, charlie, post):
    services.follow(email=charlie.email, what=Followed(post=post), cadence="daily")
    services.confirm(subscription=Subscription.objects.waiting().get())
    path = f"/unsubscribe/{tokens.sign(tokens.STOP, Subscription.objects.get(post=post).pk)}/"
    assert post.title in client.get(path).content.decode()
    for _ in range(2):
        assert client.post(path, ONE_CLICK).status_code == 200
    assert Subscription.objects.get().post is None
    assert "Nothing is sent to you any more" in client.get(path).content.decode()


@pytest.mark.parametrize("token", ["nonsense", "1.1" + "A" * 22, "0.1x", "1", ".", "1.1" + "A" * 22 + "/x", "%00", "é"])
def test_a_forged_link_is_told_apart_from_a_good_one(client, charlie, token):
    for path in (f"/unsubscribe/{token}/", f"/subscriptions/{token}/"):
        for answer in (client.get(path), client.head(path), client.post(path, ONE_CLICK)):
            assert answer.status_code == 404
    assert Subscriber.objects.count() == 1


def test_no_page_behind_a_link_may_be_kept_found_or_named_to_another_site(client, charlie):
    now = timezone.now()
    paths = [f"/unsubscribe/{tokens.sign(tokens.STOP, Subscription.objects.get().pk)}/", stop_all(charlie)]
    paths += [f"/subscriptions/{tokens.sign(purpose, charlie.pk, now)}/" for purpose in (tokens.CONFIRM, tokens.FRESH)]
    paths += [f"/subscriptions/{tokens.sign(tokens.MANAGE, charlie.pk)}/"]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert b'<meta name="robots" content="noindex">' in answer.content
        assert answer.cookies == {}


def test_who_only_reads_every_link_changes_nothing(client, charlie, post):
    """Scanners of employers open whatever stands in a mail, some of them with a browser, and often twice."""
    make_thread(post, "a(b)")
    services.follow(email=charlie.email, what=Followed(post=post), cadence="weekly")
    now = timezone.now()
    tokens_of_charlie = [tokens.sign(purpose, charlie.pk, now) for purpose in tokens.TIMED]
    paths = [f"/subscriptions/{token}/" for token in (tokens.sign(tokens.MANAGE, charlie.pk), *tokens_of_charlie)]
    paths += [f"/unsubscribe/{tokens.sign(tokens.STOP, each.pk)}/" for each in Subscription.objects.all()]
    paths += [stop_all(charlie), "/subscribe/", f"/subscribe/?post={post.pk}", post.get_absolute_url()]
    paths += [path.rstrip("/") for path in paths if "unsubscribe" in path]
    paths += [f"{path}?done=ended&confirm=&end=&subscription=1" for path in paths]
    models = (Subscriber, Subscription, Delivery, Digest, DigestEvent)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    for path in paths * 3:
        for method in (client.get, client.head, client.options, client.put, client.delete):
            assert method(path).status_code in (200, 405), path
        assert client.get(path, headers={"Purpose": "prefetch", "Sec-Purpose": "prefetch"}).status_code == 200
    assert [list(model.objects.order_by("pk").values()) for model in models] == before
    # None of them sends itself: no script at all.
    for path in paths[:6]:
        assert b"<script" not in client.get(path).content


def test_a_flood_of_requests_to_confirm_is_one_mail_a_day(client, mailserver, settings):
    settings.FORUM_LIMITS = False
    victim = {"email": "victim@example.org", "cadence": "daily"}
    with at("2026-01-13T10:00:00"):
        pages = {client.post("/subscribe/", victim | {"hour": str(hour % 24)}).url for hour in range(100)}
        for _ in range(5):
            send_confirmations()
    assert pages == {"/subscribe/?sent"}
    with at("2026-01-14T09:59:00"):
        client.post("/subscribe/", victim)
        send_confirmations()
    assert len(mailserver.mails) == 1
    with at("2026-01-14T10:01:00"):
        client.post("/subscribe/", victim)
        send_confirmations()
    assert len(mailserver.mails) == 2
