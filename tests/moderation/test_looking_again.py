"""“Ask us to look again”, without a receipt; and that another moderator decides on an appeal, where there is one."""

import pytest
from django.test import Client

from accounts.models import User
from forum import limits
from forum.models import Comment
from forum.services.appeals import appeal
from forum.services.comments import withdraw_comment
from moderation.errors import FirstModerator
from moderation.models import Action, Appeal, Case
from moderation.services import Ruling, decide, open_case, undo
from tests.scenery import code_text, make_thread, write, write_with_code

pytestmark = pytest.mark.django_db


def rule(comment, moderator, action, reason="Spam"):
    case = open_case(post=comment.post, comment=comment)
    case.refresh_from_db()
    return decide(case_id=case.pk, version=case.version, moderator=moderator, ruling=Ruling(action, reason))


@pytest.fixture
def mine(post, bob):
    comment, code = write_with_code(post, "The rota is late.")
    rule(comment, bob, Action.REMOVE)
    return comment, code


@pytest.fixture
def removed(mine):
    return mine[0]


def again_path(comment):
    return f"{comment.post.get_absolute_url()}/c/{comment.number}/again"


def ask(comment, text="It is no spam.", source="192.0.2.1"):
    return Client(REMOTE_ADDR=source).post(again_path(comment), {"text": text})


def test_the_way_stands_on_the_tombstone_of_what_was_removed_and_on_no_other(post, bob, client):
    made = make_thread(post, "a(b)c(d)")
    rule(made["a"], bob, Action.REMOVE)
    rule(made["c"], bob, Action.COVER)
    page = client.get(post.get_absolute_url()).content.decode()
    assert page.count("Ask us to look again") == 1
    assert f"{post.slug}.html/c/1/again" in page
    assert client.get(again_path(made["a"])).status_code == 200
    rule(made["a"], bob, Action.RESTORE)
    assert "Ask us to look again" not in client.get(post.get_absolute_url()).content.decode()


def test_it_is_a_case_that_shows_the_first_decision_and_that_nothing_is_proved(removed, bob, alice, as_alice):
    assert "it will be looked at again" in ask(removed).content.decode()
    made = Appeal.objects.get()
    assert (made.is_proved, made.text, made.case.why) == (False, "It is no spam.", "Asked to look again")
    removed.refresh_from_db()
    assert not removed.appealed, "the author has their own appeal yet"
    page = as_alice.get(made.case.get_absolute_url()).content.decode()
    for words in ("without a receipt", "It is no spam.", "The first decision", "bob removed", "Nothing proves"):
        assert words in page


def test_one_waits_at_a_time_and_one_for_each_removal(removed, bob, alice):
    assert ask(removed).status_code == 200
    second = ask(removed, "Me too.", source="192.0.2.2")
    assert second.status_code == 409
    assert "Me too." in second.content.decode()
    rule(removed, alice, Action.DISMISS, reason="")
    assert ask(removed, "Once more.").status_code == 409
    assert Appeal.objects.count() == 1


def test_the_authors_own_appeal_counts_beside_it(mine, alice, client):
    comment, code = mine
    ask(comment)
    appeal(code=code, text="I have the code.")
    assert Case.objects.open().get().is_appealed
    assert list(Appeal.objects.values_list("is_proved", flat=True)) == [False, True]
    rule(comment, alice, Action.RESTORE, reason="You are right.")
    html = client.post("/receipts/", {"code": code_text(code)}).content.decode()
    assert "Your appeal was upheld." in html


def test_what_a_stranger_asked_says_nothing_on_the_authors_receipt(mine, client):
    comment, code = mine
    ask(comment)
    html = client.post("/receipts/", {"code": code_text(code)}).content.decode()
    assert "Your appeal" not in html and "Ask a moderator to look again" in html


