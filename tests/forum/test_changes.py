"""Changing a comment for a quarter of an hour: when it is allowed, and all that has to follow."""

import json

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import DigestEvent
from forum.errors import BadText, NotChangeable
from forum.models import Comment, LaterComment, Post, TimeReference
from forum.search import search
from forum.services.changes import change_text, changeable_until
from forum.services.comments import approve_comment, keep_comment, remove_comment, restore_comment, withdraw_comment
from forum.services.posting import Submission, post_comment
from moderation.models import Action, Case, Category
from moderation.services import Ruling, decide, report_comment
from tests.forum.test_states import LINKS
from tests.scenery import at, at_once, make_post, write, write_with_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(post):
    """A comment of 10:15, and its code."""
    with at("2026-01-13T10:15:42"):
        return write_with_code(post, "The rota is late.")


def page(client, post, moment="2026-01-13T10:29:00"):
    with at(moment):
        return client.get(post.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("moment", "allowed"), [("10:15:42", True), ("10:30:42", True), ("10:31:00", False), ("23:00:00", False)]
)
def test_it_can_be_changed_for_fifteen_minutes(mine, moment, allowed):
    comment, code = mine
    with at(f"2026-01-13T{moment}"):
        comment.refresh_from_db()
        assert bool(changeable_until(comment)) is allowed
        if allowed:
            change_text(code=code, text="The rota is here.")
        else:
            with pytest.raises(NotChangeable, match="ended at 10:30"):
                change_text(code=code, text="The rota is here.")
    comment.refresh_from_db()
    assert comment.source == ("The rota is here." if allowed else "The rota is late.")


def test_readers_see_that_it_was_edited(client, post, mine):
    comment, code = mine
    other = make_post("Round-up", f"Look:\n\n:::comment {post.get_absolute_url()}?c={comment.number}\n:::")
    assert "The rota is late." in page(client, other)
    assert "The rota is late." in page(client, post)
    with at("2026-01-13T10:20:30"):
        change_text(code=code, text="The rota is here.")
    html = page(client, post)
    assert "The rota is here." in html
    assert "The rota is late." not in html
    assert "<small>edited 10:20</small>" in html
    assert "The rota is here." in page(client, other)
    for path in (f"{post.get_absolute_url()}/comments.atom", "/comments.atom"):
        feed = client.get(path).content.decode()
        assert "(edited 10:20)" in feed
        assert "<updated>2026-01-13T10:20:00+00:00</updated>" in feed
        assert "late" not in feed
    assert "edited 10:20" in client.get("/comments/").content.decode()


def test_the_export_and_the_search_have_the_new_text(post, mine, capsys):
    with at("2026-01-13T10:20:30"):
        change_text(code=mine[1], text="The timetable is here.")
    call_command("export_thread", post.slug)
    line = json.loads(capsys.readouterr().out)
    assert (line["text"], line["edited_at"]) == ("The timetable is here.", "2026-01-13T10:20:00+00:00")
    assert [found.pk for found in search("timetable").found] == [mine[0].pk]
    assert list(search("rota").found) == []


@pytest.mark.parametrize("text", ["", " \n", "> ", "x" * 20_001])
def test_what_no_comment_could_be_no_change_can_be(mine, text):
    with at("2026-01-13T10:20:00"), pytest.raises(BadText):
        change_text(code=mine[1], text=text)


def test_pressing_twice_or_changing_nothing_is_no_second_change(mine):
    comment, code = mine
    with at("2026-01-13T10:17:00"):
        assert change_text(code=code, text=comment.source).edited_at is None
        change_text(code=code, text="Better words.")
    with at("2026-01-13T10:45:00"):
        assert change_text(code=code, text="Better words.").edited_at.minute == 17


def test_an_answer_ends_it(post, mine):
    comment, code = mine
    with at("2026-01-13T10:16:00"):
        reply, replys_code = write_with_code(post, "Ours too.", comment)
        with pytest.raises(NotChangeable, match="answered"):
            change_text(code=code, text="The rota is here.")
        withdraw_comment(code=replys_code)
        assert change_text(code=code, text="The rota is here.").edited_at
    assert reply.pk


def test_an_answer_by_its_time_ends_it_too(post, mine):
    with at("2026-01-13T10:18:00"):
        write(post, "@10:15 ours too.")
        with pytest.raises(NotChangeable, match="answered"):
            change_text(code=mine[1], text="The rota is here.")


