"""Asking for a removal: the receipt, the law's clocks, the answer, and what a decision reaches."""

import datetime
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import services as subscribing
from accounts.models import Subscription
from forum import page_cache
from forum.models import Comment
from forum.receipts import new_nonce
from moderation.deadlines import bank_holidays, counts, due
from moderation.errors import DecidedMeanwhile, NothingTakenDown, RequestWaits, WordsForAsker
from moderation.models import Action, Case, Category, Decision, Ground, RemovalRequest
from moderation.reach import reach_of
from moderation.services import (
    Answer,
    Ruling,
    answer_request,
    ask_for_removal,
    decide,
    move_comment,
    report_comment,
    undo,
)
from tests.scenery import at, make_post, make_thread, write

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
Outcome = RemovalRequest.Outcome


def london(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("ground", "asked", "expected"),
    [
        (Ground.DEFAMATORY, "2026-11-16T10:00", "2026-11-18T10:00"),
        # Friday before the Monday of the late summer holiday.
        (Ground.DEFAMATORY, "2026-08-28T17:00", "2026-09-02T17:00"),
        # Thursday before Good Friday; the clocks have gone forward the Sunday before.
        (Ground.DEFAMATORY, "2026-04-02T12:00", "2026-04-08T12:00"),
        # Christmas on a Friday, so Boxing Day is kept on Monday.
        (Ground.DEFAMATORY, "2026-12-24T09:30", "2026-12-30T09:30"),
        (Ground.DEFAMATORY, "2026-11-21T11:00", "2026-11-25T00:00"),
        (Ground.DEFAMATORY, "2026-10-23T17:00", "2026-10-27T17:00"),
        (Ground.PERSONAL_DATA, "2026-01-31T10:00", "2026-02-28T10:00"),
        (Ground.PERSONAL_DATA, "2026-12-15T10:00", "2027-01-15T10:00"),
        (Ground.IDENTIFIES_ME, "2026-03-15T10:00", "2026-04-15T10:00"),
        (Ground.OTHER, "2026-03-15T10:00", None),
    ],
)
def test_the_clocks_of_the_law(ground, asked, expected):
    assert due(ground, london(asked)) == (london(expected) if expected else None)


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"),
        (2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
        (2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
        (2028, "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26"),
    ],
)
def test_bank_holidays_are_those_of_england_and_wales(year, days):
    assert {f"{day:%m-%d}" for day in bank_holidays(year)} == set(days.split())


@given(st.datetimes(datetime.datetime(2024, 1, 1), datetime.datetime(2040, 1, 1), timezones=st.just(LONDON)))
def test_there_are_48_hours_of_days_that_count(asked):
    asked = asked.replace(second=0, microsecond=0, fold=0)
    end = due(Ground.DEFAMATORY, asked)
    counted, moment = 0, asked.astimezone(datetime.UTC)
    while moment < end:
        counted += counts(moment.astimezone(LONDON).date())
        moment += datetime.timedelta(minutes=1)
        if counted > 48 * 60:
            break
    assert counted == 48 * 60


@pytest.fixture
def comment(post):
    return write(post, "Quentin Quill is a liar.")


def ask(comment, ground=Ground.DEFAMATORY, text="This is about me."):
    return ask_for_removal(post=comment.post, comment=comment, text=text, ground=ground)


def answer(asked, bob, outcome=Outcome.GRANTED, text="We took it down.", action="remove", **more):
    version = Case.objects.get(pk=asked.case_id).version
    return answer_request(request_id=asked.pk, moderator=bob, answer=Answer(outcome, text, version, action, **more))


