"""The public log: what it says, what it never says, and that a line changed by hand is found."""

import re

import pytest
from django.core.management import call_command
from django.db import connection

from forum.services.comments import withdraw_comment
from forum.services.posts import unpublish_post
from moderation.models import Action, Decision, Topic
from moderation.services import lock_thread, move_comment, pin_note, undo
from moderation.services.log import shown
from tests.moderation.test_undo import LINKS, rule
from tests.scenery import at, make_post, write, write_with_code

pytestmark = pytest.mark.django_db


def log(client, query=""):
    """The page as text, its lines apart from what stands below them."""
    response = client.get(f"/moderation-log/{query}")
    assert response.status_code == 200
    assert not response.cookies
    html = response.content.decode()
    listed = html.split('<ol class="log">')[1].split("</ol>")[0] if '<ol class="log">' in html else ""
    return html, listed


def changed_by_hand(sql, *values):
    """Run SQL as somebody would who has the database and wants to change the log."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE moderation_decision DISABLE TRIGGER USER")
        else:
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER moderation_decision_no_{verb}")
        cursor.execute(sql, values)


def checked(capsys) -> tuple[int, str]:
    status = 0
    try:
        call_command("check_log")
    except SystemExit as end:
        status = end.code
    return status, capsys.readouterr().out


def test_a_line_says_what_where_and_why_and_nothing_else(client, post, bob):
    comment = write(post, "Quentin Quill is a fool.")
    rule(comment, bob, Action.REMOVE, "Personal attack", internal_note="He was warned twice.")
    html, listed = log(client)
    assert "Removed" in listed
    assert "Personal attack" in listed
    assert f'<a href="{comment.get_absolute_url()}">Comment 1 on “{post.title}”</a>'.replace("&", "&amp;") in listed
    assert f"line {Decision.objects.get().pk}" in listed
    for secret in ("Quentin", "warned twice", "bob", Decision.objects.get().chain[:12]):
        assert secret not in html
    assert shown(Decision.objects.get().chain) in html


@pytest.mark.parametrize(
    ("text", "action", "is_listed"),
    [
        (LINKS, Action.APPROVE, False),
        (LINKS, Action.REFUSE, False),
        (LINKS, Action.REDACT, False),
        ("Fine a.example", Action.KEEP, False),
        ("Fine a.example", Action.NOTE, True),
        ("Fine a.example", Action.COVER, True),
        ("Fine a.example", Action.OFF_TOPIC, True),
        ("Fine a.example", Action.REDACT, True),
    ],
)
def test_what_readers_could_not_see_is_counted_and_not_listed(client, post, bob, text, action, is_listed):
    rule(write(post, text), bob, action, "Spam", words=("a.example",))
    html, listed = log(client)
    assert ("<li>" in listed) is is_listed
    told = Decision.objects.get().past_tense
    assert (f"So far: {told} 1." in html) is not is_listed


def test_a_line_says_whether_it_was_reversed(client, post, bob):
    undone, restored, stays = (write(post, f"Fine {n}.") for n in range(3))
    undo(decision_id=rule(undone, bob, Action.REMOVE).pk, moderator=bob)
    rule(restored, bob, Action.REMOVE)
    rule(restored, bob, Action.RESTORE, "Only its author reads this")
    rule(stays, bob, Action.REMOVE)
    html, listed = log(client)
    lines = [re.sub("<[^>]+>", "", line) for line in listed.split("</li>") if line.strip()]
    assert len(lines) == 4
    assert [("Reversed" in line) for line in lines] == [False, False, True, True]
    assert "Only its author" not in html


def test_what_is_no_longer_public_has_neither_title_nor_address(client, post, bob):
    gone = make_post("A secret title")
    lock_thread(comment=write(gone, "Fine."), moderator=bob)
    comment, code = write_with_code(post, "Fine.")
    rule(comment, bob, Action.OFF_TOPIC)
    withdraw_comment(code=code)
    unpublish_post(post_id=gone.pk)
    html, listed = log(client)
    assert "A post that is no longer public" in listed
    assert "secret title" not in html
    assert gone.slug not in html
    assert "Comment 1 on" in listed


def test_a_line_leads_to_where_its_comment_is_by_now(client, post, bob):
    other = make_post("The open thread")
    first = write(other, "First there.")
    comment = write(post, "Fine.")
    rule(comment, bob, Action.OFF_TOPIC)
    move_comment(
        comment_id=comment.pk, to_post=other, moderator=bob, topic=Topic.objects.create(name="Pay", post=other).pk
    )
    comment.refresh_from_db()
    listed = log(client)[1]
    assert comment.number != first.number
    assert "topic: Pay" in listed
    assert listed.count(f'href="{comment.get_absolute_url()}"'.replace("&", "&amp;")) == 2
    unpublish_post(post_id=other.pk)
    assert "The open thread" not in log(client)[0]


def test_it_can_be_read_by_month_and_by_decision_and_in_pages(client, post, bob):
    with at("2026-01-31T23:30"):
        rule(write(post, "Fine a."), bob, Action.REMOVE)
    with at("2026-06-30T23:30"):  # In London it is July.
        pin_note(post=post, moderator=bob, text="Keep to the rooms.")
    assert "Note pinned" in log(client, "?month=2026-07")[1]
    assert log(client, "?month=2026-06")[1] == ""
    assert "Removed" in log(client, "?month=2026-01&action=remove")[1]
    assert log(client, "?month=2026-01&action=pin")[1] == ""
    for nonsense in ("?month=2026-13", "?month=x", "?action=refuse", "?page=99", "?page=x"):
        assert log(client, nonsense)[1].count("<li>") == 2
    for number in range(60):
        pin_note(post=post, moderator=bob, text=f"Note {number}.")
    assert log(client)[1].count("<li>") == 50
    assert log(client, "?page=2")[1].count("<li>") == 12


def test_it_asks_as_much_for_a_hundred_lines_as_for_one(client, post, bob, django_assert_max_num_queries):
    for number in range(100):
        rule(write(post, f"Fine {number}."), bob, Action.REMOVE)
    with django_assert_max_num_queries(8):
        log(client)


def test_the_log_is_whole_and_says_its_last_hash(client, post, bob, capsys):
    assert checked(capsys)[0] == 0
    rule(write(post, "Fine."), bob, Action.REMOVE)
    status, said = checked(capsys)
    assert status == 0
    assert said.startswith("1 lines, whole")
    assert re.findall("[0-9a-f]{64}", said) == re.findall("[0-9a-f]{64}", log(client)[0])


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE moderation_decision SET reason = 'Libel' WHERE id = %s",
        "UPDATE moderation_decision SET internal_note = 'x' WHERE id = %s",
        "UPDATE moderation_decision SET decided_at = '2020-01-01 00:00:00+00:00' WHERE id = %s",
        "UPDATE moderation_decision SET after = '{}' WHERE id = %s",
        "DELETE FROM moderation_decision WHERE id = %s",
    ],
)
def test_a_line_changed_by_hand_is_found(post, bob, capsys, sql):
    lines = [rule(write(post, f"Fine {n}."), bob, Action.REMOVE) for n in range(4)]
    changed_by_hand(sql, lines[1].pk)
    status, said = checked(capsys)
    assert status == 1
    found = lines[2] if sql.startswith("DELETE") else lines[1]
    assert said.startswith(f"line {found.pk} is not as it was written")
