"""Answering a held comment: the answer and an extract are published, the rest stays held, and all of it leads back."""

import pytest

from forum.errors import BadText, ChangedSince
from forum.integrity import find_faults
from forum.models import Comment
from forum.services.comments import approve_comment, remove_comment, withdraw_comment
from moderation.errors import CannotUndo, DecidedMeanwhile, ExtractMissing, NotInText, NotPossible
from moderation.models import Action, Case
from moderation.services import Reply, Ruling, answer_held, decide, undo
from moderation.services.log import first_broken
from tests.moderation.test_screening import THREE_LINKS
from tests.scenery import code_text, write, write_with_code

pytestmark = pytest.mark.django_db
State = Comment.State
TEXT = f"How long is *the wait* for a desk?\nMy manager, Mx Example, will not say. {THREE_LINKS}"


def answer(case, moderator, extract="How long is *the wait* for a desk?", text="Six weeks.", version=None):
    reply = Reply(extract, text, "moderator")
    return answer_held(case_id=case.pk, version=version or case.version, moderator=moderator, reply=reply)


@pytest.fixture
def held(post):
    write(post, "First.")
    first = Comment.objects.get()
    return write_with_code(post, TEXT, first)


def test_the_answer_stands_where_the_comment_would_and_the_rest_stays_held(client, post, bob, held):
    comment, _ = held
    case = Case.objects.get()
    line = answer(case, bob)
    made = Comment.objects.get(pk=line.after["answer"])
    assert (made.state, made.parent_id, made.staff_role) == (State.PUBLISHED, comment.parent_id, "moderator")
    assert made.source == "> How long is *the wait* for a desk?\n\nSix weeks."
    page = client.get(post.get_absolute_url()).content.decode()
    assert "Six weeks." in page
    assert "Mx Example" not in page
    comment.refresh_from_db()
    assert (comment.state, comment.number) == (State.HELD, None)
    case.refresh_from_db()
    assert (case.is_open, case.outcome) == (False, Action.ANSWER)
    assert (find_faults(), first_broken()) == ([], None)


@pytest.mark.parametrize(
    ("extract", "error"),
    [
        ("the wait for a desk?", None),
        ("How long is *the wait* for a desk? My manager", None),
        ("  how long", NotInText),
        ("How lon", NotInText),
        ("ow long", NotInText),
        ("How long is the delay", NotInText),
        ("", ExtractMissing),
        (" \n ", ExtractMissing),
    ],
)
def test_only_whole_words_of_the_comment_can_be_quoted(bob, held, extract, error):
    case = Case.objects.get()
    if error is None:
        answer(case, bob, extract)
        return
    with pytest.raises(error):
        answer(case, bob, extract)
    assert Comment.objects.count() == 2
    assert Case.objects.get().is_open


def test_undoing_takes_the_answer_down_and_opens_the_case(client, post, bob, held):
    line = answer(Case.objects.get(), bob)
    undo(decision_id=line.pk, moderator=bob)
    made = Comment.objects.get(pk=line.after["answer"])
    assert made.state == State.REMOVED
    assert "Six weeks." not in client.get(post.get_absolute_url()).content.decode()
    assert Case.objects.get(comment=held[0]).is_open
    with pytest.raises(CannotUndo):
        undo(decision_id=line.pk, moderator=bob)
    answer(Case.objects.get(comment=held[0]), bob)
    assert (find_faults(), first_broken()) == ([], None)


def test_an_answer_that_went_another_way_is_not_taken_down_twice(bob, held):
    line = answer(Case.objects.get(), bob)
    remove_comment(comment_id=line.after["answer"], reason="Spam")
    with pytest.raises(ChangedSince):
        undo(decision_id=line.pk, moderator=bob)


def test_what_is_not_held_or_was_decided_meanwhile_is_not_answered(bob, post, held):
    case = Case.objects.get()
    with pytest.raises(BadText):
        answer(case, bob, text=" ")
    with pytest.raises(DecidedMeanwhile):
        answer(case, bob, version=case.version + 1)
    with pytest.raises(NotPossible):
        decide(case_id=case.pk, version=case.version, moderator=bob, ruling=Ruling(Action.ANSWER))
    answer(case, bob)
    with pytest.raises(DecidedMeanwhile):
        answer(case, bob)
    approve_comment(comment_id=held[0].pk)
    with pytest.raises(NotPossible):
        answer(Case.objects.get(), bob, version=Case.objects.get().version)


def test_its_author_reads_the_answer_with_the_receipt_until_it_is_taken_back(client, bob, held):
    sent = {"code": code_text(held[1])}
    assert "A moderator answered it" not in client.post("/receipts/", sent).content.decode()
    line = answer(Case.objects.get(), bob)
    shown = client.post("/receipts/", sent).content.decode()
    assert "A moderator answered it" in shown
    assert "Six weeks." in shown
    undo(decision_id=line.pk, moderator=bob)
    assert "Six weeks." not in client.post("/receipts/", sent).content.decode()


def test_withdrawing_takes_the_quoted_words_out_of_the_answer(client, post, bob, held):
    line = answer(Case.objects.get(), bob)
    withdraw_comment(code=held[1])
    made = Comment.objects.get(pk=line.after["answer"])
    assert made.source == "> [withdrawn by its author]\n\nSix weeks."
    page = client.get(post.get_absolute_url()).content.decode()
    assert "How long" not in page
    assert "Six weeks." in page


def test_from_the_case_the_answer_is_sent_and_what_is_wrong_comes_back(as_bob, as_alice, client, held):
    case = Case.objects.get()
    page = as_bob.get(case.get_absolute_url()).content.decode()
    assert "Answer it, and hold the rest" in page
    sent = {"version": case.version, "extract": "not there", "answer_text": "Kept words."}
    wrong = as_bob.post(f"{case.get_absolute_url()}answer/", sent)
    assert wrong.status_code == 422
    assert "Kept words." in wrong.content.decode()
    assert client.post(f"{case.get_absolute_url()}answer/", sent).status_code == 403
    right = as_alice.post(f"{case.get_absolute_url()}answer/", sent | {"extract": "for a desk?"}, follow=True)
    assert "The rest stays held." in right.content.decode()
    assert Comment.objects.latest("pk").staff_role == "owner"
    again = as_bob.post(f"{case.get_absolute_url()}answer/", sent | {"extract": "for a desk?"})
    assert again.status_code == 409
    assert "Kept words." in again.content.decode()
