"""A whole site with several processes: what moderators take down is gone from all of them in seconds, and what they
redact is in no row and no file of it when its time is over."""

from __future__ import annotations

import time

import pytest

from tests.mailserver import MailServer
from tests.site import Site
from tests.whole.traces import everything_kept

WORD = "zymurgyx"
SECONDS = 5.0
DECIDE = """
from forum.models import Comment
from accounts.models import User
from moderation.models import Action
from moderation.services import Ruling, decide, open_case
comment = Comment.objects.get(source__contains="{word}", state="published")
case = open_case(post=comment.post, comment=comment)
bob = User.objects.get(email="bob@example.org")
decide(case_id=case.pk, version=case.version, moderator=bob, ruling=Ruling(Action("{action}"), "Spam", words=("{word}",)))
"""
# What is only removed stays with the moderators; here it must not be found again.
FORGET_REMOVED = """
from forum.models import Comment
Comment.objects.filter(state="removed").update(source="Gone.", html="Gone.")
"""
AGE = """
import datetime
from moderation.models import Redaction
row = Redaction.objects.get()
Redaction.objects.update(erase_at=row.erase_at - datetime.timedelta(days=30))
"""


@pytest.fixture
def busy_site(tmp_path, processes) -> Site:
    made = Site(tmp_path, processes, demo=True)
    made.start(workers=3)
    return made


def read_all(site: Site, path: str) -> list[str]:
    """Where a reader finds the word; each address several times, so that each process is asked."""
    pages = (path, f"{path}?page=all", f"{path}/comments.atom", "/comments.atom", "/comments/", "/moderation-log/")
    pages += (f"/search/?q={WORD}", "/transparency/")
    # The search shows what was looked for; what it found stands in a sentence.
    return [page for page in pages for _ in range(6) if f"all of {WORD} here" in without_marks(site.get(page)[1])]


def without_marks(html: str) -> str:
    return html.replace("<mark>", "").replace("</mark>", "")


def test_it_is_gone_from_every_process_within_five_seconds_and_a_redacted_one_from_the_disk(busy_site):
    site, path = busy_site, busy_site.first_post()
    for action in ("remove", "redact"):
        assert site.post(f"{path}/comments", text=f"It was all of {WORD} here.", name=action)[0] == 200
        assert len(set(read_all(site, path))) >= 5, "the search must be able to find"
        site.manage("shell", "-v0", "-c", DECIDE.format(word=WORD, action=action))
        began = time.monotonic()
        while found := read_all(site, path):
            assert time.monotonic() - began < SECONDS, found
        site.manage("shell", "-v0", "-c", FORGET_REMOVED)
    assert holding(site), "until then it can be undone"
    site.manage("shell", "-v0", "-c", AGE)
    site.manage("send_digests")
    assert holding(site) == []


def holding(site: Site) -> list[str]:
    """The rows, files and keys in which the word is; not the log of this test's own requests."""
    kept = everything_kept(site, MailServer())
    return [where for where, raw in kept.items() if WORD.encode() in raw]
