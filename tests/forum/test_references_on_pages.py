"""Clock times that name comments, as links on the page, whatever happens to the comments."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from forum.extracts import plain_text
from forum.markup import render_comment
from forum.models import Comment, TimeReference
from forum.services.comments import approve_comment, remove_comment, restore_comment, withdraw_comment
from forum.services.imports import Conversation, Item, import_conversation
from forum.services.posting import Submission, post_comment
from forum.services.references import draw_old_looks, follow_all, own_mentions
from tests.scenery import at, make_post, write, write_with_code

pytestmark = pytest.mark.django_db
HOLDS = "http://a.example http://b.example http://c.example"


@pytest.fixture
def post(db):
    with at("2026-01-13 08:00"):
        return make_post("Rooms")


def said(client, comment: Comment) -> str:
    """The article of a comment on its thread's page."""
    html = client.get(f"{comment.post.get_absolute_url()}?page=all").content.decode()
    return re.search(rf'<article class="c[^>]*id="c{comment.number}".*?</article>', html, re.DOTALL)[0]


def speak(post, moment, text, to=None, **fields):
    with at(f"2026-01-{moment}"):
        return write(post, text, to, **fields)


def test_a_clock_time_leads_to_the_comment_of_that_minute_and_back(client, post):
    first = speak(post, "13 10:15", "The rooms are cold.")
    other = speak(post, "13 11:00", "Ours too.")
    answer = speak(post, "13 12:48", "@10:15 bring a coat", other)
    assert '<p><a href="#c1">10:15</a>' not in said(client, answer)
    assert '@<a href="#c1">10:15</a> bring a coat' in said(client, answer)
    assert 'Answered by name in <a href="#c3">12:48 #3</a>' in said(client, first)
    assert answer.source == "@10:15 bring a coat"
    assert "#c1" not in answer.html


def test_two_comments_of_that_minute_are_offered_by_number(client, post):
    for number in range(2):
        speak(post, "13 10:15", f"Remark {number}.")
    answer = speak(post, "13 12:48", "@10:15 which of you?")
    question = '@10:15 <span class="tie">(<a href="#c1">#1</a> or <a href="#c2">#2</a>?)</span> which'
    assert question in said(client, answer)
    assert "Answered by name" not in said(client, Comment.objects.get(number=1))


def test_what_is_taken_down_is_not_led_to_and_leaves_no_wrong_link(client, post):
    """The other one of that minute may not have been meant."""
    first, second = (speak(post, "13 10:15", f"Remark {number}.") for number in range(2))
    alone = speak(post, "13 10:20", "Alone.")
    answer = speak(post, "13 12:48", "@10:15 and @10:20 thank you")
    remove_comment(comment_id=first.pk, reason="Spam")
    remove_comment(comment_id=alone.pk, reason="Spam")
    shown = said(client, answer)
    assert '@10:15 <span class="tie">(<a href="#c2">#2</a>?)</span>' in shown
    assert "@10:20 thank you" in shown
    restore_comment(comment_id=alone.pk)
    assert '@<a href="#c3">10:20</a> thank you' in said(client, answer)
    remove_comment(comment_id=second.pk, reason="Spam")
    assert "@10:15 and" in said(client, answer)


def test_an_answer_that_goes_takes_its_mark_along(client, post):
    first = speak(post, "13 10:15", "The rooms are cold.")
    with at("2026-01-13 12:48"):
        answer, code = write_with_code(post, "@10:15 bring a coat")
    withdraw_comment(code=code)
    assert "Answered by name" not in said(client, first)
    assert not TimeReference.objects.exists()
    answer.refresh_from_db()
    assert answer.fragment == ""


def test_a_late_approval_is_found_by_whoever_named_it(client, post):
    """Nobody could read it then; but who has its author's word for the minute may name it."""
    with at("2026-01-13 10:15"):
        post_comment(post=post, submission=Submission(f"The rooms are cold. {HOLDS}"))
    held = Comment.objects.get()
    assert held.state == Comment.State.HELD
    answer = speak(post, "13 12:48", "@10:15 bring a coat")
    assert "@10:15 bring" in said(client, answer)
    approve_comment(comment_id=held.pk)
    held.refresh_from_db()
    assert f'@<a href="#c{held.number}">10:15</a> bring' in said(client, answer)
    assert "Answered by name" in said(client, held)


