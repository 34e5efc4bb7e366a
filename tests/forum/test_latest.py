"""The latest comments of the whole site, and the feeds."""

import datetime
import random
import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum.latest import PAGE_SIZE, Cursor, page_before, read_cursor
from forum.models import Comment, Label, Post, SiteSettings
from forum.services.comments import approve_comment, refuse_comment, remove_comment, restore_comment, withdraw_comment
from forum.services.discussions import withdraw_discussion
from forum.services.posts import unpublish_post
from forum.site import save
from tests.scenery import at, make_discussion, make_post, make_thread, write, write_with_code

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}
HELD = "http://a.example http://b.example http://c.example "


def listed(client, query=""):
    """The texts on the page, one line each, in order."""
    html = client.get(f"/comments/{query}").content.decode()
    return [
        re.sub("<[^>]+>", "", body).strip() for body in re.findall(r'<div class="body">(.*?)</div>', html, re.DOTALL)
    ]


def entries(client, path):
    response = client.get(path)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    # What RFC 4287 asks of every feed and entry.
    for part in (feed, *feed.findall("a:entry", ATOM)):
        assert all(part.find(f"a:{name}", ATOM).text for name in ("id", "title", "updated"))
    assert feed.find("a:author/a:name", ATOM).text
    return feed.findall("a:entry", ATOM)


def titles(client, path):
    return [entry.find("a:title", ATOM).text for entry in entries(client, path)]


def test_a_late_approval_stands_where_it_appeared(client):
    old, new = (make_post(name, publish_at=timezone.now() - datetime.timedelta(days=900)) for name in ("Old", "New"))
    with at("2026-03-02T10:00"):
        late = write(old, HELD + "Late")
    with at("2026-03-02T10:30"):
        write(new, "Early")
    with at("2026-03-02T11:00"):
        approve_comment(comment_id=late.pk)
    with at("2026-03-02T12:00"):
        write(old, "Last")
    # To be taken down and brought back is not to appear again.
    remove_comment(comment_id=late.pk, reason="Spam")
    assert listed(client) == ["Last", "Early"]
    restore_comment(comment_id=late.pk)
    assert listed(client) == ["Last", HELD + "Late", "Early"]
    assert titles(client, "/comments.atom")[1].startswith("10:00, 2 March")
    assert entries(client, "/comments.atom")[1].find("a:updated", ATOM).text == "2026-03-02T11:00:00+00:00"


@pytest.mark.parametrize("seed", range(8))
def test_pages_have_neither_gap_nor_double_whatever_comes_between(seed):
    chance = random.Random(seed)
    posts = [make_post("One"), make_post("Two")]
    made = [write(chance.choice(posts), f"Comment {number}") for number in range(70)]
    held = [write(posts[0], f"{HELD}{number}") for number in range(6)]
    # Few minutes for many comments, out of the order in which they were stored.
    for comment in made:
        moment = timezone.now() - datetime.timedelta(minutes=chance.randrange(1, 9), seconds=chance.random())
        Comment.objects.filter(pk=comment.pk).update(
            published_at=moment if seed % 2 else moment.replace(second=0, microsecond=0)
        )
    there = list(Comment.objects.published().newest_first().values_list("pk", flat=True))
    seen, place = [], None
    while True:
        comments, place = page_before(place)
        seen += [comment.pk for comment in comments]
        if place is None:
            break
        assert read_cursor(str(place)) == place
        assert len(comments) == PAGE_SIZE
        write(chance.choice(posts), f"Meanwhile {len(seen)}")
        approve_comment(comment_id=held.pop().pk)
    assert seen == there


def test_only_what_readers_can_read_is_listed(client, post):
    write(post, "Stays")
    held, refused, removed = (write(post, HELD + word) for word in ("held", "refused", "removed"))
    approve_comment(comment_id=removed.pk)
    refuse_comment(comment_id=refused.pk, reason="Libel")
    remove_comment(comment_id=removed.pk, reason="Spam")
    _, code = write_with_code(post, "Withdrawn")
    withdraw_comment(code=code)
    down = make_post("Taken down")
    write(down, "Under a post that was taken down")
    unpublish_post(post_id=down.pk)
    taken_back, key = make_discussion("Taken back")
    write(taken_back, "Under a discussion that was taken back")
    withdraw_discussion(code=key)
    assert held.number is None
    assert listed(client) == ["Stays"]
    assert len(entries(client, "/comments.atom")) == 1
    # As their pages: what was taken back keeps the words of others, what was taken down is gone.
    path = Post.objects.get(pk=taken_back.pk).get_absolute_url()
    assert client.get(path).status_code == 200
    assert len(entries(client, f"{path}/comments.atom")) == 1
    assert client.get(f"{down.get_absolute_url()}/comments.atom").status_code == 410
    assert client.get("/2019/01/nothing.html/comments.atom").status_code == 404


