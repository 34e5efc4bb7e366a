"""What is held, what is refused, and what the author is told."""

import datetime

import pytest
from django.core.checks import run_checks
from django.test import override_settings
from django.utils import timezone

from forum.errors import Refused
from forum.models import Comment
from moderation.models import Case, ScreeningRules
from moderation.screening import words_in
from tests.scenery import make_post, write

pytestmark = pytest.mark.django_db

THREE_LINKS = "http://a.example http://b.example http://c.example"


def rules(**fields):
    ScreeningRules.objects.update_or_create(pk=1, defaults=fields)


def test_two_links_pass_and_three_are_held(post):
    assert write(post, "http://a.example http://b.example").is_published
    held = write(post, THREE_LINKS)
    held.refresh_from_db()
    assert held.state == Comment.State.HELD
    assert held.number is None
    assert "more than 2 links" in held.reason
    case = Case.objects.get(comment=held)
    assert (case.held_by_rule, case.held_detail) == ("links", "3 links")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He is from Northmere.", ["northmere"]),
        ("NORTHMERE!", ["northmere"]),
        ("Northmereside", []),
        ("the old  yard\nis shut", ["old yard"]),
        ("classical passing", []),
        ("x-northmere-y", ["northmere"]),
        ("c++ is fine", ["c++"]),
    ],
)
def test_words_are_found_whole_whatever_their_case(text, found):
    assert words_in(text, "Northmere\n\n old   yard \nass\nc++\n") == found


def test_a_word_on_the_list_is_held_and_the_author_does_not_learn_which(post):
    rules(held_words="Northmere")
    held = write(post, "At Northmere they know.")
    assert held.state == Comment.State.HELD
    assert "Northmere" not in held.reason
    assert Case.objects.get().held_detail == "northmere"
    assert write(post, "Hello.", name="northmere").state == Comment.State.HELD


def test_a_refused_word_stores_nothing_and_says_why(client, post):
    rules(refused_words="buy pills")
    with pytest.raises(Refused):
        write(post, "Buy pills here")
    response = client.post(f"{post.get_absolute_url()}/comments", {"text": "Buy  pills here"})
    assert response.status_code == 422
    assert "refuses comments with" in response.content.decode()
    assert "Buy  pills here" in response.content.decode()
    assert (Comment.objects.count(), Case.objects.count()) == (0, 0)


def test_hold_everything_on_the_site_or_on_one_post(post):
    quiet = make_post("Quiet", hold_comments=True)
    assert write(quiet, "Hello").state == Comment.State.HELD
    assert write(post, "Hello").is_published
    rules(hold_everything=True)
    assert write(post, "Hello again").state == Comment.State.HELD


def test_old_posts_only_when_the_owner_says_so():
    old = make_post("Old", publish_at=timezone.now() - datetime.timedelta(days=40))
    assert write(old, "First").is_published
    rules(older_than_days=30)
    assert write(old, "Second").state == Comment.State.HELD
    assert write(make_post("New"), "Third").is_published


def test_staff_are_not_screened(as_bob, post):
    rules(hold_everything=True)
    as_bob.post(f"{post.get_absolute_url()}/comments", {"text": "A word from us.", "as_staff": "on"})
    comment = Comment.objects.get()
    assert (comment.is_published, comment.staff_role) == (True, "moderator")


def test_a_reader_cannot_carry_the_mark(client, post):
    client.post(f"{post.get_absolute_url()}/comments", {"text": "I am the law.", "as_staff": "on"})
    assert Comment.objects.get().staff_role == ""


def test_the_owner_changes_the_rules(as_alice, post):
    sent = {"most_links": "0", "older_than_days": "", "held_words": "Northmere", "refused_words": ""}
    assert as_alice.post("/moderation/rules/", sent).status_code == 303
    assert ScreeningRules.current().most_links == 0
    assert write(post, "http://a.example").state == Comment.State.HELD
    wrong = as_alice.post("/moderation/rules/", sent | {"most_links": "-1", "held_words": "Kept"})
    assert wrong.status_code == 422
    assert "Kept" in wrong.content.decode()


def test_a_number_of_days_beyond_all_measure_is_refused(as_alice):
    sent = {"most_links": "2", "older_than_days": "2000000000", "held_words": "", "refused_words": ""}
    assert as_alice.post("/moderation/rules/", sent).status_code == 422


@override_settings(FORUM_SCREENER="forum.screening.publish_all")
def test_the_forum_runs_without_moderation(post):
    assert write(post, THREE_LINKS).is_published


@override_settings(FORUM_SCREENER="nowhere.at_all")
def test_a_screener_that_is_not_there_stops_the_start():
    assert "forum.E001" in [message.id for message in run_checks()]
