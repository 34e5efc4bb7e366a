"""What a reader's first view may weigh: files and pages, compressed."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings

from forum.services.imports import Conversation, Item, import_conversation
from tests.journeys.long_threads import START, Chatter

STATIC = Path(settings.BASE_DIR) / "static"
# Pages for the owner and moderators alone ask for these.
OF_THE_STAFF = {"editor.js", "editor", "queue.js", "queue"}
# Comes when somebody begins to write.
OF_WRITERS = {"writing.js"}
FOR_READERS = ["/", "/start/", "/receipts/", "/search/", "/help/", "/reading/", "/comments/", "/subscribe/"]


def weight(*files: Path) -> int:
    """Bytes, each file compressed by itself as it is sent."""
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


def test_one_stylesheet_of_12_kb():
    """For readers; moderators' pages have one more, and the pages with charts another."""
    assert {file.name for file in (STATIC / "css").iterdir()} == {"site.css", "staff.css", "charts.css"}
    assert weight(STATIC / "css/charts.css") <= 2_000
    assert weight(STATIC / "css/site.css") <= 12_000


def test_all_scripts_that_a_reader_can_meet_are_10_kb():
    scripts = STATIC / "js"
    elsewhere = OF_THE_STAFF | OF_WRITERS
    files = [file for file in scripts.rglob("*.js") if file.relative_to(scripts).parts[0] not in elsewhere]
    assert len(files) > 5
    assert 0 < weight(*files) <= 10_000
    # What a page asks for by itself; the rest comes when somebody begins to read.
    assert weight(scripts / "write.js") <= 3_200
    assert weight(scripts / "writing.js") <= 3_000


def test_the_worker_of_altcha_is_the_one_that_was_taken_over_and_weighs_little():
    worker = STATIC / "vendor/altcha/pbkdf2.js"
    assert hashlib.sha256(worker.read_bytes()).hexdigest() in (worker.parent / "README.md").read_text()
    assert weight(worker) <= 2_000
    # The scripts that we write ourselves are counted above; this is all that there is beside them.
    assert [file.name for file in (STATIC / "vendor").rglob("*.js")] == [worker.name]


@pytest.mark.django_db
def test_a_post_with_200_comments_is_60_kb_and_asks_for_two_files(client):
    """Comments of 60 words each in the mean, longer than what people write, and of words drawn by lot."""
    chatter = Chatter()
    items = [Item(chatter.some(20, 100), chatter.random.choice([None, at - 1]) if at else None) for at in range(200)]
    post = import_conversation(Conversation("Rooms", "Some words.", START, True, items)).post
    response = client.get(post.get_absolute_url(), headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) <= 60_000
    html = gzip.decompress(response.content).decode()
    assert html.count('<article class="c"') == 200
    assert len(html) <= 350_000
    assert html.count("<") - html.count("</") <= 4_000
    assert asked_for(html) == ["css", "js"]
    assert not response.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("path", FOR_READERS)
def test_no_page_for_readers_asks_for_the_scripts_of_the_staff(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert not re.search(r"editor[\w.]*\.js", response.content.decode())
    assert not response.cookies


def asked_for(html: str) -> list[str]:
    """The kinds of files that a page asks for at once, except its icon."""
    links = re.findall(r'<(?:script|img|link rel="stylesheet")[^>]*(?:src|href)="([^"]*)"', html)
    return [link.rpartition(".")[2] for link in links]
