"""From comments to a post: what is taken back at its place is gone in the quotation too."""

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from forum.errors import NotPublished
from forum.models import Pick, Post, Quotation
from forum.services.comments import remove_comment, restore_comment, withdraw_comment
from forum.services.posts import unpublish_post
from forum.services.round_ups import MOST_PICKS, feature_comment, make_round_up, order_picks, set_picks
from tests.scenery import make_post, make_thread, write, write_with_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def comments():
    """Two comments on each of three posts."""
    made = []
    for title in ("First", "Second", "Third"):
        made += list(make_thread(make_post(title), "a(b)" if title == "First" else "xy").values())
    return made


def page_of(client, post) -> str:
    return client.get(post.get_absolute_url()).content.decode()


def publish_round_up(as_alice, post):
    sent = {"title": post.title, "body": post.body, "publish": "now", "version": post.version, "comments_open": "on"}
    as_alice.post(f"/desk/posts/{post.pk}/", sent)
    post.refresh_from_db()


def test_comments_of_several_posts_become_a_post_in_the_order_given(as_alice, client, comments):
    for comment in (comments[0], comments[2], comments[5]):
        ids = {pick.comment_id for pick in Pick.objects.filter(comment__post=comment.post)} | {comment.pk}
        answer = as_alice.post(f"/desk/posts/{comment.post_id}/collect/", {"pick": sorted(ids)})
        assert answer.url == "/desk/round-up/"
    assert "Collect number" in as_alice.get(f"/desk/posts/{comments[0].post_id}/collect/").content.decode()
    form = {f"position-{comments[5].pk}": 1, f"position-{comments[0].pk}": 2, f"position-{comments[2].pk}": 3}
    made = as_alice.post("/desk/round-up/", form | {"title": "Heard", "lead_in": "This from today:-", "make": ""})
    post = Post.objects.get(title="Heard")
    assert made.url == f"/desk/posts/{post.pk}/"
    assert Pick.objects.count() == 0
    publish_round_up(as_alice, post)
    html = page_of(client, post)
    places = [html.index(f"on “{title}”") for title in ("Third", "First", "Second")]
    assert html.index("This from today:-") < places[0] < places[1] < places[2]
    assert f'href="{comments[0].get_absolute_url()}"' in html
    assert f'Featured in <a href="{post.get_absolute_url()}">Heard</a>' in page_of(client, comments[0].post)
    assert "Featured in" not in page_of(client, comments[4].post).split('id="c2"')[0]
    assert "This is a." in client.get("/feed.atom").content.decode()


def test_what_happens_at_the_source_reaches_the_quotation_at_once(as_alice, client):
    source = make_post("Source")
    mine, code = write_with_code(source, "Take this back.")
    other = write(source, "Remove this.", name="Dana")
    set_picks(post_id=source.pk, comment_ids=[mine.pk, other.pk])
    post = make_round_up(title="Heard", lead_in="", nonce="n" * 32)
    publish_round_up(as_alice, post)
    html = page_of(client, post)
    assert "Take this back." in html
    assert "<bdi>Dana</bdi> (name not checked)" in html
    withdraw_comment(code=code)
    remove_comment(comment_id=other.pk, reason="Spam")
    html = page_of(client, post)
    assert "Take this back." not in html
    assert "Remove this." not in html
    assert "Withdrawn by its author." in html
    assert "Removed by a moderator." in html
    for stored in Post.objects.values_list("body", "html"):
        assert "Take this back." not in "".join(stored)
    assert "Take this back." not in client.get("/feed.atom").content.decode()
    restore_comment(comment_id=other.pk)
    assert "Remove this." in page_of(client, post)
    unpublish_post(post_id=source.pk)
    assert "This comment is not there for readers." in page_of(client, post)


@override_settings(FORUM_PAGE_CACHE=False)
def test_quoting_costs_one_query_and_nothing_where_nothing_is_quoted(client, django_assert_num_queries, comments):
    plain = make_post("Plain")
    path = plain.get_absolute_url()
    client.get(path)
    with django_assert_num_queries(2):
        client.get(path)
    for comment in comments:
        set_picks(post_id=comment.post_id, comment_ids=[c.pk for c in comments])
    post = make_round_up(title="All", lead_in="", nonce="n" * 32)
    post.state, post.slug, post.year, post.month, post.published_at = "published", "all", 2026, 1, plain.published_at
    post.save()
    with django_assert_num_queries(3):
        client.get(post.get_absolute_url())


def test_a_late_comment_is_featured_under_todays_post_once(as_alice, client):
    old, today = make_post("Thirteen years old"), make_post("Today")
    late = write(old, "I am new to this.")
    offered = as_alice.get(f"/desk/comments/{late.pk}/").content.decode()
    assert f"\n:::comment {old.get_absolute_url()}?c=1\n:::</textarea>" in offered
    assert "The newest post is “Today”" in offered
    for _ in range(2):
        assert as_alice.post(f"/desk/comments/{late.pk}/", {"feature": ""}).url == today.get_absolute_url()
    html = page_of(client, today)
    assert html.count('<figure class="comment"') == 1
    assert "I am new to this." in html
    assert "Featured in" in page_of(client, old)
    remove_comment(comment_id=late.pk, reason="Spam")
    with pytest.raises(NotPublished):
        feature_comment(comment_id=late.pk)


