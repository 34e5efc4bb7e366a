"""Pen names: the first holder keeps one, a phrase proves it, and nobody else gets near it."""

from __future__ import annotations

import re

import pytest
from django.test import override_settings

from forum import limits, phrases
from forum.errors import BadName, BadPhrase, NameTaken, WrongPhrase
from forum.models import Comment, LaterComment, PenName
from forum.services.comments import withdraw_comment
from forum.services.later import withdraw_later
from forum.services.pen_names import prove
from forum.services.posting import Submission, post_comment
from forum.services.tickets import open_ticket
from tests.scenery import at_once, make_post, write, write_with_code

pytestmark = pytest.mark.django_db

PHRASE = "violet kettle under nine stairs"
OTHER = "seven quiet spoons of marble"


def write_as(post, text: str, name: str = "Getafix", phrase: str = PHRASE, **fields) -> Comment:
    return write(post, text, name=name, phrase=phrase, **fields)


def send(client, post, **fields):
    return client.post(f"{post.get_absolute_url()}/comments", {"text": "Hello.", "name": "Getafix"} | fields)


def test_the_first_holder_keeps_it_under_all_posts(post, client):
    first = write_as(post, "One.")
    second = write_as(make_post("Rooms"), "Two.", name="  GETAFIX ", phrase="violet  kettle under nine stairs ")
    assert first.pen_name == second.pen_name
    assert second.name == "Getafix"
    assert "<bdi>Getafix</bdi> <small>pen name, checked</small>" in client.get(post.get_absolute_url()).content.decode()
    assert "Getafix (pen name, checked)" in client.get("/comments.atom").content.decode()


def test_a_wrong_phrase_is_refused_and_the_text_kept_and_the_phrase_not_shown(post, client):
    write_as(post, "One.")
    answer = send(client, post, phrase=OTHER, text="What I typed.")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "this is not its secret phrase" in html
    assert "What I typed." in html
    assert OTHER not in html
    assert Comment.objects.count() == 1
    with pytest.raises(WrongPhrase):
        write_as(post, "Two.", phrase=PHRASE.upper())


@pytest.mark.parametrize("name", ["Getafix", "getafix", "G\u0435tafix", "Get-a-f1x", "G\u00ebtafix"])
def test_nobody_else_takes_it_or_one_like_it(post, client, name):
    write_as(post, "One.")
    with pytest.raises(BadName, match="is a pen name, or looks like one"):
        write(post, "Me.", name=name)
    with pytest.raises((BadName, WrongPhrase)):
        write_as(post, "Me.", name=name, phrase=OTHER)
    assert PenName.objects.count() == 1


@pytest.mark.parametrize(
    "name", ["G\u0435tafix", "X1", "\u0421\u043e\u0432\u0430", "???", "Moderat0r", "Gr\u00f8n stol"]
)
def test_names_that_cannot_be_pen_names(post, name):
    with pytest.raises(BadName):
        write_as(post, "One.", name=name)
    assert PenName.objects.count() == 0


@pytest.mark.parametrize(
    "phrase", ["short", "elevenchars", "aaaaaaaaaaaaaaaa", "getafixgetafix", "x" * 201, "Getafix 1234"]
)
def test_phrases_that_are_none(post, phrase):
    with pytest.raises(BadPhrase):
        write_as(post, "One.", phrase=phrase)
    assert PenName.objects.count() == 0


def test_a_phrase_without_a_name_is_asked_about(post, client):
    answer = send(client, post, name="", phrase=PHRASE)
    assert answer.status_code == 422
    assert "Enter the name that the secret phrase is for" in answer.content.decode()


def test_after_a_preview_the_phrase_is_asked_for_again_and_may_be_left_out(post, client):
    path = post.get_absolute_url()
    html = client.post(f"{path}/preview", {"text": "Hello.", "name": "Getafix", "phrase": PHRASE}).content.decode()
    assert PHRASE not in html
    assert "Enter it again: it is never shown." in html
    again = re.search(r'<input type="hidden" name="(phrase_again)" value="(1)">', html).groups()
    html = send(client, post, phrase="", **dict([again])).content.decode()
    assert "Enter your secret phrase again" in html
    assert "phrase_again" not in html
    assert Comment.objects.count() == 0
    assert send(client, post, phrase="").status_code == 303
    assert Comment.objects.get().pen_name is None


