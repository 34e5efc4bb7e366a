"""Every address of the site, every role, every method: nothing more than allowed, also for addresses made tomorrow.

Charlie has the links of a subscriber's mail, Eve the receipt of a comment; neither opens anything else.
"""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from accounts import services as subscribing
from accounts import tokens
from accounts.models import Subscriber
from forum.receipts import show_code
from moderation.services import ask_for_removal
from tests.scenery import make_post, make_thread, write_with_code

pytestmark = pytest.mark.django_db

# Who may open what lies below; the longest beginning that fits decides.
OWNER, STAFF, ANYBODY = {"alice"}, {"alice", "bob"}, {"alice", "bob", "charlie", "dana", "eve"}
AREAS = {
    "desk/": OWNER,
    "moderation/": STAFF,
    "moderation/rules/": OWNER,
    "moderation/reasons/": OWNER,
    "moderation/topics/": OWNER,
    "moderation/parking/": STAFF,
    "moderation/figures/": OWNER,
    "": ANYBODY,
}
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
SECRET = "zanzibar"


def routes() -> list[str]:
    """A path for every address of ours, with something in each of its places."""
    found = []

    def walk(patterns, before):
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                found.append(route)
            elif "allauth" not in str(getattr(pattern, "urlconf_name", "")):
                walk(pattern.url_patterns, route)

    walk(get_resolver().url_patterns, "")
    return sorted({filled(route) for route in found})


def filled(route: str) -> str:
    samples = {
        "int": "1",
        "year": "2026",
        "month": "01",
        "slug": "a-slug",
        "str": "x",
        "picture": "0123456789abcdef-8x8",
        "house_page": "help",
    }
    route = re.sub(r"<(\w+):\w+>", lambda match: samples[match[1]], route)
    return re.sub(r"\^|\$|\(\?P<\w+>([\w-]+)[^)]*\)", lambda match: match[1] or "", route)


def allowed(path: str) -> set[str]:
    return AREAS[max((area for area in AREAS if path.startswith(area)), key=len)]


@pytest.fixture
def people(alice, bob):
    """Everybody, and on the site a secret in each thing that only staff may read."""
    made = {name: Client() for name in ANYBODY}
    made["alice"].force_login(alice)
    made["bob"].force_login(bob)
    post = make_post("A post")
    made["comments"] = make_thread(post, "a(b)")
    draft = make_post(f"A draft about {SECRET}", publish_at=None)
    held, code = write_with_code(post, f"{SECRET} http://a.example http://b.example http://c.example")
    ask_for_removal(post=post, comment=made["comments"]["a"], text=f"I live in {SECRET}.")
    subscribing.subscribe(email="charlie@example.org", post=None, cadence="daily")
    return made | {"draft": draft, "held": held, "code": show_code(code)}


def ask(people, name, method, path):
    """As this person, with all that they have: Eve sends her receipt along, Charlie his token."""
    fields = {
        "charlie": {"token": tokens.sign(tokens.MANAGE, Subscriber.objects.get().pk)},
        "eve": {"code": people["code"]},
    }
    data = fields.get(name) if method in ("get", "post") else None
    return getattr(people[name], method)(f"/{path}", data)


def test_there_are_addresses_of_every_area():
    assert len(routes()) > 30
    assert {"desk/", "moderation/", "moderation/rules/", "start/"} <= set(routes())


@pytest.mark.parametrize("path", routes())
def test_nobody_gets_further_than_allowed(people, path):
    # Where anybody may go, the four who are not the owner are one.
    for name in sorted(ANYBODY) if allowed(path) != ANYBODY else ["alice", "dana"]:
        for method in METHODS:
            response = ask(people, name, method, path)
            status = response.status_code
            assert status < 500 or path == "readyz", (name, method, status)
            if name in allowed(path):
                assert status != 403 or method not in ("get", "head"), (name, method, status)
                continue
            if name != "bob" and method in ("get", "head"):
                assert status in (302, 405), (name, method, status)
            else:
                assert status in (403, 405), (name, method, status)
            assert SECRET not in response.content.decode(), (name, method)


def test_staff_pages_do_not_tell_others_what_is_there(people):
    """A page of something that is there answers as one of something that is not, but for the token in its forms."""
    different = []
    for path in routes():
        if allowed(path) == ANYBODY or "/1/" not in path:
            continue
        for method in ("get", "post"):
            answers = [ask(people, "dana", method, each) for each in (path, path.replace("/1/", "/987654/"))]
            told = [
                (answer.status_code, answer.get("Location", ""), re.sub(r'value="\w{64}"', "", answer.content.decode()))
                for answer in answers
            ]
            if repr(told[0]) != repr(told[1]).replace("/987654/", "/1/"):
                different.append((method, path))
    assert different == []


def test_a_subscribers_links_open_their_own_subscriptions_and_nothing_else(people):
    charlie, subscriber = people["charlie"], Subscriber.objects.get()
    manage, stop = (tokens.sign(purpose, subscriber.pk) for purpose in (tokens.MANAGE, tokens.UNSUBSCRIBE))
    assert charlie.get(f"/subscriptions/{manage}/").status_code == 200
    assert charlie.get(f"/unsubscribe/{stop}/").status_code == 200
    # Nor does one link open what the other does, nor somebody else's.
    other = f"{subscriber.pk + 1}.{manage.split('.', 1)[1]}"
    for wrong in (
        f"/subscriptions/{stop}/",
        f"/unsubscribe/{manage}/",
        f"/subscriptions/{other}/",
        "/subscriptions/x/",
    ):
        for method in METHODS:
            assert getattr(charlie, method)(wrong).status_code in (404, 405, 410), (method, wrong)
    for token in (manage, stop):
        assert charlie.post("/receipts/", {"code": token}).status_code == 404
        assert charlie.get(f"/accounts/invitation/{token}/").status_code in (404, 410)
    assert "_auth_user_id" not in charlie.session


def test_a_receipt_opens_its_own_comment_and_nothing_else(people):
    eve, code = people["eve"], people["code"]
    assert SECRET in eve.post("/receipts/", {"code": code}).content.decode()
    assert "asked for" not in eve.post("/receipts/", {"code": code}).content.decode()
    for path in (
        f"/subscriptions/{code}/",
        f"/unsubscribe/{code}/",
        f"/accounts/invitation/{code}/",
        f"/posted/{code}/",
    ):
        assert eve.get(path).status_code in (404, 410)
    # Not of others: their comments stay, whatever else the form names.
    answer = eve.post("/receipts/withdrawal/", {"code": code, "pk": "1", "comment": "1", "number": "1"})
    assert answer.status_code == 200
    people["held"].refresh_from_db()
    assert people["held"].state == "withdrawn"
    for other in people["comments"].values():
        other.refresh_from_db()
        assert other.state == "published"
