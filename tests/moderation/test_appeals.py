"""One appeal: from the author to the queue, and how it ended back to the author."""

import re

import pytest

from forum.errors import AppealedBefore, BadAppeal, NotAllowedNow
from forum.models import Comment
from forum.services.appeals import appeal
from forum.services.comments import remove_comment, withdraw_comment
from moderation.errors import AnswerMissing, DecidedMeanwhile
from moderation.models import Action, Appeal, Case, Category
from moderation.services import Ruling, decide, report_comment
from tests.scenery import code_text, write_with_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def removed(post, bob):
    comment, code = write_with_code(post, "The rota is late, and who made it knows.")
    case = report_comment(comment=comment, category=Category.PERSONAL_ATTACK, text="").case
    decide(case_id=case.pk, version=case.version, moderator=bob, ruling=Ruling(Action.REMOVE, "Personal attack"))
    return comment, code


def receipt(client, code):
    return client.post("/receipts/", {"code": code_text(code)}).content.decode()


def test_an_appeal_waits_in_the_queue_with_its_words(client, as_bob, removed):
    comment, code = removed
    assert "Ask a moderator to look again" in receipt(client, code)
    answer = client.post("/receipts/appeal/", {"code": code_text(code), "appeal": "It says nothing about anybody."})
    assert answer.status_code == 200
    assert "Your appeal waits" in answer.content.decode()
    assert "Ask a moderator" not in answer.content.decode()
    case = Case.objects.open().get()
    assert (case.comment, case.why) == (comment, "Appeal")
    assert "Appeal · comment 1" in as_bob.get("/moderation/").content.decode()
    shown = as_bob.get(case.get_absolute_url()).content.decode()
    assert "It says nothing about anybody." in shown
    assert re.findall(r'name="action" value="(\w+)"', shown) == ["restore", "dismiss"]


def test_upheld_the_comment_is_back_and_its_author_reads_it(client, as_bob, removed):
    comment, code = removed
    appeal(code=code, text="It says nothing about anybody.")
    case = Case.objects.open().get()
    sent = {"version": case.version, "action": "restore", "note": "You are right."}
    assert as_bob.post(f"{case.get_absolute_url()}decision/", sent).status_code == 303
    comment.refresh_from_db()
    assert comment.state == Comment.State.PUBLISHED
    html = receipt(client, code)
    assert "Your appeal was upheld." in html
    assert "You are right" in html


def test_dismissed_needs_an_answer_which_the_author_reads(client, as_bob, bob, removed):
    _, code = removed
    appeal(code=code, text="It says nothing about anybody.")
    case = Case.objects.open().get()
    with pytest.raises(AnswerMissing):
        decide(case_id=case.pk, version=case.version, moderator=bob, ruling=Ruling(Action.DISMISS))
    sent = {"version": case.version, "action": "dismiss", "note": ""}
    refused = as_bob.post(f"{case.get_absolute_url()}decision/", sent)
    assert refused.status_code == 422
    assert "the author, who appealed, will read it" in refused.content.decode()
    sent["note"] = "The second half is about one person."
    assert as_bob.post(f"{case.get_absolute_url()}decision/", sent).status_code == 303
    html = receipt(client, code)
    assert "it stays as it was" in html
    assert "The second half is about one person" in html
    assert "Ask a moderator" not in html
    with pytest.raises(AppealedBefore):
        appeal(code=code, text="Again.")


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001, "a\x00b"])
def test_what_cannot_be_an_appeal_comes_back(client, removed, text):
    with pytest.raises(BadAppeal):
        appeal(code=removed[1], text=text)
    answer = client.post("/receipts/appeal/", {"code": code_text(removed[1]), "appeal": text})
    assert answer.status_code == 422
    assert text.replace("\x00", "�") in answer.content.decode() or "\x00" in text
    assert not Appeal.objects.exists()
    removed[0].refresh_from_db()
    assert not removed[0].appealed
    appeal(code=removed[1], text="x" * 2000)


def test_only_what_was_removed_or_refused_can_be_appealed(client, post):
    _, code = write_with_code(post, "All is well.")
    with pytest.raises(NotAllowedNow):
        appeal(code=code, text="Why not?")
    answer = client.post("/receipts/appeal/", {"code": code_text(code), "appeal": "Why not?"})
    assert answer.status_code == 409
    assert "Why not?" in answer.content.decode()


def test_pressing_twice_is_one_appeal(client, removed):
    sent = {"code": code_text(removed[1]), "appeal": "Look again."}
    assert [client.post("/receipts/appeal/", sent).status_code for _ in range(2)] == [200, 409]
    assert Appeal.objects.count() == 1


def test_withdrawing_erases_what_was_said_for_it(removed):
    appeal(code=removed[1], text="It says nothing about anybody.")
    withdraw_comment(code=removed[1])
    assert Appeal.objects.get().text == ""
    assert not Case.objects.open().exists()


def test_a_moderator_who_is_reading_learns_that_an_appeal_came(bob, post):
    comment, code = write_with_code(post, "All is well.")
    case = report_comment(comment=comment, category=Category.SPAM, text="").case
    remove_comment(comment_id=comment.pk, reason="Spam")
    appeal(code=code, text="It is no spam.")
    assert Appeal.objects.get().case == case
    with pytest.raises(DecidedMeanwhile):
        decide(case_id=case.pk, version=case.version, moderator=bob, ruling=Ruling(Action.DISMISS, "Spam"))