def test_whoever_asks_gets_a_receipt_and_reads_the_answer_with_it(client, comment, as_bob, post):
    nonce = re.search(r'name="nonce" value="(\w+)"', client.get("/removal/").content.decode())[1]
    sent = {"address": comment.get_absolute_url(), "ground": "defamatory", "text": "This is about me.", "nonce": nonce}
    page = client.post("/removal/", sent)
    assert page.status_code == 200
    assert not page.cookies
    code = re.search(r'id="code">([\w-]+)<', page.content.decode())[1]
    assert client.post("/removal/", sent).content == page.content, "a reload is no second request"
    asked = RemovalRequest.objects.get()
    waits = client.post("/receipts/", {"code": code}).content.decode()
    assert "It waits for a moderator" in waits
    assert "The answer is due by" in waits
    assert "It is defamatory" in waits
    case = as_bob.get(asked.case.get_absolute_url()).content.decode()
    assert "due in 48 h" in case or "due in" in case
    version = Case.objects.get().version
    granted = {"version": version, "outcome": "granted", "does": "remove", "answer": "You are right."}
    done = as_bob.post(f"/moderation/requests/{asked.pk}/answer/", granted, follow=True)
    assert "It reached 1 page of its thread, 1 entry of the search, 2 feeds" in done.content.decode()
    assert Comment.objects.get().state == "removed"
    read = client.post("/receipts/", {"code": code.lower().replace("-", " ")}).content.decode()
    assert "Granted" in read
    assert "You are right." in read
    assert "Quentin" not in read


@pytest.mark.parametrize(
    "code", ["", "AAAA", "00000-00001", "\0", "x" * 3000, "0" * 26, "7K3F9X-Q2MBD-00000-00000-00000"]
)
def test_a_wrong_code_opens_nothing(client, comment, code):
    ask(comment)
    response = client.post("/receipts/", {"code": code})
    assert response.status_code == 404
    assert "about me" not in response.content.decode()


@pytest.mark.parametrize("nonce", ["", "x", new_nonce()])
def test_each_request_has_a_code_of_its_own(client, comment, nonce):
    """Another text or ground in the same form is another request; a form without a nonce is taken as well."""
    sent = {"address": comment.get_absolute_url(), "ground": "other", "text": "Words 1", "nonce": nonce}
    for number, more in enumerate(({}, {"text": "Words 2"}, {"text": "Words 3", "ground": "case"}), 1):
        page = client.post("/removal/", sent | more).content.decode()
        code = re.search(r'id="code">([\w-]+)<', page)[1]
        read = client.post("/receipts/", {"code": code}).content.decode()
        assert re.findall(r"Words \d", read) == [f"Words {number}"]
    assert RemovalRequest.objects.count() == 3


def test_what_is_late_comes_first_in_the_queue(post, as_bob):
    with at("2026-11-02T10:00"):
        old = ask_for_removal(post=make_post("B"), comment=None, text="Old.", ground=Ground.PERSONAL_DATA)
        late = ask_for_removal(post=post, comment=None, text="Late.", ground=Ground.DEFAMATORY)
    with at("2026-11-01T10:00"):
        comment = write(post, "Fine.")
        report_comment(comment=comment, category=Category.LIBEL, text="")
    with at("2026-11-04T22:00"):
        waiting = list(Case.objects.waiting())
        assert waiting[0] == late.case
        assert waiting[-1] == old.case
        assert "12 h late" in late.case.why
        assert "due in 28 days" in old.case.why
        answer(late, None, Outcome.REFUSED, "It is an opinion.", None)
        assert late.case not in Case.objects.waiting()


def test_a_request_needs_an_answer_and_what_is_granted_goes(comment, bob):
    asked = ask(comment)
    with pytest.raises(WordsForAsker):
        answer(asked, bob, text=" ")
    with pytest.raises(NothingTakenDown):
        answer(asked, bob, action=None)
    with pytest.raises(DecidedMeanwhile):
        answer_request(request_id=asked.pk, moderator=bob, answer=Answer(Outcome.GRANTED, "Yes.", 99, "remove"))
    asked.refresh_from_db()
    assert asked.answered_at is None


def test_a_refusal_closes_a_case_that_holds_nothing_else(comment, bob):
    asked = ask(comment)
    line = answer(asked, bob, Outcome.REFUSED, "It is an opinion.", None)
    assert line.action == "keep"
    assert not Case.objects.get().is_open
    undo(decision_id=line.pk, moderator=bob)
    asked.refresh_from_db()
    assert (asked.outcome, asked.answer, asked.answered_at) == ("", "", None)
    report_comment(comment=comment, category=Category.SPAM, text="")
    assert answer(asked, bob, Outcome.REFUSED, "It is an opinion.", None) is None
    assert Case.objects.get().is_open


