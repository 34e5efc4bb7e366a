"""After a withdrawal or a change the text is in no table of any app, no index, feed, page, cache or unsent digest.

All tables that the database has are read, not a list of them, so that a new one cannot be forgotten. The files behind
them are tests/whole's matter.
"""

import re

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection

from forum import page_cache
from forum.errors import Refused
from forum.models import LaterComment, Pick, Ticket
from forum.services.appeals import appeal
from forum.services.changes import change_text
from forum.services.comments import approve_comment, refuse_comment, remove_comment, restore_comment, withdraw_comment
from forum.services.later import withdraw_later
from forum.services.posting import Submission, post_comment
from forum.services.round_ups import set_picks
from forum.services.tickets import open_ticket
from moderation.models import Category, Rule
from moderation.services import ask_for_removal, report_comment
from tests.forum.test_states import LINKS
from tests.scenery import make_post, make_rule, write, write_with_code

pytestmark = pytest.mark.django_db

# A word that stems to itself, so that the indexes hold it as it is.
MARK = "zanzibar"
TEXT = f"At 10:15 in {MARK}."


def everywhere(client, post) -> list[str]:
    """Where the mark is: each table of the database, each page, feed, kept page and cache of this process."""
    found = [f"table {table}" for table, rows in everything() if MARK in rows]
    paths = (
        *(post.get_absolute_url(), f"{post.get_absolute_url()}?page=all", f"{post.get_absolute_url()}/c/1"),
        *(f"{post.get_absolute_url()}/comments.atom", "/comments.atom", "/comments/", "/", "/feed.atom"),
        *("/2026/11/heard.html", f"/search/?q={MARK}"),
    )
    for path in paths:
        html = client.get(path).content.decode()
        found += [path] if f"in {MARK}" in html else []
    found += [f"kept page {address}" for address, (_, kept) in page_cache.KEPT.pages.items() if MARK in str(kept.body)]
    for name in caches:
        memory = getattr(caches[name], "_cache", None)
        found += [f"cache {name}"] if isinstance(memory, dict) and MARK in repr(memory) else []
    return found


def everything():
    """Each table with all that its rows hold, as text (of SQLite's index the bytes); but for the owner's lists."""
    with connection.cursor() as cursor:
        for table in {*connection.introspection.table_names(cursor)} - {Rule._meta.db_table}:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = cursor.fetchall()
            cells = [bytes(cell) if isinstance(cell, memoryview) else cell for row in rows for cell in row]
            yield table, " ".join(map(str, cells)).lower()


def refuse(comment, code):
    refuse_comment(comment_id=comment.pk, reason="Spam")


def remove(comment, code):
    remove_comment(comment_id=comment.pk, reason="Spam")


def approve(comment, code):
    approve_comment(comment_id=comment.pk)


def restore(comment, code):
    restore_comment(comment_id=comment.pk)


def answer(comment, code):
    write(comment.post, "An answer.", comment)


def be_reported(comment, code):
    report_comment(comment=comment, category=Category.SPAM, text="Look at line one.")
    ask_for_removal(post=comment.post, comment=comment, text="This is about me.")


def be_picked(comment, code):
    set_picks(post_id=comment.post_id, comment_ids={comment.pk})
    assert Pick.objects.exists()


def say_why(comment, code):
    appeal(code=code, text=f"What I said of {MARK} is true.")


def change(comment, code):
    change_text(code=code, text=f"Other words about {MARK}.")


def change_and_be_held(comment, code):
    change_text(code=code, text=f"{MARK} {LINKS}")


def press_again(comment, code):
    post_comment(post=comment.post, submission=Submission(comment.source))
    assert Ticket.objects.count() == 2


HELD_TEXT = f"{TEXT} {LINKS} {MARK}"
PATHS = {
    "published": (TEXT, []),
    "held": (HELD_TEXT, []),
    "approved": (HELD_TEXT, [approve]),
    "refused": (HELD_TEXT, [refuse]),
    "refused and appealed": (HELD_TEXT, [refuse, say_why]),
    "removed": (TEXT, [remove]),
    "removed, appealed, restored": (TEXT, [remove, say_why, restore]),
    "answered": (TEXT, [answer]),
    "reported": (TEXT, [be_reported]),
    "picked": (TEXT, [be_picked]),
    "changed": (TEXT, [change]),
    "changed and held": (TEXT, [change, change_and_be_held]),
    "sent twice": (TEXT, [press_again]),
}


@pytest.mark.parametrize("path", PATHS)
def test_a_withdrawn_text_is_nowhere(client, post, path):
    make_rule(MARK if "held" in path or "refused" in path else "")
    text, steps = PATHS[path]
    comment, code = write_with_code(post, text, name=MARK)
    make_post("Heard", f":::comment {post.get_absolute_url()}?c=1\n:::")
    for step in steps:
        everywhere(client, post)
        step(comment, code)
        comment.refresh_from_db()
    assert "table forum_comment" in everywhere(client, post), "the search must be able to find"
    withdraw_comment(code=code)
    assert everywhere(client, post) == []


def test_a_changed_text_is_nowhere(client, post):
    comment, code = write_with_code(post, TEXT)
    make_post("Heard", f":::comment {post.get_absolute_url()}?c=1\n:::")
    assert len(everywhere(client, post)) > 8
    change_text(code=code, text="Quite other words.")
    assert everywhere(client, post) == []
    assert "Quite other words." in client.get(post.get_absolute_url()).content.decode()
    assert comment.pk


def test_a_held_text_that_was_changed_is_nowhere(client, post):
    make_rule(MARK)
    _, code = write_with_code(post, TEXT)
    assert "table moderation_case" in everywhere(client, post)
    change_text(code=code, text="Quite other words.")
    assert everywhere(client, post) == []


def test_what_was_never_stored_or_never_appeared_is_nowhere(client, post):
    make_rule(f"casino in {MARK}", answer="refuse")
    with pytest.raises(Refused):
        write(post, f"A casino in {MARK}.")
    made = open_ticket(post_comment(post=post, submission=Submission(TEXT, later=True)))
    assert "table forum_latercomment" in everywhere(client, post)
    change_text(code=made.code, text=f"Other words of {MARK}.")
    withdraw_later(code=made.code)
    assert not LaterComment.objects.exists()
    Rule.objects.all().delete()
    assert everywhere(client, post) == []


def test_the_export_has_no_withdrawn_text_in_any_state(post, capsys):
    _, code = write_with_code(post, TEXT)
    withdraw_comment(code=code)
    call_command("export_thread", post.slug, "--all-states")
    out = capsys.readouterr().out
    assert re.search('"text": null', out)
    assert MARK not in out