def test_each_comment_says_who_where_and_what_it_answers(client):
    old = make_post("Desks <& chairs>", publish_at=timezone.now() - datetime.timedelta(days=900))
    closed = make_post("Closed")
    made = make_thread(old, "a(b)")
    write(old, "Signed.", name="Dana")
    write(old, "As staff.", staff_role="moderator")
    write(closed, "Before it closed.")
    Post.objects.filter(pk=closed.pk).update(comments_open=False)
    html = client.get("/comments/").content.decode()
    parts = {
        re.search(r"<b>#(\d+)", part)[1] + ("c" if "Closed" in part else ""): part for part in html.split("<li>")[1:]
    }
    path = old.get_absolute_url()
    assert f'On <a href="{path}">Desks &lt;&amp; chairs&gt;</a> ({old.year})' in parts["1"]
    assert f'in reply to <a href="{path}?c=1#c1">' in parts["2"]
    assert "in reply to" not in parts["1"]
    assert f'<a href="{path}?c=2#c2"><time' in parts["2"]
    assert f'href="{path}/reply?to=2"' in parts["2"]
    assert f'href="{path}/c/2/report"' in parts["2"]
    assert "Anonymous" in parts["1"]
    assert re.search(r"<bdi>Dana</bdi>.*name not checked", parts["3"])
    assert 'class="mark">Moderator' in parts["4"]
    assert "/reply?to=" not in parts["1c"]
    assert f"({closed.year})" not in parts["1c"]
    # What it answers was removed: the link leads to what stands in its place.
    remove_comment(comment_id=made["a"].pk, reason="Spam")
    page = client.get("/comments/").content.decode()
    assert f'in reply to <a href="{path}?c=1#c1">' in page
    assert client.get(f"{path}?c=1").status_code == 200


def test_a_long_text_is_cut_to_its_authors_own_words(client, post):
    write(post, "> Somebody else said this.\n\n" + "Own words. " * 60)
    write(post, "\n".join("short" for _ in range(40)))
    write(post, "> Quoted, short.\n\nAnswered, short.")
    short, tall, long = listed(client)
    assert "Quoted, short." in short
    assert "Read on" not in short
    assert "Read on in number 2" in tall
    assert "Somebody" not in long
    assert long.startswith("Own words. Own words.")
    assert len(long) < 380


def test_the_number_of_questions_does_not_grow(client, post):
    write(post, "First")
    paths = ("/comments/", "/comments.atom", f"{post.get_absolute_url()}/comments.atom")
    few = []
    for many in (False, True):
        for number in range(PAGE_SIZE * many):
            other = make_post(f"Post {number}")
            write(other, "An answer.", write(other, "A comment."))
            write(post, f"Comment {number}")
        for path in paths:
            client.get(path)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert client.get(path).status_code == 200
            few.append(len(asked))
    assert few == [1, 1, 2] * 2


@pytest.mark.parametrize(
    "before", ["", "x", "1", "1-", "-1-1", "1-1-1", "1" * 18 + "-1", "1-" + "1" * 19, "\u0661-1", "1-1%00"]
)
def test_a_place_that_is_none_is_not_found(client, post, before):
    assert client.get(f"/comments/?before={before}").status_code == 404


@pytest.mark.parametrize("before", ["0-0", "9" * 17 + "-" + "9" * 18])
def test_places_at_the_end_of_the_world_are_answered(client, post, before):
    write(post, "Hello")
    assert client.get(f"/comments/?before={before}").status_code == 200


def test_links_lead_through_the_pages(client, post):
    for number in range(PAGE_SIZE + 1):
        write(post, f"Comment {number}")
    first = client.get("/comments/").content.decode()
    onward = re.search(r'rel="next" href="(\?before=[\d-]+)"', first)[1]
    assert listed(client, onward) == ["Comment 0"]
    second = client.get(f"/comments/{onward}").content.decode()
    assert 'rel="next"' not in second
    assert "noindex" in second
    assert "There is nothing further back" in client.get("/comments/?before=0-0").content.decode()


def test_staff_can_moderate_from_here_and_readers_cannot(client, as_bob, post):
    write(post, "Hello")
    assert "/moderation/" not in client.get("/comments/").content.decode()
    assert "/moderation/comments/" in as_bob.get("/comments/").content.decode()