def test_a_held_answer_counts_one_that_waits_for_its_moment_does_not(post, mine):
    """Whoever may change a comment would else learn within minutes when somebody wrote."""
    comment, code = mine
    with at("2026-01-13T10:16:00"):
        post_comment(post=post, submission=Submission("Ours too.", comment.number, later=True))
        assert LaterComment.objects.count() == 1
        assert change_text(code=code, text="The rota is here.").edited_at
        write(post, LINKS, comment)
        with pytest.raises(NotChangeable, match="answered"):
            change_text(code=code, text="The rota is nowhere.")


@pytest.mark.parametrize("decide_so", [keep_comment, lambda comment_id: remove_and_restore(comment_id)])
def test_a_decision_ends_it(mine, decide_so):
    with at("2026-01-13T10:16:00"):
        decide_so(comment_id=mine[0].pk)
        with pytest.raises(NotChangeable, match="moderator has decided"):
            change_text(code=mine[1], text="The rota is here.")


def remove_and_restore(comment_id):
    remove_comment(comment_id=comment_id, reason="Spam")
    restore_comment(comment_id=comment_id)


def test_keeping_a_reported_comment_is_a_decision(mine, bob):
    with at("2026-01-13T10:16:00"):
        case = report_comment(comment=mine[0], category=Category.SPAM, text="").case
        decide(case_id=case.pk, version=case.version, moderator=bob, ruling=Ruling(Action.KEEP))
        with pytest.raises(NotChangeable, match="moderator has decided"):
            change_text(code=mine[1], text="The rota is here.")


def test_a_change_that_is_held_hides_both_texts_until_it_is_approved(client, post, mine):
    comment, code = mine
    event = DigestEvent.objects.get(comment=comment)
    with at("2026-01-13T10:20:00"):
        change_text(code=code, text=f"Buy here: {LINKS}")
    comment.refresh_from_db()
    assert (comment.state, comment.number, comment.fragment) == (Comment.State.HELD, 1, "")
    assert Post.objects.get(pk=post.pk).comment_count == 0
    for path in (post.get_absolute_url(), "/comments/", "/comments.atom", "/search/?q=rota", "/search/?q=buy"):
        html = client.get(path).content.decode()
        assert "The rota is late" not in html
        assert "Buy here" not in html
    case = Case.objects.get(comment=comment)
    assert (case.held_by_rule, case.is_open) == ("links", True)
    approve_comment(comment_id=comment.pk)
    comment.refresh_from_db()
    assert (comment.state, comment.number) == (Comment.State.PUBLISHED, 1)
    html = page(client, post)
    assert "Buy here" in html
    assert "edited 10:20" in html
    assert Post.objects.get(pk=post.pk).comment_count == 1
    assert DigestEvent.objects.get(comment=comment) == event


def test_a_held_comment_stays_held_and_its_words_leave_the_case(post):
    with at("2026-01-13T10:15:00"):
        comment, code = write_with_code(post, LINKS)
        case = Case.objects.get()
        change_text(code=code, text="Without links.")
    comment.refresh_from_db()
    assert (comment.state, comment.edited_at, comment.source) == (Comment.State.HELD, None, "Without links.")
    changed = Case.objects.get()
    assert (changed.held_detail, changed.version) == ("", case.version + 1)


def test_clock_times_are_worked_out_anew(client, post, mine):
    with at("2026-01-13T10:16:00"):
        answer, code = write_with_code(post, "@10:15 ours too.")
        change_text(code=code, text="Ours too.")
        assert not TimeReference.objects.exists()
        assert "Answered by name" not in page(client, post)
        change_text(code=code, text="As 10:15 says.")
        assert TimeReference.objects.get().target == mine[0]
        assert "Answered by name" in page(client, post)
    assert answer.pk


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_a_change_at_once_never_both_happen_unseen():
    """Either the change came first, or the answer did and the change is refused."""
    post = make_post("Rooms")
    for turn in range(5):
        comment, code = write_with_code(post, f"Text {turn}.")
        raised = at_once(
            lambda code=code, turn=turn: change_text(code=code, text=f"Changed {turn}."),
            lambda comment=comment, turn=turn: write(post, f"Answer {turn}.", comment),
        )
        assert all(isinstance(error, NotChangeable) for error in raised)
        comment.refresh_from_db()
        assert comment.source == (f"Text {turn}." if raised else f"Changed {turn}.")


def test_the_old_words_leave_the_index_on_sqlite_too(mine):
    if connection.vendor != "sqlite":
        return
    with at("2026-01-13T10:16:00"):
        change_text(code=mine[1], text="Quite other words.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT block FROM forum_search_data")
        assert not any(b"rota" in bytes(block) for (block,) in cursor.fetchall())
