"""Search: found at once, gone at once, and nothing that a reader types is an error."""

from __future__ import annotations

import hashlib
import json
import re
from html import unescape

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.errors import ForumError
from forum.models import Comment, Post
from forum.screening import Answer, Verdict
from forum.search import Results, search
from forum.services.comments import approve_comment, remove_comment, restore_comment, withdraw_comment
from forum.services.discussions import withdraw_discussion
from forum.services.posts import PostDraft, save_post, unpublish_post
from forum.services.updates import add_update, delete_update
from tests.scenery import at, make_discussion, make_post, write, write_with_code

pytestmark = pytest.mark.django_db
# The end of the stem of "quxxling": an index may store the beginning that words have in common once.
TAIL = "xxl"
TRIGGERS = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_search_%'",
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'search_%'",
}


def found(words: str, **wanted: object) -> list[str]:
    """What is found: texts of comments and updates, titles of posts."""
    results: Results = search(words, **wanted)
    return [
        thing.title if isinstance(thing, Post) else getattr(thing, "source", "") or thing.body
        for thing in results.found
    ]


def edit(post: Post, title: str, body: str) -> Post:
    return save_post(post_id=post.pk, version=post.version, draft=PostDraft(title=title, body=body))


def hold_everything(draft: object) -> Verdict:
    return Verdict(Answer.HOLD, "To be read first")


