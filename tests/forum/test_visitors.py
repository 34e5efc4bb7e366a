"""Forgetting who is at the other end."""

import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st

from forum.memory import counted
from forum.visitors import ForgetVisitor, address_prefix, bucket
from tests.scenery import DEAD_REDIS

MARKS = {
    "HTTP_USER_AGENT": "MARK-agent",
    "HTTP_REFERER": "https://MARK.example/page",
    "HTTP_ACCEPT_LANGUAGE": "cy-MARK",
    "HTTP_X_FORWARDED_FOR": "203.0.113.77",
    "HTTP_X_REAL_IP": "203.0.113.77",
    "HTTP_FORWARDED": "for=203.0.113.77",
    "HTTP_SEC_CH_UA": "MARK",
    "HTTP_X_SOMETHING_NEW": "MARK",
    "REMOTE_ADDR": "203.0.113.77",
    "REMOTE_PORT": "5077",
}


def seen_by_the_site(**meta):
    seen = {}

    def site(request):
        seen.update(request.META, visitor=str(request.visitor))
        return HttpResponse()

    ForgetVisitor(site)(RequestFactory().post("/", **meta))
    return seen


def test_nothing_that_tells_people_apart_is_left():
    seen = seen_by_the_site(**MARKS)
    assert not [name for name, value in seen.items() if "MARK" in str(value) or "203.0.113.77" in str(value)]


def test_what_the_site_needs_is_left():
    seen = seen_by_the_site(HTTP_ORIGIN="http://testserver", HTTP_COOKIE="a=b", HTTP_SEC_FETCH_SITE="same-origin")
    assert (seen["HTTP_ORIGIN"], seen["HTTP_COOKIE"]) == ("http://testserver", "a=b")


def test_a_referrer_of_our_own_is_cut_to_the_host():
    seen = seen_by_the_site(HTTP_HOST="testserver", HTTP_REFERER="http://testserver/posted/secret/")
    assert seen["HTTP_REFERER"] == "http://testserver/"


@pytest.mark.parametrize(
    ("proxies", "remote", "chain", "client"),
    [
        ([], "198.51.100.1", "203.0.113.9", "198.51.100.1"),
        (["127.0.0.1"], "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (["127.0.0.1", "10.0.0.0/8"], "127.0.0.1", "6.6.6.6, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        (["127.0.0.1"], "198.51.100.1", "203.0.113.9", "198.51.100.1"),
        (["unix"], "", "203.0.113.9", "203.0.113.9"),
        ([], "", "203.0.113.9", ""),
    ],
)
def test_only_our_own_proxies_are_believed(proxies, remote, chain, client):
    with override_settings(TRUSTED_PROXIES=proxies):
        middleware = ForgetVisitor(lambda request: HttpResponse())
    assert middleware.client_address({"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": chain}) == client


def test_a_household_shares_a_prefix():
    assert address_prefix("2001:db8:1:2ff:aaaa::1") == address_prefix("2001:db8:1:201::9")
    assert address_prefix("2001:db8:1:2ff::1") != address_prefix("2001:db8:1:300::1")
    assert address_prefix("::ffff:203.0.113.9") == "203.0.113.9"
    assert address_prefix("nonsense") == ""


@given(st.ip_addresses())
def test_a_bucket_does_not_tell_the_address(address):
    name = bucket(address_prefix(str(address)))
    assert len(name) == 16
    assert int(name, 16) >= 0
    assert name == bucket(address_prefix(str(address)))


def test_a_new_key_gives_new_buckets():
    before = bucket("203.0.113.9")
    for cache in caches.all():
        cache.clear()
    assert bucket("203.0.113.9") != before


@override_settings(CACHES=DEAD_REDIS)
def test_a_dead_redis_stops_nobody_and_the_limit_still_counts(client, post):
    path = f"{post.get_absolute_url()}/comments"
    answers = [client.post(path, {"text": f"Comment {number}"}).status_code for number in range(61)]
    assert answers == [303] * 60 + [429]


def test_a_thousand_other_visitors_do_not_make_the_site_forget_one(client, post):
    path = f"{post.get_absolute_url()}/comments"
    for _ in range(60):
        client.post(path, {"text": ""})
    for number in range(1000):
        counted(f"limit:comment:1:{number}", seconds=600)
    assert client.post(path, {"text": "Still me"}).status_code == 429
