"""Undoing decisions: each leads back to what was before it, all of them to the beginning, and the log stays whole."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from forum.errors import ChangedSince, NotThere, ThreadLocked
from forum.integrity import find_faults
from forum.models import Comment, Post
from forum.services.comments import withdraw_comment
from forum.services.posting import Submission, post_comment
from moderation.errors import CannotUndo, NoteMissing
from moderation.models import Action, Case, Decision, Redaction
from moderation.services import Ruling, decide, lock_thread, open_case, pin_note, undo
from moderation.services.log import first_broken
from tests.moderation.any_decisions import STEP, try_sequence
from tests.scenery import at, make_thread, write, write_with_code

pytestmark = pytest.mark.django_db
State = Comment.State
LINKS = "http://a.example http://b.example http://c.example"


def rule(comment, moderator, action, reason="Spam", **more):
    case = open_case(post=comment.post, comment=comment)
    return decide(case_id=case.pk, version=case.version, moderator=moderator, ruling=Ruling(action, reason, **more))


def take_back(line, bob):
    return undo(decision_id=line.pk, moderator=bob)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        (LINKS, Action.APPROVE),
        (LINKS, Action.REFUSE),
        ("Fine.", Action.KEEP),
        ("Fine.", Action.REMOVE),
        ("Fine.", Action.COVER),
        ("Fine.", Action.NOTE),
        ("Fine.", Action.OFF_TOPIC),
    ],
)
def test_each_decision_leads_back(post, bob, text, action):
    comment = write(post, text)
    before = Comment.objects.values("state", "reason", "state_since", "note", "off_topic").get(pk=comment.pk)
    line = rule(comment, bob, action)
    case = Case.objects.get()
    assert case.is_open is (action is Action.COVER)
    take_back(line, bob)
    assert Comment.objects.values(*before).get(pk=comment.pk) == before
    assert Case.objects.get().is_open
    assert [line.action for line in Decision.objects.all()] == [action, "undo"]
    with pytest.raises(CannotUndo):
        take_back(line, bob)
    assert first_broken() is None
    assert find_faults() == []


def test_what_was_decided_since_is_not_overruled_unseen(post, bob, alice):
    comment, code = write_with_code(post, "Fine.")
    first = rule(comment, bob, Action.OFF_TOPIC)
    second = rule(comment, alice, Action.REMOVE)
    with pytest.raises(ChangedSince):
        take_back(first, bob)
    take_back(second, bob)
    take_back(first, bob)
    line = rule(comment, bob, Action.REMOVE)
    withdraw_comment(code=code)
    with pytest.raises(ChangedSince):
        take_back(line, bob)
    assert Comment.objects.get().source == ""


def test_it_ends_after_thirty_days(post, bob):
    with at("2026-01-01T10:00"):
        comment = write(post, "Fine.")
        line = rule(comment, bob, Action.REMOVE)
    with at("2026-02-01T10:00"), pytest.raises(CannotUndo):
        take_back(line, bob)


def test_words_are_taken_out_and_put_back(post, bob, client):
    comment = write(post, "Ask Quentin Quill in room 9. Quentin knows.")
    with pytest.raises(NotThere):
        rule(comment, bob, Action.REDACT, words=("Nobody",))
    line = rule(comment, bob, Action.REDACT, words=("Quentin Quill", "Quentin"))
    mark = "[name removed by moderator]"
    assert Comment.objects.get().source == f"Ask {mark} in room 9. {mark} knows."
    assert "Quentin" not in client.get(post.get_absolute_url()).content.decode()
    assert client.get("/search/?q=Quill").content.decode().count("room 9") == 0
    take_back(line, bob)
    assert Comment.objects.get().source == "Ask Quentin Quill in room 9. Quentin knows."


def test_the_original_of_a_redaction_goes_with_the_comment(post, bob):
    comment, code = write_with_code(post, "Ask Quentin Quill.")
    rule(comment, bob, Action.REDACT, words=("Quentin Quill",))
    assert Redaction.objects.count() == 1
    withdraw_comment(code=code)
    assert Redaction.objects.count() == 0


def test_a_note_needs_words_and_stands_below_the_comment(post, bob, client):
    comment = write(post, "Fine.")
    with pytest.raises(NoteMissing):
        rule(comment, bob, Action.NOTE, reason="")
    rule(comment, bob, Action.NOTE, reason="We looked at it & kept it.")
    page = client.get(post.get_absolute_url()).content.decode()
    assert "<b>A moderator:</b> We looked at it &amp; kept it." in page


def test_a_covered_comment_is_hidden_until_it_is_decided(post, bob, client):
    made = make_thread(post, "a(b)")
    rule(made["a"], bob, Action.COVER)
    page = client.get(post.get_absolute_url()).content.decode()
    assert "Covered until a moderator decides" in page
    assert Post.objects.get().comment_count == 1
    rule(made["a"], bob, Action.KEEP)
    assert "Covered" not in client.get(post.get_absolute_url()).content.decode()


def test_a_locked_thread_takes_no_replies_and_others_do(post, bob, client):
    made = make_thread(post, "a(b)c")
    line = lock_thread(comment=made["b"], moderator=bob)
    page = client.get(post.get_absolute_url()).content.decode()
    assert page.count("/reply?to=") == 1
    assert "This thread is locked" in page
    with pytest.raises(ThreadLocked):
        post_comment(post=post, submission=Submission("Late.", made["b"].number))
    sent = client.post(f"{post.get_absolute_url()}/comments", {"text": "Late words.", "reply_to": made["b"].number})
    assert sent.status_code == 409
    assert "Late words." in sent.content.decode()
    assert client.get(f"{post.get_absolute_url()}/reply?to={made['b'].number}").status_code == 409
    write(post, "To another.", made["c"])
    take_back(line, bob)
    write(post, "Late.", made["b"])


def test_a_pinned_note_stands_above_the_thread_and_the_form(post, bob, client):
    line = pin_note(post=post, moderator=bob, text="Keep to the rooms, please.")
    assert client.get(post.get_absolute_url()).content.decode().count("Keep to the rooms, please.") == 2
    take_back(line, bob)
    assert "Keep to the rooms" not in client.get(post.get_absolute_url()).content.decode()


def test_a_line_that_was_changed_behind_the_triggers_is_found(post, bob):
    lines = [rule(write(post, f"Fine {n}."), bob, Action.REMOVE) for n in range(4)]
    assert first_broken() is None
    with connection.cursor() as cursor:
        names = ["moderation_decision_no_update"] if connection.vendor == "sqlite" else []
        for name in names:
            cursor.execute(f"DROP TRIGGER {name}")
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE moderation_decision DISABLE TRIGGER USER")
        cursor.execute("UPDATE moderation_decision SET reason = 'Libel' WHERE id = %s", [lines[2].pk])
    assert first_broken() == lines[2].pk


class TestManyDecisions(TestCase):
    """Whatever is decided and undone, in whatever order; `make prove` tries sequences of 200 steps."""

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(STEP, min_size=5, max_size=30))
    # What goes in a circle, so that the facts are once more what an older decision made of them.
    @example([("off_topic", 0, 0), ("on_topic", 0, 0), ("off_topic", 0, 0), ("undo any", 0, 2)])
    @example([("pin", 0, 0), ("pin", 0, 6), ("pin", 0, 3), ("pin", 0, 30), ("undo any", 0, 3)])
    # A thread that is locked, and of which something is moved, and the other way round.
    @example([("lock", 1, 1), ("move", 1, 1), ("undo any", 0, 1)])
    @example([("lock", 0, 1), ("move", 0, 1), ("undo any", 0, 1)])
    @example([("move", 1, 1), ("lock", 1, 1), ("undo any", 0, 1)])
    @example([("lock", 0, 1), ("lock", 0, 1), ("undo any", 0, 1)])
    # A reply that others may name by its time goes back to where it was, without the branch.
    @example([("move", 1, 95), ("move", 4, 87)])
    # Words that were taken out in between.
    @example([("off_topic", 0, 0), ("redact", 0, 0), ("undo any", 0, 1)])
    # A branch that was moved on, and a branch of a branch.
    @example([("move", 2, 1), ("move", 2, 2), ("undo any", 0, 1)])
    @example([("move", 2, 1), ("move", 1, 2), ("undo any", 0, 1)])
    def test_any_sequence_leaves_all_sound_and_undoing_all_restores_the_first_state(self, steps):
        try_sequence(steps)