def test_pressing_twice_makes_one_round_up_and_an_empty_one_is_refused(as_alice, comments):
    set_picks(post_id=comments[0].post_id, comment_ids=[comments[0].pk])
    sent = {"title": "Heard", "tab": "e" * 32, "make": ""}
    first, second = (as_alice.post("/desk/round-up/", sent).url for _ in range(2))
    assert first == second
    refused = as_alice.post("/desk/round-up/", {"title": "Kept", "lead_in": "Kept too", "make": ""})
    assert refused.status_code == 422
    assert "Kept too" in refused.content.decode()


def test_unticking_and_leaving_out(comments):
    set_picks(post_id=comments[0].post_id, comment_ids=[comments[0].pk, comments[1].pk])
    set_picks(post_id=comments[2].post_id, comment_ids=[comments[2].pk])
    set_picks(post_id=comments[0].post_id, comment_ids=[comments[1].pk])
    assert [pick.comment_id for pick in Pick.objects.all()] == [comments[1].pk, comments[2].pk]
    order_picks(positions={comments[2].pk: 1, comments[1].pk: 2}, dropped=[])
    order_picks(positions={}, dropped=[comments[1].pk])
    assert [pick.comment_id for pick in Pick.objects.all()] == [comments[2].pk]


def test_a_quotation_taken_out_of_the_text_is_forgotten(as_alice, comments):
    set_picks(post_id=comments[0].post_id, comment_ids=[comments[0].pk])
    post = make_round_up(title="Heard", lead_in="", nonce="n" * 32)
    assert Quotation.objects.get().comment == comments[0]
    as_alice.post(f"/desk/posts/{post.pk}/", {"title": "Heard", "body": "None.", "publish": "draft", "version": 1})
    assert Quotation.objects.count() == 0


@pytest.mark.parametrize("path", ["/desk/round-up/", "/desk/comments/1/", "/desk/posts/1/collect/"])
def test_collecting_is_the_owners(client, as_bob, comments, path):
    assert client.get(path).status_code == 302
    for method in ("get", "post"):
        assert getattr(as_bob, method)(path).status_code == 403


def test_thousands_of_quotations_of_many_posts_are_found(client, comments):
    places = [f"{post.get_absolute_url()}?c={number}" for post in Post.objects.all() for number in range(1, 1000)]
    places += [f"/2020/01/post-{number}.html?c=1" for number in range(1200)]
    make_post("Heard", "\n".join(f":::comment {place}\n:::" for place in places))
    feed = client.get("/feed.atom")
    assert feed.status_code == 200
    assert feed.content.decode().count("on “First”") == 2


def test_where_a_comment_is_featured_is_asked_without_the_texts_of_those_posts(client, comments):
    place = f"{comments[0].post.get_absolute_url()}?c={comments[0].number}"
    make_post("Heard", f":::comment {place}\n:::")
    with CaptureQueriesContext(connection) as queries:
        assert "Featured in" in page_of(client, comments[0].post)
    asked = next(
        query["sql"] for query in queries if 'FROM "forum_quotation"' in query["sql"] and "EXISTS" not in query["sql"]
    )
    assert '"html"' not in asked
    assert '"body"' not in asked


@pytest.mark.parametrize("fields", [{"lead_in": "a\x00b"}, {"title": "t" * 201}])
def test_a_round_up_that_cannot_be_stored_whole_comes_back_and_stays_collected(as_alice, comments, fields):
    set_picks(post_id=comments[0].post_id, comment_ids=[comments[0].pk])
    answer = as_alice.post("/desk/round-up/", {"title": "Heard", "lead_in": "Today:", "make": ""} | fields)
    assert answer.status_code == 422
    assert next(iter(fields.values())) in answer.content.decode()
    assert Pick.objects.count() == 1


def test_all_that_can_be_collected_can_be_put_in_order_and_left_out(as_alice, post):
    comments = [write(post, f"Number {number}.") for number in range(MOST_PICKS + 1)]
    sent = {"pick": [comment.pk for comment in comments]}
    answer = as_alice.post(f"/desk/posts/{post.pk}/collect/", sent, follow=True)
    assert f"At most {MOST_PICKS} comments are collected. Not taken: 1." in answer.content.decode()
    ids = list(Pick.objects.values_list("pk", flat=True))
    assert len(ids) == MOST_PICKS
    form = {f"position-{pk}": place for place, pk in enumerate(ids, start=1)}
    sent = form | {"drop": ids, "title": "", "lead_in": "", "nonce": "n" * 32, "order": ""}
    assert as_alice.post("/desk/round-up/", sent).status_code == 200
    assert Pick.objects.count() == 0