def test_only_a_slow_hash_with_its_own_salt_is_kept(post):
    write_as(post, "One.")
    write_as(post, "Two.", name="Asterix")
    kept = list(PenName.objects.values_list("phrase_hash", flat=True))
    assert len({one.rpartition("$")[2] for one in kept}) == 2
    assert all(one.startswith("$argon2id$v=19$") for one in kept)


@override_settings(PHRASE_COST={"memory_cost": 64 * 1024, "iterations": 3, "lanes": 1})
def test_with_real_costs_it_fits_and_the_key_of_the_server_is_needed():
    kept = phrases.hash_phrase(PHRASE, salt=b"0123456789abcdef")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert phrases.fits(PHRASE, kept)
    assert not phrases.fits(OTHER, kept)
    with override_settings(SECRET_KEY="another key altogether, of some length"):
        assert not phrases.fits(PHRASE, kept)


def test_trying_phrases_is_slowed(post, client):
    write_as(post, "One.")
    statuses = [send(client, post, phrase=f"{OTHER} {number}").status_code for number in range(limits.PHRASE.most + 1)]
    assert statuses == [422] * limits.PHRASE.most + [429]
    assert send(client, post, name="Dana").status_code == 303


def test_of_two_who_take_it_at_once_one_keeps_it(transactional_db):
    desks, rooms = make_post("Desks"), make_post("Rooms")
    raised = at_once(
        lambda: write_as(desks, "Mine."),
        lambda: write_as(rooms, "No, mine.", phrase=OTHER),
    )
    assert [type(error) for error in raised] in ([NameTaken], [WrongPhrase])
    assert (PenName.objects.count(), Comment.objects.count()) == (1, 1)


def test_pressing_twice_takes_it_once(post):
    first = write_as(post, "Once.", nonce="ab" * 16)
    assert write_as(post, "Once.", nonce="ab" * 16) == first
    assert PenName.objects.count() == 1


def test_a_comment_that_is_refused_takes_no_name(post):
    post.comments_open = False
    post.save()
    with pytest.raises(Exception, match="takes no more comments"):
        write_as(post, "One.")
    assert PenName.objects.count() == 0


def test_when_the_last_comment_is_withdrawn_nothing_of_the_name_stays(post):
    codes = [write_with_code(post, text, name="Getafix", phrase=PHRASE)[1] for text in ("One.", "Two.")]
    waiting = open_ticket(
        post_comment(post=post, submission=Submission("Three.", name="Getafix", phrase=PHRASE, later=True))
    )
    for code in codes:
        withdraw_comment(code=code)
        assert PenName.objects.count() == 1
    withdraw_later(code=waiting.code)
    assert (PenName.objects.count(), LaterComment.objects.count()) == (0, 0)
    _, code = write_with_code(post, "Mine now.", name="Getafix", phrase=OTHER)
    assert PenName.objects.count() == 1
    withdraw_comment(code=code)
    assert PenName.objects.count() == 0


def test_withdrawing_the_last_and_posting_another_at_once(transactional_db):
    desks, rooms = make_post("Desks"), make_post("Rooms")
    _, code = write_with_code(desks, "One.", name="Getafix", phrase=PHRASE)
    assert at_once(lambda: withdraw_comment(code=code), lambda: write_as(rooms, "Two.")) == []
    assert Comment.objects.get(post=rooms).pen_name == PenName.objects.get()


def test_a_comment_of_the_staff_has_none_and_the_mark_of_the_staff_cannot_be_had(post, as_alice, client):
    answer = send(as_alice, post, phrase=PHRASE, as_staff="on")
    assert answer.status_code == 422
    assert "can have no pen name" in answer.content.decode()
    send(client, post, phrase=PHRASE, as_staff="on")
    html = client.get(post.get_absolute_url()).content.decode()
    assert "pen name, checked" in html
    assert 'class="mark"' not in html


def test_a_name_without_a_phrase_costs_one_query_and_none_costs_none(post, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert prove(name="Dana", phrase="") is None
    with django_assert_num_queries(0):
        assert prove(name="", phrase="") is None
