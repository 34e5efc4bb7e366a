"""Reports, removal requests, held comments: one case; decisions: one log that nobody can change."""

from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from forum.models import Comment
from forum.services.comments import remove_comment, withdraw_comment
from moderation.errors import DecidedMeanwhile, NotPossible, NotReadable, ReasonMissing
from moderation.models import Action, Case, Category, Decision, RemovalRequest, Report
from moderation.services import Answer, Ruling, answer_request, ask_for_removal, decide, report_comment
from tests.moderation.test_screening import THREE_LINKS
from tests.scenery import at, at_once, make_post, make_thread, write, write_with_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def comment(post):
    return make_thread(post, "a(b)")["a"]


def report(comment, category=Category.SPAM, text=""):
    return report_comment(comment=comment, category=category, text=text)


def ruling(case, bob, action, reason="", version=None):
    return decide(
        case_id=case.pk, version=version or case.version, moderator=bob, ruling=Ruling(Action(action), reason)
    )


def test_whatever_opens_it_there_is_one_open_case(comment):
    first = report(comment)
    second = report(comment, Category.LIBEL, "Look at line two.")
    asked = ask_for_removal(post=comment.post, comment=comment, text="This is about me.")
    assert first.case == second.case == asked.case
    assert Case.objects.count() == 1


def test_the_same_report_twice_is_one(comment):
    assert report(comment, text="Spam!") == report(comment, text="Spam!")
    assert Report.objects.count() == 1


def test_urgent_cases_come_first_then_the_oldest(post):
    made = make_thread(post, "abc")
    report(made["a"], Category.SPAM)
    report(made["b"], Category.OFF_TOPIC)
    report(made["c"], Category.RACISM_OR_HATE)
    assert [case.comment for case in Case.objects.waiting()] == [made["c"], made["a"], made["b"]]


def test_remove_restore_and_the_log(comment, bob):
    case = report(comment).case
    with pytest.raises(ReasonMissing):
        ruling(case, bob, "remove")
    ruling(case, bob, "remove", "Spam")
    comment.refresh_from_db()
    assert (comment.state, comment.reason) == (Comment.State.REMOVED, "Spam")
    case.refresh_from_db()
    assert not case.is_open
    ruling(case, bob, "restore")
    comment.refresh_from_db()
    assert (comment.state, comment.reason) == (Comment.State.PUBLISHED, "")
    assert [line.action for line in Decision.objects.all()] == ["remove", "restore"]
    assert {line.moderator for line in Decision.objects.all()} == {bob}


def test_a_held_comment_is_approved_or_refused(post, bob):
    for action, state in (("approve", Comment.State.PUBLISHED), ("refuse", Comment.State.REFUSED)):
        held = write(post, f"{THREE_LINKS} {action}")
        case = Case.objects.get(comment=held)
        with pytest.raises(NotPossible):
            ruling(case, bob, "keep")
        ruling(case, bob, action, "Libel")
        held.refresh_from_db()
        assert held.state == state


def test_keeping_closes_the_case_and_a_new_report_opens_another(comment, bob):
    case = report(comment).case
    ruling(case, bob, "keep")
    assert report(comment, text="Again").case != case
    assert Case.objects.count() == 2


def test_an_old_case_decides_nothing_while_a_newer_one_is_open(comment, bob):
    old = report(comment).case
    ruling(old, bob, "keep")
    report(comment, text="Again")
    old.refresh_from_db()
    with pytest.raises(NotPossible):
        ruling(old, bob, "remove", "Spam")
    comment.refresh_from_db()
    assert comment.is_published


def test_the_same_report_in_other_words_or_later_is_another(comment):
    with at("2026-03-02T10:00"):
        report(comment, text="Spam!")
        report(comment, text="Spam! And rude.")
    with at("2026-03-02T10:20"):
        report(comment, text="Spam!")
    assert Report.objects.count() == 3


def test_what_was_removed_meanwhile_cannot_be_reported(comment):
    remove_comment(comment_id=comment.pk, reason="Spam")
    with pytest.raises(NotReadable):
        report(comment)
    assert Case.objects.count() == 0


