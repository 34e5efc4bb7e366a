"""Reporting, asking for removal, and the moderators' pages."""

import pytest

from forum.models import Comment
from forum.services.comments import remove_comment, withdraw_comment
from moderation.models import Case, Decision, RemovalRequest, Report
from tests.moderation.test_screening import THREE_LINKS
from tests.scenery import make_post, make_thread, write, write_with_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def comment(post):
    return make_thread(post, "a(b)c")["a"]


def report_path(comment):
    return f"{comment.post.get_absolute_url()}/c/{comment.number}/report"


def test_anybody_reports(client, comment):
    assert "This is a." in client.get(report_path(comment)).content.decode()
    response = client.post(report_path(comment), {"category": "libel", "text": "Line two."})
    assert response.status_code == 200
    assert "in the queue" in response.content.decode()
    assert (Report.objects.get().category, Report.objects.get().text) == ("libel", "Line two.")
    assert response.cookies == {}


@pytest.mark.parametrize("sent", [{}, {"category": "boring", "text": "Kept."}, {"text": "Kept."}])
def test_a_report_without_a_category_comes_back(client, comment, sent):
    response = client.post(report_path(comment), sent)
    assert response.status_code == 422
    assert sent.get("text", "") in response.content.decode()
    assert Report.objects.count() == 0


def test_what_is_gone_cannot_be_reported(client, comment):
    remove_comment(comment_id=comment.pk, reason="Spam")
    assert client.get(report_path(comment)).status_code == 410
    assert client.post(report_path(comment), {"category": "spam"}).status_code == 410
    assert client.get(report_path(comment).replace("/c/1/", "/c/99/")).status_code == 404


def test_too_many_reports_are_slowed_and_keep_their_text(client, comment):
    answers = [client.post(report_path(comment), {"category": "spam", "text": f"{n}"}).status_code for n in range(31)]
    assert answers == [200] * 30 + [429]


@pytest.mark.parametrize(
    "address",
    [
        "{path}?c=1#c1",
        "http://testserver{path}?c=1#c1",
        "http://127.0.0.1:8000{path}#c1",
        "{path}/c/1",
        " {path}?c=1 ",
    ],
)
def test_a_removal_request_finds_the_comment(client, comment, address):
    sent = {
        "address": address.format(path=comment.post.get_absolute_url()),
        "text": "This is about me.",
        "ground": "other",
    }
    response = client.post("/removal/", sent)
    assert response.status_code == 200
    assert RemovalRequest.objects.get().case.comment == comment


def test_a_removal_request_may_be_about_the_whole_post(client, comment):
    client.post("/removal/", {"address": comment.post.address, "text": "All of it.", "ground": "other"})
    assert Case.objects.get().comment is None


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/2026/01/x.html",
        "nonsense",
        "/2026/01/not-there.html",
        "{path}?c=99",
        "http://[broken",
        "/removal/",
    ],
)
def test_an_address_that_leads_nowhere_is_told_and_the_text_kept(client, comment, address):
    sent = {
        "address": address.format(path=comment.post.get_absolute_url()),
        "text": "This is about me.",
        "ground": "other",
    }
    response = client.post("/removal/", sent)
    assert response.status_code == 422
    assert "We know no post or comment" in response.content.decode()
    assert "This is about me." in response.content.decode()


def test_the_queue_and_a_case_in_its_conversation(client, as_bob, comment):
    client.post(report_path(comment), {"category": "identifies_someone", "text": "Second line."})
    queue = as_bob.get("/moderation/").content.decode()
    assert "Urgent" in queue
    assert "Identifies someone · comment 1" in queue
    page = as_bob.get(Case.objects.get().get_absolute_url()).content.decode()
    for words in ("This is a.", "This is b.", "This is c.", "Second line.", "Identifies someone"):
        assert words in page


def test_bob_removes_with_a_reason_that_readers_see(client, as_bob, comment):
    client.post(report_path(comment), {"category": "spam"})
    case = Case.objects.get()
    sent = {"version": case.version, "action": "remove", "reason": "Spam", "note": "The third advert."}
    assert as_bob.post(f"{case.get_absolute_url()}decision/", sent).status_code == 303
    page = client.get(comment.post.get_absolute_url()).content.decode()
    assert "Removed by a moderator" in page
    assert "Spam. The third advert." in page
    assert "This is b." in page
    decided = as_bob.get("/moderation/?show=decided").content.decode()
    assert "Removed" in decided


def test_a_decision_without_reason_or_too_late_changes_nothing(client, as_bob, as_alice, comment):
    client.post(report_path(comment), {"category": "spam"})
    case = Case.objects.get()
    path = f"{case.get_absolute_url()}decision/"
    missing = as_bob.post(path, {"version": case.version, "action": "remove", "note": "My words"})
    assert missing.status_code == 422
    assert "My words" in missing.content.decode()
    as_alice.post(path, {"version": case.version, "action": "keep"})
    late = as_bob.post(path, {"version": case.version, "action": "remove", "reason": "Spam", "note": "My words"})
    html = late.content.decode()
    assert late.status_code == 409
    assert "changed while you were reading" in html
    assert "My words" in html
    assert "alice was faster (kept" in html
    comment.refresh_from_db()
    assert comment.is_published