def test_no_case_is_closed_while_somebody_waits_for_an_answer(comment, bob):
    first, second = ask(comment, text="About me."), ask(comment, text="About us.")
    case = Case.objects.get()

    def press(action, **more):
        version = Case.objects.get().version
        return decide(case_id=case.pk, version=version, moderator=bob, ruling=Ruling(action, "Libel", **more))

    for action in (Action.KEEP, Action.NOTE, Action.OFF_TOPIC):
        with pytest.raises(RequestWaits, match="waits") as raised:
            press(action)
        assert raised.value.request_id == first.pk
    assert not Decision.objects.exists()
    assert Comment.objects.get().note == ""
    press(Action.REDACT, words=("Quentin Quill",))
    assert Case.objects.get().is_open, "it is for a moderator to say whether that is what was asked for"
    assert answer(first, bob, text="We took the name out.", action=None) is None, "the second waits"
    removed = press(Action.REMOVE)
    assert not Case.objects.get().is_open
    assert list(RemovalRequest.objects.values_list("outcome", "answer")) == [
        ("granted", "We took the name out."),
        ("granted", "The comment was removed."),
    ]
    undo(decision_id=removed.pk, moderator=bob)
    assert Case.objects.get().is_open
    second.refresh_from_db()
    assert second.answered_at is None


def test_a_moved_comment_is_still_to_be_answered_for(comment, bob):
    asked = ask(comment)
    move_comment(comment_id=comment.pk, to_post=make_post("There"), moderator=bob)
    assert Case.objects.get().is_open
    answer(asked, bob)
    assert not Case.objects.get().is_open


def test_what_is_typed_comes_back_if_it_cannot_be_done(comment, as_bob):
    asked = ask(comment)
    sent = {"version": 99, "outcome": "granted", "does": "redact", "words": "Quentin", "answer": "My careful words"}
    page = as_bob.post(f"/moderation/requests/{asked.pk}/answer/", sent)
    assert page.status_code == 409
    assert "My careful words" in page.content.decode()
    sent["version"] = Case.objects.get().version
    page = as_bob.post(f"/moderation/requests/{asked.pk}/answer/", sent | {"words": "Nobody"})
    assert page.status_code in (404, 409, 422)
    assert "My careful words" in page.content.decode()
    assert page.content.decode().count("Nobody</textarea>") == 1, "not in the form of the decision"
    assert f'href="#answer-{asked.pk}"' in page.content.decode()
    assert as_bob.post(f"/moderation/requests/{asked.pk}/answer/", {"answer": "x"}).status_code == 422
    assert as_bob.post(f"/moderation/requests/{asked.pk}/answer/", sent).status_code == 303
    assert "Quentin" not in Comment.objects.get().source


def test_the_reach_counts_each_place_where_the_text_stands(client, post, bob, django_capture_on_commit_callbacks):
    made = make_thread(post, "a(b)")
    comment = made["b"]
    make_post("Heard", f":::comment {comment.get_absolute_url()}\n:::")
    subscribing.subscribe(email="charlie@example.org", post=None, cadence="daily")
    Subscription.objects.update(confirmed_at="2026-01-01T00:00Z")
    client.get(post.get_absolute_url())
    client.get("/2026/11/heard.html")
    told = {place.name: place.count for place in reach_of(comment)}
    assert told["quotation in a post"] == 1
    assert told["feed"] == 3
    assert told["entry of the search"] == 1
    assert told["unsent digest"] == 1
    assert told["kept page"] >= 1
    asked = ask(comment)
    with django_capture_on_commit_callbacks(execute=True):
        answer(asked, bob)
    assert reach_of(Comment.objects.get(pk=comment.pk)) == []
    assert page_cache.KEPT.pages == {}