def test_an_import_links_what_it_brings_and_comments_without_a_time_are_no_targets(client):
    with at("2023-11-11 09:00"):
        items = [
            Item("Cold rooms.", posted_at=moment("2023-11-11 07:21")),
            Item("Warm here."),
            Item("@07.21 where?", parent=0, posted_at=moment("2023-11-11 08:55")),
            Item("Anonymous 11 November 2023 at 08:55 in the annexe.", posted_at=moment("2023-11-12 23:46")),
        ]
        import_conversation(Conversation("Rooms", "Text.", moment("2023-11-11 07:00"), True, items))
    comments = list(Comment.objects.order_by("number"))
    assert '@<a href="#c1">07.21</a> where?' in said(client, comments[2])
    assert 'Anonymous 11 November 2023 at <a href="#c3">08:55</a> in' in said(client, comments[3])
    assert 'Answered by name in <a href="#c4">23:46, 12 Nov #4</a>' in said(client, comments[2])


def test_links_to_another_page_of_the_thread_lead_there(client, post, monkeypatch):
    monkeypatch.setattr("forum.threads.PAGE_SIZE", 2)
    speak(post, "13 10:15", "One.")
    speak(post, "13 10:16", "Two.")
    speak(post, "13 10:17", "@10:15 three")
    page = client.get(f"{post.get_absolute_url()}?page=2").content.decode()
    assert '@<a href="?c=1#c1">10:15</a>' in page
    whole = client.get(f"{post.get_absolute_url()}?page=all").content.decode()
    assert '@<a href="#c1">10:15</a>' in whole
    part = client.get(f"{post.get_absolute_url()}/c/3").content.decode()
    assert f'@<a href="{post.get_absolute_url()}?c=1#c1">10:15</a>' in part


def test_marks_of_ours_cannot_be_typed(client, post):
    speak(post, "13 10:15", "One.")
    answer = speak(post, "13 10:16", '@10:15 \ufdd30\ufdd4 <a href="#c9">x</a> \ufdd37\ufdd4')
    shown = said(client, answer)
    assert shown.count('<a href="#c1">10:15</a>') == 1
    assert "&lt;a href" in shown


def test_times_in_an_article_that_was_pasted_stay_plain(client, post):
    first = speak(post, "13 10:15", "One.")
    article = "@10:15 the doors were opened. " + "The works began in the morning and went on. " * 12
    answer = speak(
        post, "13 10:16", f"From the Northmere Gazette:-\n\n{article}\n\n******\n\n@10:15 have you seen this?"
    )
    shown = said(client, answer)
    assert "<blockquote>" in shown
    assert shown.count('<a href="#c1">10:15</a>') == 1
    assert '@<a href="#c1">10:15</a> have' in shown
    assert "Answered by name" in said(client, first)


@given(
    st.lists(
        st.sampled_from(["10:15", "@", "9.25", ">", "*", "_", "\n", " ", "http://a.example/", "(", "“", '"', ":-"])
    )
)
def test_no_text_with_times_breaks_what_is_rendered(parts):
    text = "".join(parts)
    html = render_comment(text)
    own = own_mentions(text, html)
    marked = render_comment(text, [(mention.start, mention.end, "<i>!</i>") for mention in own])
    assert marked.count("<i>!</i>") == len(own)
    assert plain_text(html) == plain_text(render_comment(text, [(m.start, m.end, text[m.start : m.end]) for m in own]))


def test_an_older_look_is_made_anew_while_it_is_read_and_stored_by_the_clock(client, post):
    first = speak(post, "13 10:15", "One.")
    answer = speak(post, "13 10:16", "@10:15 two")
    stored = Comment.objects.get(pk=first.pk).fragment
    TimeReference.objects.all().delete()
    Comment.objects.update(fragment="an old look", look=0, html="<p>One. Old</p>")
    assert "One." in said(client, first)
    draw_old_looks()
    assert Comment.objects.get(pk=first.pk).fragment == stored
    assert Comment.objects.get(pk=first.pk).html == "<p>One.</p>"
    assert "#c1" in said(client, answer)
    with CaptureQueriesContext(connection) as queries:
        draw_old_looks()
    assert len(queries) == 1


def moment(text):
    with at(text) as fixed:
        return fixed


def test_a_later_comment_of_a_minute_that_was_named_is_not_what_was_meant(client, post):
    speak(post, "13 10:15", "The rooms are cold.")
    answer = speak(post, "13 10:15", "@10:15 bring a coat")
    speak(post, "13 10:15", "The kettle is broken.")
    assert '@<a href="#c1">10:15</a> bring' in said(client, answer)
    follow_all(post)
    assert '@<a href="#c1">10:15</a> bring' in said(client, answer)