def test_an_old_case_leads_to_the_newer_one(client, as_bob, comment):
    client.post(report_path(comment), {"category": "spam"})
    old = Case.objects.get()
    as_bob.post(f"{old.get_absolute_url()}decision/", {"version": old.version, "action": "keep"})
    client.post(report_path(comment), {"category": "libel"}, REMOTE_ADDR="192.0.2.7")
    newer = Case.objects.open().get()
    assert as_bob.get(old.get_absolute_url()).url == newer.get_absolute_url()


def test_words_for_a_comment_that_was_withdrawn_meanwhile_are_handed_back(as_bob, post):
    held, code = write_with_code(post, THREE_LINKS)
    case = Case.objects.get(comment=held)
    withdraw_comment(code=code)
    sent = {"version": case.version, "action": "refuse", "reason": "Spam", "note": "Ten minutes of thought."}
    html = as_bob.post(f"{case.get_absolute_url()}decision/", sent).content.decode()
    assert "its author withdrew the comment" in html
    assert "Ten minutes of thought." in html


def test_why_a_comment_is_held_or_refused_is_not_for_readers(client, as_bob, post):
    held = write(post, f"Hidden words. {THREE_LINKS}")
    write(post, "Below it.", held)
    case = Case.objects.get(comment=held)
    assert case.why not in client.get(post.get_absolute_url()).content.decode()
    as_bob.post(
        f"{case.get_absolute_url()}decision/",
        {"version": 1, "action": "refuse", "reason": "Libel", "note": "About an office."},
    )
    assert "About an office." not in client.get(post.get_absolute_url()).content.decode()


@pytest.mark.parametrize("given", [{"reason": "Spam"}, {"note": "Mine"}])
def test_a_reason_with_the_wrong_button_decides_nothing(client, as_bob, comment, given):
    client.post(report_path(comment), {"category": "spam"})
    case = Case.objects.get()
    response = as_bob.post(f"{case.get_absolute_url()}decision/", {"version": case.version, "action": "keep"} | given)
    assert response.status_code == 422
    assert "but pressed “Keep it”. Take that back" in response.content.decode()
    assert Decision.objects.count() == 0


def test_a_moderator_may_open_a_case_from_the_thread(as_bob, comment):
    assert f"/moderation/comments/{comment.pk}/" in as_bob.get(comment.post.get_absolute_url()).content.decode()
    assert "Open a case" in as_bob.get(f"/moderation/comments/{comment.pk}/").content.decode()
    response = as_bob.post(f"/moderation/comments/{comment.pk}/")
    assert response.url == Case.objects.get().get_absolute_url()
    assert as_bob.get(f"/moderation/comments/{comment.pk}/").url == response.url


def test_a_held_comment_is_read_there_and_nowhere_else(client, as_bob, post):
    held = write(post, f"Hidden words. {THREE_LINKS}")
    case = Case.objects.get(comment=held)
    assert "Hidden words." in as_bob.get(case.get_absolute_url()).content.decode()
    assert "Hidden words." not in client.get(post.get_absolute_url()).content.decode()
    as_bob.post(f"{case.get_absolute_url()}decision/", {"version": 1, "action": "approve"})
    assert "Hidden words." in client.get(post.get_absolute_url()).content.decode()


@pytest.mark.parametrize("sent", [{}, {"version": "x", "action": "keep"}, {"version": 1, "action": "explode"}])
def test_a_garbled_decision_is_refused_in_words(client, as_bob, comment, sent):
    client.post(report_path(comment), {"category": "spam"})
    response = as_bob.post(f"{Case.objects.get().get_absolute_url()}decision/", sent)
    assert response.status_code == 422
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("path", ["/moderation/", "/moderation/cases/1/", "/moderation/comments/1/"])
def test_readers_are_sent_to_the_sign_in(client, comment, path):
    assert client.get(path).url.startswith("/accounts/login/")
    assert client.post("/moderation/cases/1/decision/", {"action": "keep"}).status_code == 403


def test_a_case_about_a_whole_post_can_be_closed(client, as_bob):
    post = make_post()
    client.post("/removal/", {"address": post.address, "text": "All of it.", "ground": "other"})
    case = Case.objects.get()
    assert "as a whole" in as_bob.get(case.get_absolute_url()).content.decode()
    told = as_bob.post(f"{case.get_absolute_url()}decision/", {"version": case.version, "action": "dismiss"})
    asked = case.removal_requests.get()
    assert told.status_code == 409
    assert f'<a href="#answer-{asked.pk}">Somebody asked for its removal and waits' in told.content.decode()
    sent = {"version": case.version, "outcome": "granted", "answer": "We changed it."}
    as_bob.post(f"/moderation/requests/{asked.pk}/answer/", sent)
    case.refresh_from_db()
    assert not case.is_open
    assert Comment.objects.count() == 0