def test_the_second_of_two_moderators_is_told_and_nothing_happens(comment, alice, bob):
    case = report(comment).case
    ruling(case, bob, "keep")
    with pytest.raises(DecidedMeanwhile):
        ruling(case, alice, "remove", "Spam", version=case.version)
    comment.refresh_from_db()
    assert comment.is_published
    assert Decision.objects.count() == 1


@pytest.fixture
def emptied_log(transactional_db):
    """Empty the log after a test with real transactions; on SQLite its trigger would stop the clean-up."""
    yield
    if connection.vendor == "sqlite":
        name = "moderation_decision_no_delete"
        with connection.cursor() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [name])
            (trigger,) = cursor.fetchone()
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute("DELETE FROM moderation_decision")
            cursor.execute(trigger)


@pytest.mark.usefixtures("emptied_log")
def test_two_moderators_at_the_same_moment(bob):
    comment = write(make_post(), "Hello")
    case = report(comment).case
    outcomes = []

    def press(action):
        try:
            outcomes.append(ruling(case, bob, action, "Spam").action)
        except DecidedMeanwhile:
            outcomes.append("told")

    assert at_once(*(partial(press, action) for action in ("keep", "remove") * 2)) == []
    assert sorted(outcomes)[-3:] == ["told"] * 3
    assert Decision.objects.count() == 1


def test_a_report_that_comes_in_while_bob_reads_is_seen_before_he_decides(comment, bob):
    case = report(comment).case
    report(comment, Category.IDENTIFIES_SOMEONE, "It names my child.")
    with pytest.raises(DecidedMeanwhile, match="came in"):
        ruling(case, bob, "keep", version=case.version)
    case.refresh_from_db()
    assert case.is_open
    ruling(case, bob, "keep")


def test_what_a_rule_found_goes_with_the_text(post):
    held, code = write_with_code(post, THREE_LINKS)
    withdraw_comment(code=code)
    assert Case.objects.get(comment=held).held_detail == ""


def test_withdrawing_closes_the_case_and_forgets_what_readers_said(post, bob):
    comment, code = write_with_code(post, "Mine.")
    ruling(report(comment, text="It says: Mine.").case, bob, "keep")
    case = report(comment, text="Mine, it says.").case
    asked = ask_for_removal(post=post, comment=comment, text="That is mine.")
    case.refresh_from_db()
    withdraw_comment(code=code)
    case.refresh_from_db()
    assert (case.is_open, case.outcome) == (False, "withdrawn")
    assert case.possible_actions == []
    assert set(Report.objects.values_list("text", flat=True)) == {""}
    asked.refresh_from_db()
    assert (asked.text, asked.outcome) == ("", "granted")
    assert "withdrew" in asked.answer
    with pytest.raises(DecidedMeanwhile):
        ruling(case, bob, "remove", "Spam", version=1)


@pytest.mark.parametrize(
    "statement", ["UPDATE moderation_decision SET reason = 'x'", "DELETE FROM moderation_decision"]
)
def test_the_log_refuses_to_be_changed(comment, bob, statement):
    ruling(report(comment).case, bob, "keep")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(TypeError):
        Decision.objects.all().delete()
    with pytest.raises(TypeError):
        Decision.objects.update(reason="x")
    assert Decision.objects.get().action == "keep"


def test_nothing_in_the_queue_is_finer_than_a_minute(comment, bob):
    asked = ask_for_removal(post=comment.post, comment=comment, text="Please.")
    case = report(comment).case
    answer_request(
        request_id=asked.pk,
        moderator=bob,
        answer=Answer(RemovalRequest.Outcome.GRANTED, "Yes.", case.version, "remove"),
    )
    moments = [
        *Case.objects.values_list("opened_at", "closed_at").get(),
        *Report.objects.values_list("created_at", flat=True),
        *RemovalRequest.objects.values_list("created_at", "answered_at").get(),
        *Decision.objects.values_list("decided_at", flat=True),
    ]
    assert {(moment.second, moment.microsecond) for moment in moments} == {(0, 0)}