def test_an_entry_names_time_number_and_post_and_leads_to_its_place(client):
    with at("2026-11-22T10:15"):
        post = make_post("Rooms & <desks>")
        write(post, "*Hello*", name="Dana")
    old = Post.objects.get()
    Post.objects.filter(pk=old.pk).update(year=2016)
    entry = entries(client, "/comments.atom")[0]
    assert entry.find("a:title", ATOM).text == "10:15, 22 November 2026, number 1 on Rooms & <desks>"
    Post.objects.filter(pk=old.pk).update(year=old.year)
    entry = entries(client, "/comments.atom")[0]
    assert entry.find("a:title", ATOM).text == "10:15, 22 November, number 1 on Rooms & <desks>"
    assert entry.find("a:content", ATOM).text.strip() == "<p><em>Hello</em></p>"
    assert entry.find("a:content", ATOM).get("type") == "html"
    assert entry.find("a:author/a:name", ATOM).text == "Dana (name not checked)"
    assert entry.find("a:link", ATOM).get("href") == f"{old.address}?c=1#c1"
    Comment.objects.update(posted_at=None)
    assert titles(client, "/comments.atom") == ["Number 1 on Rooms & <desks>"]


def test_the_feed_of_a_post_and_of_a_label_have_only_their_own(client):
    one, other = make_post("One", labels=["Rotas"]), make_post("Other", labels=["Desks"])
    write(one, "Here")
    write(other, "There")
    path = one.get_absolute_url()
    assert [title.split(", ")[-1] for title in titles(client, f"{path}/comments.atom")] == ["number 1 on One"]
    assert titles(client, "/labels/rotas/feed.atom") == ["One"]
    assert client.get("/labels/nothing/feed.atom").status_code == 404
    Label.objects.create(name="Unused", slug="unused")
    assert client.get("/labels/unused/feed.atom").status_code == client.get("/labels/unused/").status_code == 404
    for page, feed in (
        (path, f"{path}/comments.atom"),
        ("/labels/rotas/", "/labels/rotas/feed.atom"),
        ("/comments/", "/comments.atom"),
    ):
        assert re.search(rf'<link rel="alternate"[^>]* href="{re.escape(feed)}">', client.get(page).content.decode())


def test_no_character_breaks_a_feed(client):
    post = make_post("Rooms", labels=["Desks"])
    write(post, "Bell \x07, escape \x1b, noncharacter \ufffe, ]]> and &#0;", name="Dana")
    Post.objects.update(title="Bell \x07 and \uffff", html="<p>\x01\x0b</p>")
    Label.objects.update(name="Desks \x02")
    Comment.objects.update(name="Da\x03na")
    save(SiteSettings(name="Forum \x04", tagline="Of \x05 words"))
    for path in ("/feed.atom", "/labels/desks/feed.atom", "/comments.atom", f"{post.get_absolute_url()}/comments.atom"):
        assert len(entries(client, path)) == 1


def change_nothing(post, comment):
    write(post, HELD)


def take_down(post, comment):
    remove_comment(comment_id=comment.pk, reason="Spam")


def new_name(post, comment):
    save(SiteSettings(name="Another name"))


def new_title(post, comment):
    Post.objects.update(title="Another title")


@pytest.mark.parametrize("change", [change_nothing, take_down, new_name, new_title])
@pytest.mark.parametrize("path", ["/feed.atom", "/labels/desks/feed.atom", "/comments.atom", "{post}/comments.atom"])
def test_who_has_the_feed_gets_304_until_it_changes(client, path, change):
    post = make_post("Rooms", labels=["Desks"])
    comment = write(post, "Hello")
    path = path.format(post=post.get_absolute_url())
    first = client.get(path)
    tag = first.headers["ETag"]
    change(post, comment)
    again = client.get(path, headers={"If-None-Match": f'"another", W/{tag}'})
    is_the_same = change is change_nothing or (change is take_down and "comments" not in path)
    assert again.status_code == (304 if is_the_same else 200)
    assert (again.headers["ETag"] == tag) == is_the_same
    assert bool(again.content) != is_the_same
    assert again.headers["Cache-Control"] == "public, no-cache"
    assert client.head(path).headers["ETag"] == again.headers["ETag"]


def test_a_feed_without_entries_stays_the_same(client, post):
    tags = set()
    for moment in ("2026-05-01T10:00", "2026-05-02T10:00"):
        with at(moment):
            tags.add(client.get("/comments.atom").headers["ETag"])
    assert len(tags) == 1
    assert entries(client, "/comments.atom") == []


def test_places_are_read_as_they_were_written():
    place = Cursor(datetime.datetime(2026, 11, 22, 10, 15, 3, 7, tzinfo=datetime.UTC), 4711)
    assert read_cursor(str(place)) == place