def test_while_the_authors_appeal_waits_nobody_else_needs_to_ask(mine):
    comment, code = mine
    appeal(code=code, text="I have the code.")
    assert ask(comment).status_code == 409


@pytest.mark.parametrize("text", ["", "x" * 2001, " \n"])
def test_what_says_nothing_or_too_much_comes_back(removed, text):
    refused = ask(removed, text)
    assert refused.status_code == 422
    assert text in refused.content.decode()
    assert not Appeal.objects.exists()


def test_it_is_slowed(post, bob):
    comments = [write(post, f"Words {number}.") for number in range(limits.AGAIN.most + 1)]
    for comment in comments:
        rule(comment, bob, Action.REMOVE)
    answers = [ask(comment) for comment in comments]
    assert [answer.status_code for answer in answers] == [200] * limits.AGAIN.most + [429]
    assert "It is no spam." in answers[-1].content.decode()


def test_what_is_not_removed_gives_the_words_back(post, removed, bob):
    comment = write(post, "Here I am.")
    late = ask(comment, "Ten minutes of thought.")
    assert late.status_code == 409
    assert "Ten minutes of thought." in late.content.decode()
    assert ask(Comment(post=post, number=99)).status_code == 409
    assert Client().get("/2026/01/nope.html/c/1/again").status_code == 404


def test_withdrawing_erases_what_was_asked(mine):
    comment, code = mine
    ask(comment)
    withdraw_comment(code=code)
    assert Appeal.objects.get().text == ""


@pytest.mark.parametrize("is_proved", [True, False])
def test_another_moderator_decides_where_there_is_one(mine, bob, alice, as_bob, is_proved):
    comment, code = mine
    if is_proved:
        appeal(code=code, text="Look again.")
    else:
        ask(comment)
    case = Case.objects.open().get()
    for action in (Action.DISMISS, Action.RESTORE):
        with pytest.raises(FirstModerator):
            rule(comment, bob, action)
    page = as_bob.get(case.get_absolute_url()).content.decode()
    assert "another moderator decides" in page
    sent = {"version": case.version, "action": "dismiss", "note": "My words" if is_proved else ""}
    refused = as_bob.post(f"{case.get_absolute_url()}decision/", sent)
    assert refused.status_code == 409
    assert "so another moderator decides" in refused.content.decode()
    assert sent["note"] in refused.content.decode()
    rule(comment, alice, Action.RESTORE)
    comment.refresh_from_db()
    assert comment.is_published


@pytest.mark.parametrize("others", ["nobody else", "somebody who left"])
def test_the_only_one_decides_and_the_pages_say_so(mine, bob, as_bob, client, request, others):
    comment, code = mine
    if others == "somebody who left":
        User.objects.filter(pk=request.getfixturevalue("alice").pk).update(is_active=False)
    assert "only one moderator" in client.get(again_path(comment)).content.decode()
    appeal(code=code, text="Look again.")
    assert "there is only one here" in client.post("/receipts/", {"code": code_text(code)}).content.decode()
    page = as_bob.get(Case.objects.open().get().get_absolute_url()).content.decode()
    assert "there is no other moderator" in page
    rule(comment, bob, Action.RESTORE)


def test_with_two_the_pages_say_that_another_one_decides(mine, alice, client):
    comment, code = mine
    assert "other than the moderator who removed it" in client.get(again_path(comment)).content.decode()
    appeal(code=code, text="Look again.")
    html = client.post("/receipts/", {"code": code_text(code)}).content.decode()
    assert "other than the one who decided" in html


def test_the_first_decision_is_the_one_that_stands(removed, bob, alice):
    """Bob's was undone and Alice decided: then it is Bob who looks again."""
    undo(decision_id=removed.decisions.last().pk, moderator=bob)
    rule(removed, alice, Action.REMOVE)
    ask(removed)
    with pytest.raises(FirstModerator):
        rule(removed, alice, Action.RESTORE)
    rule(removed, bob, Action.RESTORE)
