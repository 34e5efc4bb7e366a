"""Posting a comment: one press, two presses, two people, and everything that can be wrong with it."""

import pytest
from django.test import override_settings

from forum import receipts
from forum.errors import BadName, BadText, Closed, ParentGone
from forum.models import Comment, Post, Ticket
from forum.services.comments import find_by_code, remove_comment
from forum.services.posting import Submission, post_comment
from forum.services.tickets import open_ticket, purge_tickets
from forum.source import MAX_LENGTH
from tests.scenery import at, at_once, make_post, write, write_with_code

pytestmark = pytest.mark.django_db

NONCE = "0123456789abcdef" * 2


def test_a_comment_gets_the_next_number_and_the_minute(post):
    with at("2026-01-13T10:15:42"):
        first = write(post, "Same here.")
    first.refresh_from_db()
    assert first.number == 1
    assert first.posted_at.isoformat() == "2026-01-13T10:15:00+00:00"
    assert first.published_at == first.posted_at
    assert write(post, "And here.").number == 2
    assert Post.objects.get(pk=post.pk).comment_count == 2


def test_the_source_is_kept_as_typed(post):
    typed = "  Line one\r\nline *two*\r\n\r\n> quoted  \t\r\n"
    assert write(post, typed).source == "  Line one\nline *two*\n\n> quoted  \t\n"


def test_a_safelink_gives_up_the_work_address(post):
    link = (
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1"
        "&data=05%7C01%7Cdana%40example.net%7Cx&reserved=0"
    )
    assert write(post, f"See {link} for more.").source == "See https://example.org/a?b=1 for more."


@pytest.mark.parametrize("text", ["", "  \n\t ", "a\x00b", "x" * (MAX_LENGTH + 1), "\ud800"])
def test_what_cannot_be_taken_is_refused_in_words(post, text):
    with pytest.raises(BadText, match=r"\."):
        post_comment(post=post, submission=Submission(text))
    assert Comment.objects.count() == 0


@pytest.mark.parametrize("text", ["\u200b", "\u2060\n\ufeff", "\u3164", "> ", "- ", "> >\n\n*"])
def test_a_comment_that_shows_nothing_is_none(post, text):
    with pytest.raises(BadText):
        write(post, text)


def test_a_rule_alone_shows_something(post):
    assert write(post, "******").html == "<hr>"


@pytest.mark.parametrize(
    "name",
    [
        "x" * 41,
        "The  Owner",
        "moderator",
        "a\u202eb",
        "ow\u00adner",
        "\uff2f\uff57\uff4e\uff45\uff52",
        "The Blog Owner",
        "\u3164",
        "a\ud800",
    ],
)
def test_names_of_staff_and_names_that_hide_are_refused(post, name):
    with pytest.raises(BadName):
        write(post, "Hello", name=name)


def test_pressing_twice_is_one_comment_and_one_receipt(post):
    first, code = write_with_code(post, "Once.", nonce=NONCE)
    second, again = write_with_code(post, "Once.", nonce=NONCE)
    assert first == second
    assert code == again
    assert find_by_code(code) == first
    assert Comment.objects.count() == 1


def test_the_same_form_with_another_text_is_another_comment(post):
    _, code = write_with_code(post, "Once.", nonce=NONCE)
    _, other = write_with_code(post, "Twice.", nonce=NONCE)
    assert code != other
    assert Comment.objects.count() == 2


def test_the_same_form_sent_elsewhere_is_another_comment(post):
    parent = write(post, "Parent.")
    codes = [write_with_code(post, "Once.", to, nonce=NONCE)[1] for to in (None, parent)]
    codes.append(write_with_code(make_post("Another"), "Once.", nonce=NONCE)[1])
    assert len(set(codes)) == 3


def test_pressing_twice_still_works_when_the_post_has_closed_or_the_parent_is_gone(post):
    parent = write(post, "Parent.")
    first, code = write_with_code(post, "Reply.", parent, nonce=NONCE)
    remove_comment(comment_id=parent.pk, reason="Spam")
    Post.objects.update(comments_open=False)
    assert write_with_code(post, "Reply.", parent, nonce=NONCE) == (first, code)


def test_a_copied_text_gives_no_receipt(post):
    dana, code = write_with_code(post, "My words.", nonce=NONCE)
    for nonce in ("", "f" * 32):
        eve, stolen = write_with_code(post, "My words.", nonce=nonce)
        assert eve == dana
        assert stolen is None
    assert code is not None
    post.refresh_from_db()
    assert (post.comment_count, post.last_number) == (1, 1)
    assert write(post, "Others.").number == 2


@pytest.mark.django_db(transaction=True)
def test_pressed_four_times_at_once_it_is_one_comment_and_takes_one_number(post):
    made = []
    assert at_once(*[lambda: made.append(write_with_code(post, "Once.", nonce=NONCE))] * 4) == []
    assert len(set(made)) == 1
    post.refresh_from_db()
    assert (post.comment_count, post.last_number) == (1, 1)


def test_what_a_comment_costs_the_database(client, post, django_assert_max_num_queries):
    parent = write(post, "Parent.")
    for reply_to in ("", parent.number):
        with django_assert_max_num_queries(14):
            client.post(f"{post.get_absolute_url()}/comments", {"text": f"Hello {reply_to}.", "reply_to": reply_to})


def test_the_same_text_is_another_comment_elsewhere_or_later(post):
    with at("2026-01-13T10:15:00"):
        parent = write(post, "I agree.")
        write(post, "I agree.", parent)
    with at("2026-01-13T10:26:00"):
        write(post, "I agree.")
    write(make_post("Another"), "I agree.")
    assert Comment.objects.count() == 4


@override_settings(FORUM_LIMITS=False)
def test_the_rules_against_doubles_hold_without_limits_too(post):
    assert write(post, "Once.") == write(post, "Once.")
    assert write(post, "Twice.", nonce=NONCE) == write(post, "Twice.", nonce=NONCE)


def test_a_parent_that_is_gone_and_a_closed_post_are_told(post):
    gone = write(post, "Parent.")
    remove_comment(comment_id=gone.pk, reason="Spam")
    with pytest.raises(ParentGone, match="Comment 1"):
        write(post, "Reply.", gone)
    Post.objects.update(comments_open=False)
    with pytest.raises(Closed):
        write(post, "Too late.")


def test_the_database_alone_does_not_tell_the_code(post):
    comment, code = write_with_code(post, "Secret author.")
    ticket = Ticket.objects.get()
    comment.refresh_from_db()
    assert code not in bytes(ticket.sealed_code)
    assert code.hex() not in comment.receipt_hash
    assert receipts.unseal(bytes(ticket.sealed_code), "another-ticket") is None


def test_a_ticket_lives_for_two_minutes_and_is_purged(post):
    with at("2026-01-13T10:15:30"):
        ticket = post_comment(post=post, submission=Submission("Hello."))
    with at("2026-01-13T10:17:29"):
        assert open_ticket(ticket).code
    with at("2026-01-13T10:18:31"):
        assert open_ticket(ticket) is None
        assert purge_tickets() == 1
    assert Comment.objects.count() == 1
    assert open_ticket("nonsense") is None
