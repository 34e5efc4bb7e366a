"""What readers report: by category and route, once for each network and comment, with a receipt that tells the end."""

import hashlib
import re
import time

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from forum import limits
from forum.models import Comment
from forum.receipts import hash_code, read_code, show_code
from forum.services.comments import withdraw_comment
from moderation.errors import NotReadable
from moderation.models import DISAGREE, Action, Appeal, Case, Category, Report, Severity, StaffMail
from moderation.services import Ruling, ask_for_removal, cover, decide, take_report
from moderation.services.reporting import UNSURE
from tests.scenery import DEAD_REDIS, make_thread, write, write_with_code

pytestmark = pytest.mark.django_db

# By category: how much harm waiting may do, and whether the staff is mailed at once.
ROUTES = [
    ("racism_or_hate", Severity.URGENT, True),
    ("threatens", Severity.URGENT, True),
    ("identifies_someone", Severity.URGENT, True),
    ("libel", Severity.URGENT, True),
    ("sub_judice", Severity.URGENT, True),
    ("personal_attack", Severity.SERIOUS, False),
    ("off_topic", Severity.ORDINARY, False),
    ("spam", Severity.ORDINARY, False),
    ("other", Severity.ORDINARY, False),
]


@pytest.fixture
def comment(post):
    return write(post, "The rota is late again.")


def report_path(comment):
    return f"{comment.post.get_absolute_url()}/c/{comment.number}/report"


def report(comment, category="spam", *, source="192.0.2.1", text="", **fields):
    said = {"category": category, "text": text} | fields
    return Client(REMOTE_ADDR=source).post(report_path(comment), said)


def code_in(response):
    return response.content.decode().split('id="code">')[1].split("<")[0]


def receipt(code):
    return Client().post("/receipts/", {"code": code})


def nonce_of(comment):
    return re.search(r'name="nonce" value="(\w+)"', Client().get(report_path(comment)).content.decode())[1]


def test_every_category_has_a_route():
    assert [name for name, *_ in ROUTES] == Category.values
    assert DISAGREE[0] not in Category.values


@pytest.mark.parametrize(("category", "severity", "is_mailed"), ROUTES)
def test_each_category_takes_its_route(comment, bob, category, severity, is_mailed):
    assert report(comment, category).status_code == 200
    case = Case.objects.waiting().get()
    assert (case.severity, case.urgent) == (severity, severity is Severity.URGENT)
    assert Category(category).severity is severity
    assert StaffMail.objects.filter(kind="urgent").exists() is is_mailed


def test_the_queue_is_by_severity_then_by_age(post):
    made = make_thread(post, "abcde")
    for letter, category in zip("abcd", ("spam", "personal_attack", "off_topic", "threatens"), strict=True):
        report(made[letter], category)
    ask_for_removal(post=post, comment=made["e"], text="It is about me.")
    assert [case.comment for case in Case.objects.waiting()] == [made[letter] for letter in "debac"]


def test_who_disagrees_is_thanked_and_nothing_is_kept(comment, client):
    html = report(comment, "disagree", text="You are wrong.").content.decode()
    assert "Thank you" in html and "/reply?to=1" in html
    assert "You are wrong." in html, "nothing typed is lost"
    assert not Case.objects.exists() and not Report.objects.exists()
    assert report(comment).status_code == 200
    assert Report.objects.count() == 1, "they may report it yet"


def test_a_second_report_from_the_same_network_is_thanked_and_makes_no_row(comment):
    report(comment, "spam")
    second = report(comment, "libel", text="Line two.")
    assert second.status_code == 200
    assert "Thank you" in second.content.decode() and "Line two." in second.content.decode()
    assert "shown once" not in second.content.decode()
    report(comment, "libel", source="192.0.2.2")
    assert list(Report.objects.values_list("category", flat=True)) == ["spam", "libel"]
    assert Case.objects.count() == 1


def test_the_same_form_pressed_twice_is_one_report_with_one_code(comment):
    sent = {"nonce": nonce_of(comment), "text": "Spam."}
    codes = {code_in(report(comment, **sent)) for _ in range(3)}
    codes.add(code_in(report(comment, "libel", nonce=sent["nonce"], text="Other words, to make another row.")))
    assert len(codes) == 1
    assert Report.objects.get().receipt_hash == hash_code(read_code(codes.pop()))


def test_a_process_that_died_before_it_stored_the_report_loses_none(comment):
    """It leaves the mark of that form in memory: the same form is taken nevertheless, and after a minute any other."""
    nonce = nonce_of(comment)
    mark = f"reported:{int(time.time()) // 3600}:{comment.pk}:v"
    cache.add(mark, hashlib.sha256(nonce.encode()).hexdigest()[:16], UNSURE)
    said = {"comment": comment, "category": Category.SPAM, "text": "", "visitor": "v"}
    assert take_report(**said, nonce=nonce_of(comment)) is None
    assert take_report(**said, nonce=nonce)
    assert Report.objects.count() == 1