def kept_words() -> str:
    """Every cell of every table of the database, those behind the index too."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # A virtual table shows its shadow tables' content again, and its commands as a column.
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%%'")
        else:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        kept = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                kept += [bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row]
    return "\n".join(kept)


def test_a_comment_is_found_at_once_gone_at_once_when_removed_and_back_when_restored(post):
    comment = write(post, "The heron stands in the car park.")
    assert found("heron") == ["The heron stands in the car park."]
    remove_comment(comment_id=comment.pk, reason="Spam")
    assert found("heron") == []
    restore_comment(comment_id=comment.pk)
    assert len(found("heron")) == 1


@override_settings(FORUM_SCREENER="tests.forum.test_search.hold_everything")
def test_a_held_comment_is_found_from_its_approval_on(post):
    comment = write(post, "A heron, held.")
    assert found("heron") == []
    approve_comment(comment_id=comment.pk)
    assert found("heron") == ["A heron, held."]


@pytest.mark.parametrize("removed_first", [False, True])
def test_a_withdrawn_comment_leaves_no_word_in_any_table(post, removed_first):
    write(post, "Another one stays.")
    comment, code = write_with_code(post, "Kingfishers, said quxxling.")
    assert TAIL in kept_words()
    if removed_first:
        remove_comment(comment_id=comment.pk, reason="Spam")
    withdraw_comment(code=code)
    assert found("kingfishers") == []
    assert TAIL not in kept_words()
    assert found("another") == ["Another one stays."]


@pytest.mark.django_db(transaction=True)
def test_a_withdrawn_comment_leaves_no_word_when_each_step_was_a_transaction_of_its_own():
    post = make_post()
    words = [hashlib.sha256(b"%d" % number).hexdigest()[:20] for number in range(30)]
    texts = [write_with_code(post, f"Quxxling {word}.") for word in words]
    for _, code in texts[:-1]:
        withdraw_comment(code=code)
    kept = kept_words()
    assert [word for word in words if word[-12:] in kept] == words[-1:]
    assert found("quxxling") == [f"Quxxling {words[-1]}."]


@pytest.mark.django_db(transaction=True)
def test_the_only_text_of_a_new_site_written_and_withdrawn_in_one_step_leaves_no_word():
    with transaction.atomic():
        _, code = make_discussion("Herons", "The quxxling question.")
        withdraw_discussion(code=code)
    assert TAIL not in kept_words()


def test_a_withdrawn_discussion_and_what_stands_below_it_are_not_found():
    post, code = make_discussion("Herons", "The quxxling question.")
    write(post, "An answer about owls.")
    assert found("quxxling") == found("herons") == ["Herons"]
    withdraw_discussion(code=code)
    assert found("herons") == found("quxxling") == found("owls") == []
    assert TAIL not in kept_words()


def test_an_unpublished_post_takes_its_comments_and_updates_out_of_the_search_and_brings_them_back(post):
    write(post, "A heron.")
    add_update(post_id=post.pk, headline="Later", body="A second heron.")
    assert len(found("heron")) == 2
    unpublish_post(post_id=post.pk)
    assert found("heron") == found("desk review") == []
    Post.objects.update(state=Post.State.PUBLISHED)
    assert len(found("heron")) == 2
    assert len(found("desk review")) == 1


def test_a_post_is_found_by_title_and_text_as_last_saved_and_a_draft_is_not(post):
    make_post("A heron in draft", publish_at=None)
    assert found("heron") == []
    edit(post, "Herons again", "Now about owls.")
    assert found("heron owl") == ["Herons again"]
    assert found("desk") == []


def test_an_update_that_was_taken_away_is_not_found(post):
    update = add_update(post_id=post.pk, headline="Herons", body="They are back.")
    assert found("herons back") == ["They are back."]
    delete_update(post_id=post.pk, number=update.number)
    assert found("herons") == []


def test_an_imported_thread_is_found(tmp_path):
    file = tmp_path / "thread.jsonl"
    file.write_text(json.dumps({"id": 1, "text": "A heron from long ago.", "time": "2019-05-01T09:00:00Z"}))
    call_command("import_thread", str(file), title="Old thread", verbosity=0)
    assert found("heron") == ["A heron from long ago."]
    assert found("heron", year=2019) == ["A heron from long ago."]


@pytest.mark.parametrize(
    "words",
    ["caseload", "CASELOADS", '"the caseloads here"', "cafe", "café", "don't", "don’t", "naïve -heron", "2026", "well-known",
     '"don\'t panic', "“the caseloads”", "to be", "-heron caseload", "‑heron caseload", 'caseload -"here the"', "caseload*", ":caseload"],
)  # fmt: skip
def test_these_words_find_it(post, words):
    text = "The caseloads here don't panic the naïve well-known Café of 2026: to be or not to be."
    write(post, text)
    assert found(words) == [text]


@pytest.mark.parametrize("words", ['"here the caseloads"', "caseload -café", "caseload heron", '-"to be" caseload'])
def test_these_words_do_not_find_it(post, words):
    write(post, "The caseloads here in the Café, to be.")
    assert found(words) == []


@pytest.mark.parametrize("words", ["", "  ", '"', "***", "-heron", "\0", '-"a b" -c', "x" * 10_000, "(((", "\ud800"])
def test_nothing_to_look_for_is_said_in_a_sentence(words):
    with pytest.raises(ForumError):
        search(words)


HOSTILE = [
    'NEAR(a b, "',
    "a:b",
    "a OR",
    "NOT",
    "AND AND",
    "{a}",
    "^a",
    "a*",
    '"a" + "b"',
    "%s %(x)s %",
    "a\0b",
    "a'; --",
    "!a & |",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_operator_of_either_database_reaches_it(words):
    assert search(words).found == search(words, order="best").found == []


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="\"-*:()^+& |!\\'abNEAROT \0́", max_size=40))
def test_whatever_is_typed_is_answered(db, words):
    try:
        search(words, order="best")
    except ForumError as error:
        assert error.status == 422


def test_newest_first_whatever_the_order_of_writing_and_best_first_by_weight(post):
    with at("2026-03-01T10:00"):
        write(post, "Second: heron, and many other words that make the one that counts weigh little in the whole.")
    with at("2025-03-01T10:00"):
        write(post, "First: heron heron heron.")
    with at("2026-01-01T00:30"):
        write(post, "Between: heron, and many other words that make the one that counts weigh little in the whole.")
    assert [text.split(":")[0] for text in found("heron")] == ["Second", "Between", "First"]
    assert found("heron", order="best")[0].startswith("First")


def test_a_year_is_a_year_in_london_and_a_label_is_the_posts(post):
    labelled = make_post("Labelled", labels=["Desks"])
    with at("2025-12-31T23:59"):
        write(post, "heron of the old year")
    with at("2026-01-01T00:00"):
        write(labelled, "heron of the new year")
    assert found("heron", year=2025) == ["heron of the old year"]
    assert found("heron", year=2026) == ["heron of the new year"]
    assert found("heron", label="desks") == ["heron of the new year"]
    assert found("heron", label="desks", year=2025) == []


def test_the_page_marks_the_words_escapes_the_rest_and_leads_to_the_place(client, post):
    write(post, "Before <script>alert(1)</script> & the herons came.", name="Dana")
    response = client.get("/search/", {"q": '"heron came"'})
    html = response.content.decode()
    assert response.status_code == 200
    assert response.cookies == {}
    assert "the <mark>herons came</mark>." in html
    assert "&amp; the" in html
    assert "<script" not in html
    assert f'href="{post.get_absolute_url()}?c=1&amp;q=%22heron%20came%22#c1"' in html
    assert "name not checked" in html
    assert 'content="noindex"' in html
    assert "no-store" in response.headers["Cache-Control"]


def test_a_long_text_shows_the_stretch_around_the_word(client, post):
    write(post, "early " * 300 + "heron " + "late " * 300)
    html = client.get("/search/?q=heron").content.decode()
    assert re.search(r"… (early ){5,30}<mark>heron</mark> (late ){5,60}…", html)


def test_twenty_a_page_and_the_rest_on_the_next(client, post):
    for number in range(21):
        write(post, f"Heron number {number}.")
    first, second = (client.get(f"/search/?q=heron&page={page}").content.decode() for page in (1, 2))
    assert (first.count("<article>"), second.count("<article>")) == (20, 1)
    assert 'rel="next" href="?q=heron&amp;order=new&amp;year=&amp;label=&amp;page=2"' in first
    assert 'rel="next"' not in second


def test_nothing_typed_shows_the_form_only_and_nothing_found_says_what_to_try(client, post):
    assert "Nothing was found" not in client.get("/search/").content.decode()
    assert "Nothing was found. Try fewer" in client.get("/search/?q=xylophonist").content.decode()


def test_a_wrong_query_is_on_the_page_again_with_a_sentence(client):
    response = client.get("/search/", {"q": "-heron", "order": "best"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: Search" in html
    assert 'value="-heron"' in html
    assert '<option value="best" selected>' in html


@pytest.mark.parametrize("query", ["year=1800", "year=x", "label=nope", "page=0", "page=51", "page=x", "label=%00"])
def test_what_the_form_does_not_offer_is_404(client, post, query):
    assert client.get(f"/search/?q=heron&{query}").status_code == 404


def test_the_search_has_a_limit(client, post):
    for _ in range(60):
        assert client.get("/search/?q=heron").status_code == 200
    assert client.get("/search/?q=heron").status_code == 429
    assert client.get("/search/").status_code == 200


def test_the_index_stands_after_all_migrations_on_each_of_its_tables(db):
    """A later migration that makes a table anew on SQLite drops its triggers; see migrations/0005_search.py."""
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS[connection.vendor])
        assert cursor.fetchone() == (9,)


def test_counting_and_moving_do_not_touch_the_index(post):
    """A thread is renumbered with each reply; the index is written only when words, state or time change."""
    comment = write(post, "A heron.")
    before = index_bytes()
    Comment.objects.filter(pk=comment.pk).update(source=comment.source, state=comment.state, lft=5, rght=6)
    Post.objects.get(pk=post.pk).save()
    assert index_bytes() == before
    assert found("heron") == ["A heron."]


def index_bytes() -> list[object]:
    """The rows of the index as the database has them; on PostgreSQL with the number that each write changes."""
    sql = {
        "sqlite": "SELECT id, block FROM forum_search_data ORDER BY id",
        "postgresql": "SELECT key, ctid::text FROM forum_search ORDER BY key",
    }
    with connection.cursor() as cursor:
        cursor.execute(sql[connection.vendor])
        return list(cursor.fetchall())


def test_a_result_opens_in_place_with_the_words_marked(client, post):
    text = (
        "First words.\n\n"
        + "Much is said of water. " * 60
        + "\n\nTwo *grey herons* & a <b>heron's</b> nest.\n\n"
        + "End. " * 200
    )
    comment = write(post, text)
    write(post, "Another heron.")
    found = client.get("/search/?q=grey+heron").content.decode()
    address = unescape(re.search(r'<h3><a href="([^"]*)"', found)[1])
    page = client.get(address).content.decode()
    assert "Two <em><mark>grey</mark> <mark>herons</mark></em> &amp; a &lt;b&gt;<mark>heron</mark>'s&lt;/b&gt;" in page
    assert "Another heron." in page
    assert '<details class="more" open>' in page
    plain = client.get(comment.get_absolute_url()).content.decode()
    assert "<mark>" not in plain
    assert '<details class="more">' in client.get(post.get_absolute_url()).content.decode()


def test_words_in_a_post_are_marked_where_it_stands(client):
    post = make_post("Herons", "A **heron** by the [river](https://a.example/heron).")
    page = client.get(f"{post.get_absolute_url()}?q=%22heron+by+the+river%22").content.decode()
    assert '<mark>heron</mark></strong><mark> by the </mark><a href="https://a.example/heron" rel' in page
    for nonsense in ("", "-", '"', "x" * 500, "%00"):
        assert client.get(f"{post.get_absolute_url()}?q={nonsense}").status_code == 200
