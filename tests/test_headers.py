"""Every address of the site, asked and posted to, by nobody and by the owner: what its answers carry."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from forum.services.pictures import store_picture
from tests.forum.test_pictures import file_of, two_colours
from tests.scenery import make_post, write

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Made for one person, or a form that somebody will type into.
FOR_ONE = re.compile(
    r"/(?:accounts|desk|moderation|posted|receipts|start|removal|subscribe|subscriptions|unsubscribe|search|reading)(?:/|$)"
    r"|\.html/(?:reply|preview|comments$|new|c/\d+/report)|/(?:healthz|readyz)$"
)
# The one page whose address opens something.
SECRET = re.compile("/posted/")
# A mail as it is, with its own style.
A_MAIL = "/desk/digests/next/"


@pytest.fixture
def samples(db) -> dict[str, str]:
    """Something real for each part of an address."""
    post = make_post("Rooms")
    write(post, "A comment.")
    picture = store_picture(upload=file_of(two_colours(), "PNG"))
    return {
        "year": f"{post.year:04}",
        "month": f"{post.month:02}",
        "slug": post.slug,
        "number": "1",
        "pk": str(post.pk),
        "name": "about",
        "ticket": "never-was-one",
        "token": "never:was:one",
        "picture": picture.name,
    }


def addresses(samples: dict[str, str]) -> Iterator[str]:
    """One address for each line of the URL table, and one for each kind of file."""
    for route in routes(get_resolver().url_patterns):
        in_place = re.sub("<picture:name>", samples["picture"], route)
        yield re.sub(r"<(?:\w+:)?(\w+)>", lambda part: samples.get(part[1], "x"), in_place)
    yield from (
        "/static/css/site.css",
        "/static/js/write.js",
        "/static/favicon.svg",
        "/static/nope.css",
        "/nope",
        "/nope/",
    )


def routes(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for one in patterns:
        route = str(one.pattern)
        if not isinstance(one.pattern, RoutePattern):  # allauth has a few of the old kind.
            route = re.sub(r"\(\?P<(\w+)>[^)]*\)|\^|\$|\\", lambda part: f"<{part[1]}>" if part[1] else "", route)
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, before + route)
        else:
            yield before + route


def check(path: str, response: HttpResponse) -> None:
    """What no answer may lack, and what an answer to one person must say."""
    for name, value in EVERYWHERE.items():
        if name == "Referrer-Policy" and response.status_code == 200 and SECRET.match(path):
            continue
        assert response.headers.get(name) == value, (path, response.status_code, name)
    assert "default-src 'none'" in response.headers["Content-Security-Policy"], path
    if response.status_code == 200 and path == A_MAIL:
        assert "sandbox allow-same-origin" in response.headers["Content-Security-Policy"]
        assert "script" not in response.headers["Content-Security-Policy"]
    else:
        assert "unsafe" not in response.headers["Content-Security-Policy"], path
    assert "camera=()" in response.headers["Permissions-Policy"], path
    if response.status_code >= 400 or FOR_ONE.search(path):
        assert "no-store" in response.headers.get("Cache-Control", ""), (path, response.status_code)
    assert "ETag" not in response.headers or "no-store" not in response.headers.get("Cache-Control", ""), path


@pytest.mark.parametrize("who", ["nobody", "the owner"])
def test_every_answer_of_every_address(client, as_alice, samples, who):
    asks = client if who == "nobody" else as_alice
    asks.raise_request_exception = False
    seen = set()
    every = list(dict.fromkeys(addresses(samples)))
    assert len(every) > 90
    for path in every:
        # Whoever signs out is nobody for the rest.
        posted = asks.head(path) if "logout" in path else asks.post(path)
        assert "no-store" in posted.headers.get("Cache-Control", ""), path
        for response in (posted, asks.get(path), asks.head(path)):
            assert response.status_code != 500, path
            seen.add(response.status_code)
            check(path, response)
            # A form of the staff that comes without a session leads to the sign-in.
            if who == "nobody" and not path.startswith(("/accounts/", "/reading/", "/desk/", "/moderation/")):
                assert not response.cookies, path
    assert seen >= ({200, 302, 303, 403, 404, 405, 410, 422} if who == "nobody" else {200, 302, 404, 405, 422})


def test_answers_that_take_an_effort(client, samples, post):
    """400, 413, 429, 500 and 503, and what is sent from another site."""
    client.raise_request_exception = False
    path = f"{post.get_absolute_url()}/comments"
    answers = [client.get("/", headers={"Host": "elsewhere.example"})]
    answers.append(client.post(path, {"text": "x" * 1_200_000}))
    answers.append(client.post(path, {"text": "x"}, headers={"Origin": "https://evil.example"}))
    answers += [client.post("/receipts/", {"code": "WRONG"}) for _ in range(31)]
    for failing in ("tests.test_headers.fails", "tests.test_headers.finds_no_database"):
        with override_settings(FORUM_SCREENER=failing):
            answers.append(client.post(path, {"text": f"To be screened by {failing}."}))
    assert [answer.status_code for answer in answers] == [400, 400, 403, *[404] * 30, 429, 500, 503]
    for answer in answers:
        check(path, answer)
    assert "To be screened by" in answers[-1].content.decode(), "nothing typed is lost"


def fails(draft: object) -> None:
    raise RuntimeError("on purpose")


def finds_no_database(draft: object) -> None:
    raise OperationalError("on purpose")


def test_what_a_reader_gets_after_writing_is_for_nobody_else(client, post):
    path = post.get_absolute_url()
    answer = client.post(f"{path}/comments", {"text": "A comment."})
    shown = client.get(answer.url)
    code = re.search(r'id="code">([^<]+)', shown.content.decode())[1]
    receipt = client.post("/receipts/", {"code": code})
    for page in (answer, shown, receipt, client.post(f"{path}/preview", {"text": "x"})):
        assert "no-store" in page.headers["Cache-Control"]
    assert shown.headers["Referrer-Policy"] in ("no-referrer", "strict-origin"), "no later page needs its address"
    assert code not in answer.url


def test_feeds_and_shared_pages_may_be_kept(client, post):
    for path in (post.get_absolute_url(), "/feed.atom", "/comments.atom", f"{post.get_absolute_url()}/comments.atom"):
        response = client.get(path)
        check(path, response)
        assert response.headers["Cache-Control"] == "public, no-cache"
        again = client.get(path, headers={"If-None-Match": response.headers["ETag"]})
        assert again.status_code == 304
        assert not again.cookies