def test_a_report_that_failed_may_be_sent_again(comment):
    said = {"comment": comment, "category": Category.SPAM, "text": "", "visitor": "v", "nonce": ""}
    Comment.objects.filter(pk=comment.pk).update(state="covered")
    with pytest.raises(NotReadable):
        take_report(**said)
    Comment.objects.filter(pk=comment.pk).update(state="published")
    assert take_report(**said)


@override_settings(CACHES=DEAD_REDIS, REDIS_URL="redis://127.0.0.1:1/0")
def test_a_dead_redis_loses_no_report_and_still_counts(comment, bob):
    for _ in range(2):
        assert report(comment, "libel").status_code == 200
    assert Report.objects.count() == StaffMail.objects.count() == 1


def test_beyond_the_caps_it_is_429_and_what_was_typed_stays(post, monkeypatch):
    made = make_thread(post, "abcde")
    monkeypatch.setattr(limits, "REPORT_ON_SITE", limits.Limit("report-on-the-site", 3, 3600, for_all=True))
    for number, letter in enumerate("aabbc"):
        assert report(made[letter], source=f"192.0.2.{number // 2}").status_code == 200
    late = report(made["d"], source="192.0.2.99", text="Look at this.", category="libel")
    assert late.status_code == 429
    assert "Look at this." in late.content.decode()
    assert 'name="category" value="libel"' in late.content.decode(), "one press sends it again"
    assert Report.objects.count() == 3, "what made no row was not counted"


@pytest.mark.parametrize("state", ["covered", "removed"])
def test_what_cannot_be_reported_any_more_gives_the_words_back(comment, state):
    Comment.objects.filter(pk=comment.pk).update(state=state)
    gone = report(comment, text="Ten minutes of thought.")
    assert gone.status_code == 410
    assert "Ten minutes of thought." in gone.content.decode()


def test_which_network_reported_stands_in_the_memory_alone(comment):
    report(comment, "libel", nonce=nonce_of(comment))
    row = Report.objects.values().get()
    assert set(row) == {"id", "case_id", "category", "text", "created_at", "receipt_hash"}
    assert code_in(report(write(comment.post, "b"), "spam", source="192.0.2.3")) not in str(Report.objects.values())


OUTCOMES = [
    ("keep", "", "kept it."),
    ("note", "Fair comment.", "kept it with a note"),
    ("remove", "Spam", "A moderator removed it"),
    ("off_topic", "", "marked it as off topic"),
]


@pytest.mark.parametrize(("action", "reason", "told"), OUTCOMES)
def test_the_receipt_tells_what_became_of_it(comment, bob, action, reason, told):
    code = code_in(report(comment, "spam", text="An advert."))
    html = receipt(code).content.decode()
    assert "It waits for a moderator." in html and "An advert." in html
    case = Case.objects.get()
    decide(case_id=case.pk, version=case.version, moderator=bob, ruling=Ruling(Action(action), reason))
    html = receipt(code.lower().replace("-", " ")).content.decode()
    assert told in html
    assert ("Reason: Spam." in html) is (action == "remove")
    assert "bob" not in html


def test_the_receipt_tells_of_a_cover_and_of_a_withdrawal(post):
    comment, author = write_with_code(post, "Mine.")
    code = code_in(report(comment, "spam"))
    cover(case=Case.objects.get())
    assert "Until then the comment is covered" in receipt(code).content.decode()
    withdraw_comment(code=author)
    assert "Its author withdrew it." in receipt(code).content.decode()


def test_a_removal_request_can_have_a_receipt_too(comment):
    code = bytes(range(16))
    for _ in range(2):
        ask_for_removal(post=comment.post, comment=comment, text="About me.", receipt_hash=hash_code(code))
    html = receipt(show_code(code)).content.decode()
    assert "Your request" in html and "It waits for a moderator." in html and "About me." in html
    assert comment.cases.get().removal_requests.count() == 1


def test_a_wrong_code_is_as_wrong_as_before_and_no_report_can_be_withdrawn(comment):
    code = code_in(report(comment))
    assert receipt("0" * 26).status_code == 404
    assert Client().post("/receipts/withdrawal/", {"code": code}).status_code == 404
    assert Client().post("/receipts/appeal/", {"code": code, "appeal": "x"}).status_code == 404
    assert not Appeal.objects.exists()


def test_a_bucket_is_forgotten_with_its_hour(comment):
    assert take_report(comment=comment, category=Category.SPAM, text="", visitor="v", nonce="")
    assert take_report(comment=comment, category=Category.SPAM, text="b", visitor="v", nonce="") is None
    cache.clear()
    assert take_report(comment=comment, category=Category.SPAM, text="c", visitor="v", nonce="")
