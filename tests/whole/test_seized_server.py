"""Whoever seizes the server learns what was written, and nothing about who wrote it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client

from config.environment import BASE_DIR
from forum import page_cache
from forum.models import Comment
from tests.mailserver import MailServer
from tests.site import Site
from tests.whole.doors import DOORS, REFUSED_WORD, Dana
from tests.whole.traces import (
    ADDRESS,
    MARKS,
    everything_kept,
    found_traces,
    listed_words,
    packed_addresses,
    traces,
    words_of_keys,
)


@pytest.fixture
def mailserver():
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def seized_site(tmp_path, processes, mailserver) -> Site:
    """The whole site with its clock, whose screener fails at one text."""
    breaking = {"EMAIL_URL": mailserver.url, "DJANGO_SETTINGS_MODULE": "tests.whole.breaking_settings"}
    site = Site(tmp_path, processes, demo=True, **breaking)
    refuse = f"from tests.scenery import make_rule; make_rule({REFUSED_WORD!r}, answer='refuse')"
    site.manage("shell", "-c", refuse)
    # Without Redis each process counts for itself, and would take a second report from the same network.
    site.start(workers=2 if site.env.get("REDIS_URL") else 1)
    return site


def test_nothing_about_a_writer_is_kept_anywhere(seized_site, mailserver):
    site, dana = seized_site, Dana(seized_site)
    *doors, breaks = DOORS
    for door in doors:
        door(dana)
    site.manage("send_digests")
    rows = json.loads(site.manage("shell", "-v0", "-c", "from tests.whole.rows import report; report()"))
    breaks(dana)
    kept = everything_kept(site, mailserver)
    assert found_traces(kept) == []
    assert found_traces(kept, packed_addresses()) == []
    assert dana.cookies == [], "nobody who only writes gets a cookie"
    assert rows == []
    assert mails_to_staff(mailserver), "they were told, and of no text"
    assert [raw for raw in mails_to_staff(mailserver) if b"quixotry" in raw or b"Marked" in raw] == []
    everything = b"\n".join(kept.values())
    assert [text for text in dana.stays if text.encode() not in everything] == [], "the search must be able to find"
    gone = {f"{text!r} in {where}" for where, raw in kept.items() for text in dana.withdrawn if text.encode() in raw}
    assert gone == set(), "withdrawn is gone from rows, caches, mails; on SQLite from the files"
    proofs = {
        f"{secret!r} in {where}" for where, raw in kept.items() for secret in dana.secrets if secret.encode() in raw
    }
    assert proofs == set(), "no receipt code, secret of a voice or phrase is anywhere"
    unique = [word for text in dana.withdrawn for word in text.split() if word.startswith("quixotry")]
    words = {f"{word} in {where}" for where, raw in kept.items() for word in unique if word.rstrip(".").encode() in raw}
    assert words == set(), "and so are its words from the index of the search"
    assert words_of_keys(key.split("'")[1] for key in kept if key.startswith("Redis b'")) <= listed_words()


def mails_to_staff(mailserver) -> list[bytes]:
    return [raw for raw in mailserver.raw if b"/moderation/" in raw]


def test_the_memory_of_a_process_holds_no_address(post):
    """Without Redis, counters and pages live in the process; with it, there. The keys are searched as well."""
    marks = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in MARKS.items() if name != "Cookie"}
    dana = Client(REMOTE_ADDR=ADDRESS, **marks)
    path = post.get_absolute_url()
    assert dana.post(f"{path}/comments", {"text": "A marked comment."}).status_code == 303
    assert dana.post(f"{path}/c/1/report", {"category": "libel", "nonce": "a" * 32}).status_code == 200
    assert dana.post(f"{path}/c/1/report", {"category": "spam"}).status_code == 200
    assert dana.post("/receipts/", {"code": "WRONG"}).status_code == 404
    assert dana.get("/search/", {"q": "marked"}).status_code == 200
    assert dana.get(path).status_code == 200
    assert Comment.objects.get().number == 1
    kept = everything_in_memory()
    assert found_traces(kept) == []
    assert found_traces(kept, packed_addresses()) == []
    words = words_of_keys(kept)
    assert {"limit", "visitor-key", "reported", "reporters"} <= words <= listed_words() | {"page in the process"}


def everything_in_memory() -> dict[str, bytes]:
    """Keys and values of the caches of this process, and the pages that it keeps."""
    kept = {f"page in the process: {key!r}": repr(page).encode() for key, page in page_cache.KEPT.pages.items()}
    for cache in caches.all():
        if isinstance(cache, LocMemCache):
            kept |= {key: key.encode() + value for key, value in cache._cache.items()}  # type: ignore[attr-defined]
        else:
            client = cache._cache.get_client()  # type: ignore[attr-defined]
            keys = [key for key in client.scan_iter("*") if client.type(key) == b"string"]
            kept |= {key.decode(): key + (client.get(key) or b"") for key in keys}
    return kept


def test_the_search_finds_each_kind_of_leak():
    for name, mark in traces().items():
        assert found_traces({"a place": b"before " + mark + b" after"}), name


def test_a_password_typed_into_the_wrong_form_is_not_shown_again():
    """The page for a lost session shows every field but secrets."""
    script = (
        "import django; django.setup()\n"
        "from django.test import RequestFactory as F\n"
        "from forum.typed import typed_fields\n"
        "print([t.name for t in typed_fields(F().post('/', {'text': 'a', 'password': 'b', 'csrfmiddlewaretoken': 'c'}))])"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    shown = subprocess.run(
        [sys.executable, "-c", script], env=env, cwd=BASE_DIR, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "['text']"
