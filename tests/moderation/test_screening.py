"""What is held, what is refused, and what the author is told: by rules, by the mode of the site and of a post."""

import datetime

import pytest
from django.core.checks import run_checks
from django.test import override_settings
from django.utils import timezone

from forum import site
from forum.errors import Closed, Refused
from forum.models import Comment
from forum.services.away import look_whether_away
from moderation.models import Case, Rule
from tests.scenery import at, make_post, make_rule, write

pytestmark = pytest.mark.django_db

THREE_LINKS = "http://a.example http://b.example http://c.example"
READS_ALL = "A moderator reads comments here before they appear."


def page_of(client, post):
    return client.get(post.get_absolute_url()).content.decode()


def test_two_links_pass_and_three_are_held(post):
    assert write(post, "http://a.example http://b.example").is_published
    held = write(post, THREE_LINKS)
    held.refresh_from_db()
    assert held.state == Comment.State.HELD
    assert held.number is None
    assert "more than 2 links" in held.reason
    case = Case.objects.get(comment=held)
    assert (case.held_by_rule, case.held_detail) == ("links", "3 links")


def test_a_word_on_the_list_is_held_and_the_author_does_not_learn_which(post):
    make_rule("Northmere")
    held = write(post, "At NORTHMERE they know.")
    assert held.state == Comment.State.HELD
    assert "orthmere" not in held.reason
    assert Case.objects.get().held_detail == "Northmere"
    assert write(post, "Hello.", name="northmere").state == Comment.State.HELD


def test_a_refused_word_stores_nothing_and_says_why(client, post):
    make_rule("buy pills", answer="refuse", why="No adverts here.")
    with pytest.raises(Refused):
        write(post, "Buy pills here")
    response = client.post(f"{post.get_absolute_url()}/comments", {"text": "Buy  pills here"})
    assert response.status_code == 422
    assert "No adverts here. It is about: “buy pills”." in response.content.decode()
    assert "Buy  pills here" in response.content.decode()
    assert (Comment.objects.count(), Case.objects.count()) == (0, 0)


def test_the_first_rule_that_speaks_decides_and_order_can_be_changed(post):
    first = make_rule("gov", answer="publish")
    make_rule("gov", answer="hold")
    assert write(post, "gov one").is_published
    Rule.objects.filter(pk=first.pk).update(position=99)
    assert write(post, "gov two").state == Comment.State.HELD


def test_a_rule_that_is_switched_off_does_nothing(post):
    make_rule("gov", answer="refuse", active=False)
    assert write(post, "gov").is_published


@pytest.mark.parametrize(
    ("of_site", "of_post", "plain", "with_link", "said"),
    [
        ("open", {}, "published", "published", ""),
        ("hold_links", {}, "published", "held", "comments with a link here"),
        ("hold_all", {}, "held", "held", READS_ALL),
        ("open", {"hold_links": True}, "published", "held", "comments with a link here"),
        ("open", {"hold_comments": True}, "held", "held", READS_ALL),
        ("hold_links", {"hold_comments": True}, "held", "held", READS_ALL),
        ("hold_all", {"hold_links": True}, "held", "held", READS_ALL),
        ("open", {"comments_open": False}, None, None, "takes no more comments"),
        ("closed", {}, None, None, "takes no more comments"),
        ("closed", {"hold_links": True}, None, None, "takes no more comments"),
    ],
)
def test_the_stricter_of_two_modes_holds_and_readers_are_told(client, of_site, of_post, plain, with_link, said):
    post = make_post("Modes")
    assert said == "" or said not in page_of(client, post)
    site.change(comments=of_site)
    # As the desk stores it: the page is made anew.
    post = make_post("Modes too", **of_post)
    assert said in page_of(client, post)
    assert said in client.get(f"{post.get_absolute_url()}/reply").content.decode()
    if plain is None:
        with pytest.raises(Closed):
            write(post, "Plain.")
        assert 'name="text"' not in page_of(client, post)
        return
    assert write(post, "Plain.").state == plain
    assert write(post, "See http://a.example").state == with_link


