"""A text that moderators took down is nowhere but in their hands; one that they redacted is nowhere when its time is over.

Looked for as in tests/forum/test_nothing_left.py: in each page, feed, kept page and cache, and in each table.
"""

import datetime

import pytest
from django.utils import timezone

from accounts import services as subscribing
from accounts.digests.rendering import preview
from accounts.models import Subscription
from forum.receipts import hash_code, new_code, show_code
from forum.tasks import keep_time
from moderation.errors import CannotUndo
from moderation.models import Action, Ground, Redaction, RemovalRequest
from moderation.services import Answer, answer_request, ask_for_removal, decide, open_case, undo
from moderation.services.deciding import UNDO_FOR, Ruling
from tests.forum.test_nothing_left import MARK, TEXT, everywhere
from tests.moderation.test_undo import rule
from tests.scenery import at, make_post, write, write_with_code

pytestmark = pytest.mark.django_db
# What moderators alone read; and what SQLite's index has marked as gone, which no search finds.
THEIRS = {"table forum_comment", "table moderation_redaction", "table moderation_removalrequest"}
THEIRS |= {"table forum_search_data"}
ASKED = new_code()


def shown(client, post, code) -> list[str]:
    """Where others than moderators find the mark."""
    found = [place for place in everywhere(client, post) if place not in THEIRS]
    pages = ("/moderation-log/", "/transparency/", "/transparency/by-reason.csv")
    found += [path for path in pages if f"in {MARK}" in client.get(path).content.decode()]
    for whose, each in {"receipt of the answer": code, "receipt of the request": ASKED}.items():
        answered = client.post("/receipts/", {"code": show_code(each)})
        assert answered.status_code == 200
        found += [whose] if f"in {MARK}" in answered.content.decode() else []
    return found + (["digest"] if f"in {MARK}" in digest() else [])


def digest() -> str:
    """What the next digest of the whole site would say."""
    return preview("daily", "excerpts", False)[1]


@pytest.fixture
def comment(post):
    """The marked comment, with an answer whose author has the receipt, quoted in a post, followed by Charlie."""
    subscribing.subscribe(email="charlie@example.org", post=None, cadence="daily")
    Subscription.objects.update(confirmed_at=timezone.now())
    written = write(post, TEXT)
    make_post("Heard", f":::comment {post.get_absolute_url()}?c=1\n:::")
    said = {"text": "Take it down, it is about me.", "ground": Ground.IDENTIFIES_ME}
    ask_for_removal(post=post, comment=written, receipt_hash=hash_code(ASKED), **said)
    return written


@pytest.fixture
def code(post, comment):
    return write_with_code(post, "An answer to it.", comment)[1]


@pytest.mark.parametrize("action", [Action.REMOVE, Action.COVER, Action.REDACT])
def test_what_was_taken_down_is_nowhere_but_with_the_moderators(client, post, comment, code, bob, action):
    before = shown(client, post, code)
    assert {"digest", "/comments.atom", "/2026/11/heard.html", post.get_absolute_url()} <= set(before), "it must find"
    rule(comment, bob, action, "Spam", words=(MARK,))
    assert shown(client, post, code) == []
    assert "table forum_comment" in everywhere(client, post) or action is Action.REDACT


def test_a_redacted_text_is_nowhere_at_all_after_its_time(client, post, comment, code, bob):
    case = open_case(post=post, comment=comment)
    case.held_detail = MARK
    case.save()
    RemovalRequest.objects.update(text=f"I am the one in {MARK}.")
    asked = RemovalRequest.objects.get()
    answer = Answer(RemovalRequest.Outcome.GRANTED, "We took it out.", case.version, Action.REDACT, words=(MARK,))
    line = answer_request(request_id=asked.pk, moderator=bob, answer=answer)
    for days, remains in ((29, True), (30, False)):
        with at((line.decided_at + datetime.timedelta(days=days)).replace(tzinfo=None).isoformat()):
            keep_time()
            keep_time()
        assert Redaction.objects.exists() is remains
        # The index lets go of it outside transactions alone: tests/whole/test_taken_down.py.
        assert ([place for place in everywhere(client, post) if "search_data" not in place] != []) is remains
    with pytest.raises(CannotUndo):
        undo(decision_id=line.pk, moderator=bob)
    asked.refresh_from_db()
    assert (asked.text, asked.outcome, asked.answer) == ("", "granted", "We took it out.")


def test_what_is_still_kept_elsewhere_stays(post, comment, bob):
    """Another comment's original is not yet due, and a refused request is no part of it."""
    other = write(post, f"Also in {MARK}.")
    first = rule(comment, bob, Action.REDACT, words=(MARK,))
    Redaction.objects.update(erase_at=first.decided_at)
    rule(other, bob, Action.REDACT, words=(MARK,))
    keep_time()
    assert Redaction.objects.get().decision.comment == other
    assert RemovalRequest.objects.get().text
    assert datetime.timedelta(days=30) == UNDO_FOR
    case = open_case(post=post, comment=other)
    decide(case_id=case.pk, version=case.version, moderator=bob, ruling=Ruling(Action.KEEP))
