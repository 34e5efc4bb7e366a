"""Posts: drafts, schedules, permalinks, and an owner with two tabs."""

import datetime
from functools import partial

import pytest
from django.utils import timezone

from forum.models import Label, Post
from forum.services.posts import EditedMeanwhile, PostDraft, create_post, publish_due_posts, save_post, slug_for
from forum.signals import post_published
from tests.scenery import at, at_once, make_post

pytestmark = pytest.mark.django_db

FORM = {"title": "Rooms", "body": "Some *words*.", "labels": "Desks, desks,  Training ", "publish": "draft"}


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("New Priorities", "new-priorities"),
        ("It's over; isn't it?", "its-over-isnt-it"),
        ("Café “Zoë” & co", "cafe-zoe-co"),
        ("A title that goes on for much longer than anybody needs", "a-title-that-goes-on-for-much-longer"),
        ("Pneumonoultramicroscopicsilicovolcanoconiosis", "pneumonoultramicroscopicsilicovolcanocon"),
        ("???", "post"),
    ],
)
def test_permalinks_have_the_shape_of_the_old_blog(title, slug):
    assert slug_for(title) == slug


def test_two_posts_of_one_month_do_not_share_an_address():
    assert [make_post("Same").slug for _ in range(3)] == ["same", "same-2", "same-3"]


def test_the_month_is_that_of_london():
    midnight = datetime.datetime(2026, 6, 30, 23, 30, tzinfo=datetime.UTC)
    assert make_post("Late", publish_at=midnight).get_absolute_url() == "/2026/07/late.html"


def test_the_address_stays_when_the_title_changes(post):
    path = post.get_absolute_url()
    save_post(post_id=post.pk, version=post.version, draft=PostDraft(title="Another title", body="New."))
    post.refresh_from_db()
    assert (post.title, post.get_absolute_url()) == ("Another title", path)
    assert post.html == "<p>New.</p>"


def test_a_scheduled_post_appears_at_its_minute_once():
    told = []
    post_published.connect(receiver := lambda post, **kwargs: told.append(post.pk), weak=False)
    try:
        with at("2026-01-13T06:00:00") as now:
            post = make_post("Later", publish_at=now + datetime.timedelta(minutes=30))
            assert post.state == Post.State.SCHEDULED
            assert publish_due_posts() == []
        with at("2026-01-13T06:30:10"):
            assert publish_due_posts() == [post]
            assert publish_due_posts() == []
    finally:
        post_published.disconnect(receiver)
    post.refresh_from_db()
    assert post.is_published
    assert post.published_at.isoformat() == "2026-01-13T06:30:00+00:00"
    assert told == [post.pk]


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_publish_once():
    told = []
    make_post("Due", publish_at=timezone.now() + datetime.timedelta(hours=1))
    Post.objects.update(published_at=timezone.now())
    post_published.connect(receiver := lambda post, **kwargs: told.append(post.pk), weak=False)

    try:
        assert at_once(*[publish_due_posts] * 4) == []
    finally:
        post_published.disconnect(receiver)
    assert len(told) == 1


def test_pressing_twice_makes_one_post():
    draft = PostDraft(title="Once", body="Words.")
    assert create_post(draft=draft, nonce="a" * 32) == create_post(draft=draft, nonce="a" * 32)
    assert Post.objects.count() == 1


def test_the_second_of_two_tabs_loses_nothing(post):
    save_post(post_id=post.pk, version=post.version, draft=PostDraft(title="First", body="First tab."))
    with pytest.raises(EditedMeanwhile) as told:
        save_post(post_id=post.pk, version=post.version, draft=PostDraft(title="Second", body="Second tab."))
    assert told.value.post.body == "First tab."
    save_post(post_id=post.pk, version=post.version, draft=PostDraft(title="First", body="First tab."))


def test_the_owner_writes_previews_and_publishes(as_alice):
    preview = as_alice.post("/desk/posts/new/", FORM | {"preview": ""})
    assert "Some <em>words</em>." in preview.content.decode()
    assert Post.objects.count() == 0
    drafted = as_alice.post("/desk/posts/new/", FORM)
    draft = Post.objects.get()
    assert drafted.url == f"/desk/posts/{draft.pk}/"
    assert "Saved as a draft." in as_alice.get(drafted.url).content.decode()
    assert sorted(label.name for label in draft.labels.all()) == ["Desks", "Training"]
    assert "Rooms" in as_alice.get("/desk/").content.decode()
    sent = FORM | {"publish": "now", "version": draft.version, "comments_open": "on"}
    response = as_alice.post(f"/desk/posts/{draft.pk}/", sent)
    assert response.url == Post.objects.get().get_absolute_url()
    assert "Some <em>words</em>." in as_alice.get(response.url).content.decode()
    assert Label.objects.count() == 2


def test_the_second_tab_is_shown_both(as_alice, post):
    as_alice.post(f"/desk/posts/{post.pk}/", FORM | {"version": post.version, "body": "First tab."})
    response = as_alice.post(f"/desk/posts/{post.pk}/", FORM | {"version": post.version, "body": "Second tab."})
    html = response.content.decode()
    assert response.status_code == 409
    assert "First tab." in html
    assert "Second tab." in html


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": ""}, "Enter a title."),
        ({"body": ""}, "Enter the text of the post."),
        ({"publish": "later"}, "Enter the date and time at which"),
        ({"publish": "later", "publish_at": "soon"}, "Enter a date and time such as"),
        ({"publish": "later", "publish_at": "0026-11-22T09:00"}, "Enter a year from 1990"),
        ({"publish": "later", "publish_at": "3026-11-22T09:00"}, "Enter a year from 1990"),
        ({"title": "\x01"}, "Enter a title."),
    ],
)
def test_a_wrong_form_comes_back_with_everything_typed(as_alice, change, sentence):
    response = as_alice.post("/desk/posts/new/", FORM | {"labels": "Kept words"} | change)
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert "Kept words" in html
    assert Post.objects.count() == 0


def test_a_session_that_ended_gives_the_text_back(client, post):
    response = client.post(f"/desk/posts/{post.pk}/", FORM | {"body": "Two hours of work."})
    assert response.status_code == 403
    assert "Two hours of work." in response.content.decode()
    assert "Send again" in response.content.decode()


def test_a_stale_token_gives_the_text_back(alice):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    response = strict.post("/desk/posts/new/", FORM | {"body": "Two hours of work."})
    assert response.status_code == 403
    assert "Two hours of work." in response.content.decode()


def test_control_characters_do_not_break_the_feed(as_alice, client):
    as_alice.post("/desk/posts/new/", FORM | {"title": "Bell\x07 and \ufffe", "labels": "A\x0bB", "publish": "now"})
    assert Post.objects.get().title == "Bell and"
    assert client.get("/feed.atom").status_code == 200


def test_a_time_typed_at_the_desk_is_london_time(as_alice):
    as_alice.post("/desk/posts/new/", FORM | {"publish": "later", "publish_at": "2030-07-01T06:30"})
    assert Post.objects.get().published_at.isoformat() == "2030-07-01T05:30:00+00:00"


@pytest.mark.parametrize("path", ["/desk/", "/desk/posts/new/", "/moderation/rules/"])
def test_the_desk_is_the_owners(client, as_bob, path):
    assert client.get(path).status_code == 302
    assert as_bob.get(path).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_who_make_the_same_labels_at_once_in_another_order_both_succeed():
    names = [f"Label {number}" for number in range(40)]
    assert at_once(*(partial(make_post, "Rooms", labels=labels) for labels in (names, names[::-1]))) == []
    assert [post.labels.count() for post in Post.objects.all()] == [40, 40]