def test_a_kept_page_follows_the_mode_of_the_site_at_once(client, post):
    for mode, said in [("open", False), ("hold_all", True), ("open", False)]:
        site.change(comments=mode)
        assert (READS_ALL in page_of(client, post)) is said
    written = write(post, "To answer.")
    site.change(comments="closed")
    assert f"reply?to={written.number}" not in page_of(client, post)


def test_a_rule_that_publishes_lets_links_through_but_not_where_everything_is_held(post):
    make_rule("gov.example", kind="links", answer="publish", position=0)
    site.change(comments="hold_links")
    assert write(post, "See http://www.gov.example/a").is_published
    assert write(post, "See http://gov.example/a and http://evil.example").state == Comment.State.HELD
    site.change(comments="hold_all")
    assert write(post, "See http://gov.example/b").state == Comment.State.HELD


def test_a_refusal_stands_although_everything_is_held(post):
    make_rule("casino", answer="refuse")
    site.change(comments="hold_all")
    with pytest.raises(Refused):
        write(post, "A casino.")


def test_with_nobody_at_the_queue_everything_holds_and_readers_are_told(client, as_bob, post):
    said = "No moderator is here at the moment"
    with at("2026-03-02 08:00"):
        site.change(away_after_hours=12, queue_opened_at=timezone.now())
    with at("2026-03-02 19:59"):
        look_whether_away()
        assert write(post, "At one to eight.").is_published
        assert said not in page_of(client, post)
    with at("2026-03-02 20:00"):
        # Until the clock has said so, pages do not look at the time.
        assert said not in page_of(client, post)
        look_whether_away()
        assert said in page_of(client, post)
        assert said in client.get(f"{post.get_absolute_url()}/reply").content.decode()
        held = write(post, "At eight.")
        assert (held.state, held.reason[:12]) == (Comment.State.HELD, "No moderator")
        assert Case.objects.get().held_by_rule == "all while no moderator is here"
        client.get("/moderation/")
        assert said in page_of(client, post)
        as_bob.get("/moderation/")
        assert said not in page_of(client, post)
        assert write(post, "Just after.").is_published
    with at("2026-03-03 07:59"):
        assert look_whether_away() is False
    with at("2026-03-03 08:00"):
        assert look_whether_away() is True


def test_nothing_is_noted_of_moderators_unless_the_owner_wants_it(as_bob):
    as_bob.get("/moderation/")
    assert site.stored().queue_opened_at is None
    site.change(away_after_hours=5)
    as_bob.get("/moderation/")
    noted = site.stored().queue_opened_at
    assert (noted.second, noted.microsecond) == (0, 0)


def test_old_posts_only_when_the_owner_says_so():
    old = make_post("Old", publish_at=timezone.now() - datetime.timedelta(days=40))
    assert write(old, "First").is_published
    make_rule(kind="age", number=30)
    assert write(old, "Second").state == Comment.State.HELD
    assert write(make_post("New"), "Third").is_published


def test_staff_are_not_screened(as_bob, post):
    site.change(comments="hold_all")
    as_bob.post(f"{post.get_absolute_url()}/comments", {"text": "A word from us.", "as_staff": "on"})
    comment = Comment.objects.get()
    assert (comment.is_published, comment.staff_role) == (True, "moderator")


def test_a_reader_cannot_carry_the_mark(client, post):
    client.post(f"{post.get_absolute_url()}/comments", {"text": "I am the law.", "as_staff": "on"})
    assert Comment.objects.get().staff_role == ""


@override_settings(FORUM_SCREENER="forum.screening.publish_all")
def test_the_forum_runs_without_moderation(post):
    assert write(post, THREE_LINKS).is_published


@override_settings(FORUM_SCREENER="nowhere.at_all")
def test_a_screener_that_is_not_there_stops_the_start():
    assert "forum.E001" in [message.id for message in run_checks()]
