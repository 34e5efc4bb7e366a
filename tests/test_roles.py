"""Every address of the site, every role, every method: nothing more than allowed, also for addresses made tomorrow."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from tests.scenery import make_post, make_thread

pytestmark = pytest.mark.django_db

# Who may open what lies below; the longest beginning that fits decides.
OWNER, STAFF, ANYBODY = {"alice"}, {"alice", "bob"}, {"alice", "bob", "dana"}
AREAS = {"desk/": OWNER, "moderation/": STAFF, "moderation/rules/": OWNER, "": ANYBODY}
METHODS = ("get", "head", "post", "put", "delete")


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
    made = {"alice": Client(), "bob": Client(), "dana": Client()}
    made["alice"].force_login(alice)
    made["bob"].force_login(bob)
    make_thread(make_post("A post"), "a(b)")
    return made


def test_there_are_addresses_of_every_area():
    assert len(routes()) > 30
    assert {"desk/", "moderation/", "moderation/rules/", "start/"} <= set(routes())


@pytest.mark.parametrize("path", routes())
def test_nobody_gets_further_than_allowed(people, path):
    for name, client in people.items():
        for method in METHODS:
            status = getattr(client, method)(f"/{path}").status_code
            assert status < 500 or path == "readyz", (name, method, status)
            if name in allowed(path):
                assert status != 403 or method not in ("get", "head"), (name, method, status)
            elif name == "dana" and method in ("get", "head"):
                assert status in (302, 405), (name, method, status)
            else:
                assert status in (403, 405), (name, method, status)
