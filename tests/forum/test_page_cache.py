"""The kept page of a thread: never stale, the same for everybody, in the form that the browser wants."""

import datetime
import gzip
import time
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client, RequestFactory, override_settings
from django.test.signals import template_rendered
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from forum import page_cache, site
from forum.integrity import mend
from forum.kept_pages import KeptPage, KeptPages
from forum.models import Comment, Post
from forum.negotiation import has_copy, wants_gzip
from forum.services import comments
from forum.services.discussions import publish_discussion, withdraw_discussion
from forum.services.imports import Conversation, Item, import_conversation
from forum.services.posts import PostDraft, publish_due_posts, save_post, unpublish_post
from forum.services.round_ups import feature_comment, quoting
from forum.services.updates import add_update, delete_update
from moderation.models import Category
from moderation.services import report_comment
from tests.scenery import DEAD_REDIS, at, at_once, make_discussion, make_post, make_thread, write, write_with_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(db):
    return make_post("Another")


GZIP = {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br"}


@contextmanager
def counted():
    """How often the page of a thread was really made, meanwhile."""
    made = []

    def note(sender, template, **kwargs):
        if template.name == "forum/post.html":
            made.append(1)

    template_rendered.connect(note)
    try:
        yield made
    finally:
        template_rendered.disconnect(note)


def read(post, **headers) -> str:
    """The page as somebody sees it who comes for the first time, compared with the page made anew."""
    kept = Client().get(f"{post.get_absolute_url()}", **headers)
    with override_settings(FORUM_PAGE_CACHE=False):
        fresh = Client().get(post.get_absolute_url())
    assert (kept.status_code, kept.content) == (fresh.status_code, fresh.content)
    return kept.content.decode()


def save(post, **changes):
    stored = Post.objects.get(pk=post.pk)
    draft = PostDraft(**(vars(PostDraft.of(stored)) | changes))
    return save_post(post_id=post.pk, version=stored.version, draft=draft)


# What it costs


def test_a_kept_page_costs_one_query(client, post, django_assert_num_queries):
    write(post, "Words.")
    first = client.get(post.get_absolute_url())
    for headers in ({"HTTP_IF_NONE_MATCH": first["ETag"]}, GZIP, {}):
        with django_assert_num_queries(1), counted() as made:
            second = Client().get(post.get_absolute_url(), **headers)
        assert made == []
    assert second.content == first.content


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_have_it_made_once(post):
    write(post, "Words.")
    slow = lambda sender, template, **kwargs: time.sleep(0.2)  # noqa: E731
    template_rendered.connect(slow)
    seen = []
    try:
        with counted() as made:
            assert at_once(*[lambda: seen.append(Client().get(post.get_absolute_url()).content)] * 8) == []
    finally:
        template_rendered.disconnect(slow)
    assert made == [1]
    assert len(seen) == 8
    assert len(set(seen)) == 1


def test_other_processes_get_it_from_redis_where_there_is_one(client, post):
    first = client.get(post.get_absolute_url(), **GZIP)
    page_cache.KEPT.clear()  # As in a process of its own.
    with counted() as made:
        for headers in ({}, GZIP):
            again = Client().get(post.get_absolute_url(), **headers)
            assert gzip.decompress(first.content) == (gzip.decompress(again.content) if headers else again.content)
        assert again["ETag"] == first["ETag"]
        assert again["Content-Security-Policy"] == first["Content-Security-Policy"]
    assert len(made) == (0 if settings.REDIS_URL else 1)


def test_a_process_that_hangs_while_it_makes_the_page_holds_others_up_for_a_while_only(client, post, monkeypatch):
    monkeypatch.setattr("forum.kept_pages.PATIENCE", 0.3)
    client.get(post.get_absolute_url())
    page_cache.KEPT.clear()
    if settings.REDIS_URL:  # Without it no process waits for another.
        redis = Redis.from_url(settings.REDIS_URL)
        (page,) = redis.keys("forum-page:*")
        redis.delete(page)
        redis.set(page.replace(b"forum-page:", b"forum-page-turn:"), "another process", px=60_000)
    with counted() as made:
        assert client.get(post.get_absolute_url()).status_code == 200
    assert made == [1]


@override_settings(CACHES=DEAD_REDIS)
def test_a_dead_redis_costs_nothing_but_the_sharing(client, post, monkeypatch):
    monkeypatch.setattr("forum.memory.Silence.until", 0.0)
    with counted() as made:
        assert {client.get(post.get_absolute_url()).status_code for _ in range(3)} == {200}
    assert made == [1]
    assert caches["default"].get("anything") is None


# Never stale


def test_each_thing_that_happens_to_comments_is_seen_at_once(post):
    assert "Nobody has written here yet" in read(post)
    made = make_thread(post, "a(b)")
    assert "This is b." in read(post)
    comments.remove_comment(comment_id=made["a"].pk, reason="Named a person")
    assert "Named a person" in read(post)
    comments.restore_comment(comment_id=made["a"].pk)
    assert "Named a person" not in read(post)
    held = write(post, "See http://a.example http://b.example http://c.example http://d.example")
    assert held.state == Comment.State.HELD
    assert "a.example" not in read(post)
    comments.refuse_comment(comment_id=held.pk, reason="Advertisement")
    assert "a.example" not in read(post)
    comments.restore_comment(comment_id=held.pk)
    assert "a.example" in read(post)
    withdrawn, code = write_with_code(post, "Never mind.")
    assert "Never mind." in read(post)
    comments.withdraw_comment(code=code)
    assert "Never mind." not in read(post)
    Comment.objects.filter(pk=withdrawn.pk).update(level=7)
    mend(post.pk)
    read(post)


def test_each_thing_that_happens_to_a_post_is_seen_at_once(post):
    read(post)
    save(post, title="Rooms", body="New words.", labels=["Desks"])
    assert "New words." in read(post) and "Desks" in read(post)
    save(post, comments_open=False)
    assert "takes no more comments" in read(post)
    save(post, comments_open=True)
    assert "takes no more comments" not in read(post)
    add_update(post_id=post.pk, headline="Later", body="It was put off.")
    assert "It was put off." in read(post)
    delete_update(post_id=post.pk, number=1)
    assert "It was put off." not in read(post)
    unpublish_post(post_id=post.pk, reason="A mistake")
    assert Client().get(post.get_absolute_url()).status_code == 410
    save(post, publish_at=timezone.now())
    assert "New words." in read(post)
    unpublish_post(post_id=post.pk)
    save(post, body="Newer words.", publish_at=timezone.now() + datetime.timedelta(hours=1))
    assert Client().get(post.get_absolute_url()).status_code in (404, 410)
    publish_due_posts(now=timezone.now() + datetime.timedelta(hours=2))
    assert "Newer words." in read(post)


def test_each_thing_that_happens_to_a_discussion_is_seen_at_once():
    post, code = make_discussion("Rota", "How is yours?")
    write(post, "Bad.")
    assert "How is yours?" in read(post)
    publish_discussion(post_id=post.pk, version=Post.objects.get().version, title="Rotas", body="And yours?", labels=[])
    assert "And yours?" in read(post)
    withdraw_discussion(code=code)
    assert "took it back" in read(post)


def test_what_an_import_adds_is_seen_at_once():
    def bring(*texts):
        day = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
        items = [Item(text, posted_at=day) for text in texts]
        return import_conversation(Conversation("Old talk", "Words.", day, dated=True, items=items)).post

    assert "First." in read(bring("First."))
    assert "Second." in read(bring("First.", "Second."))


def test_comments_close_at_their_minute_although_nobody_writes(post):
    save(post, comments_close_at=timezone.now() + datetime.timedelta(hours=1))
    assert "takes no more comments" not in read(post)
    with at((timezone.now() + datetime.timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S")):
        assert "takes no more comments" in read(post)


def test_the_name_of_the_site_is_seen_at_once_although_this_process_remembers_another(post):
    read(post)
    changed = site.stored()
    remembered = site.current()
    changed.name = "Desk Talk"
    changed.save()  # In another process: what this one remembers stays.
    assert site.current().name == remembered.name
    page = Client().get(post.get_absolute_url()).content.decode()
    assert "Desk Talk</title>" in page
    changed.name = remembered.name
    changed.save()
    assert "Desk Talk" not in Client().get(post.get_absolute_url()).content.decode()


def test_what_happens_to_a_quoted_comment_or_its_post_is_seen_where_it_is_quoted(post, second):
    quoted, code = write_with_code(second, "Worth quoting.")
    assert "Worth quoting." not in read(post)
    save(post, body=f"Look:\n\n{quoting(quoted)}")
    assert "Worth quoting." in read(post)
    comments.remove_comment(comment_id=quoted.pk, reason="Spam")
    assert "Worth quoting." not in read(post)
    comments.restore_comment(comment_id=quoted.pk)
    assert "Worth quoting." in read(post)
    save(second, title="Another name")
    assert "Another name" in read(post)
    unpublish_post(post_id=second.pk)
    assert "Worth quoting." not in read(post)
    save(second, publish_at=timezone.now())
    assert "Worth quoting." in read(post)
    comments.withdraw_comment(code=code)
    assert "Worth quoting." not in read(post)


def test_what_happens_to_the_post_that_features_a_comment_is_seen_below_the_comment(post, second):
    quoted = write(second, "Worth quoting.")
    assert "Featured in" not in read(second)
    save(post, body=f"Look:\n\n{quoting(quoted)}")
    assert "Featured in" in read(second)
    save(post, title="A round-up")
    assert "A round-up" in read(second)
    unpublish_post(post_id=post.pk)
    assert "Featured in" not in read(second)
    save(post, publish_at=timezone.now())
    assert "Featured in" in read(second)
    save(post, body="Nothing quoted.")
    assert "Featured in" not in read(second)
    feature_comment(comment_id=quoted.pk)
    assert "Featured in" in read(second)


def test_a_discussion_that_is_taken_back_takes_its_title_from_where_its_comments_are_quoted(post):
    discussion, code = make_discussion("A telling title")
    save(post, body=quoting(write(discussion, "Worth quoting.")))
    assert "A telling title" in read(post)
    withdraw_discussion(code=code)
    assert "A telling title" not in read(post)


def test_a_comment_that_was_quoted_before_it_was_there_appears(post, second):
    save(post, body=f":::comment {second.get_absolute_url()}?c=1\n:::")
    assert "not there for readers" in read(post)
    write(second, "Here I am.")
    assert "Here I am." in read(post)


@pytest.mark.django_db(transaction=True)
def test_what_was_begun_before_a_commit_is_never_served_after_it(post):
    write(post, "Before.")
    commit = iter([lambda: write(post, "Meanwhile.")])

    def while_it_is_made(sender, template, **kwargs):
        """The rows are asked for, the page is not finished: here somebody else commits a comment."""
        if template.name == "forum/post.html":
            assert at_once(next(commit, lambda: None)) == []

    template_rendered.connect(while_it_is_made)
    try:
        begun = Client().get(post.get_absolute_url())
    finally:
        template_rendered.disconnect(while_it_is_made)
    assert "Meanwhile." not in begun.content.decode()
    assert "Meanwhile." in Client().get(post.get_absolute_url()).content.decode()
    page_cache.KEPT.clear()
    assert "Meanwhile." in Client().get(post.get_absolute_url()).content.decode()
    assert Client().get(post.get_absolute_url(), HTTP_IF_NONE_MATCH=begun["ETag"]).status_code == 200


def test_a_report_changes_no_page_and_tells_nobody_that_it_was_made(post):
    comment = write(post, "Words.")
    before = Client().get(post.get_absolute_url())
    report_comment(comment=comment, category=Category.values[0], text="Look.")
    with counted() as made:
        assert Client().get(post.get_absolute_url())["ETag"] == before["ETag"]
    assert made == []


# Who gets it


def test_cookies_of_ours_get_a_page_of_their_own_and_unknown_ones_do_not_matter(client, as_bob, post):
    write(post, "Words.")
    shared = client.get(post.get_absolute_url())
    assert shared["Cache-Control"] == "public, no-cache"
    assert shared.cookies == {}
    with counted() as made:
        client.cookies["_ga"] = "GA1.2.3"
        assert client.get(post.get_absolute_url()).content == shared.content
        assert made == []
        for name in ("reading", "seen"):
            own = Client()
            own.cookies[name] = "1"
            page = own.get(post.get_absolute_url(), **GZIP)
            assert page["Cache-Control"] == "private, no-cache"
            assert "ETag" not in page.headers
            assert page["Content-Encoding"] == "gzip"
            assert b"Words." in gzip.decompress(page.content)
        assert len(made) == 2
        staff = as_bob.get(post.get_absolute_url(), **GZIP)
        assert "/moderation/comments/" in staff.content.decode()
        assert staff["Cache-Control"] == "no-store"
    assert client.get(post.get_absolute_url()).content == shared.content


def test_an_unknown_cookie_leaves_no_trace_in_what_others_get(post):
    first = Client()
    first.cookies["messages"] = first.cookies["csrftoken"] = "MARK"
    assert "MARK" not in str(first.get(post.get_absolute_url()).headers)
    assert "MARK" not in repr(page_cache.KEPT.pages)


@pytest.mark.parametrize("query", ["page=1", "page=all", "view=newest", "view=threads&page=1", "c=1", "fold=all"])
def test_these_forms_of_the_address_are_kept(client, post, query):
    write(post, "Words.")
    with counted() as made:
        pages = [client.get(f"{post.get_absolute_url()}?{query}") for _ in range(2)]
    assert made == [1]
    assert [page["Cache-Control"] for page in pages] == ["public, no-cache"] * 2


@pytest.mark.parametrize(
    "query", ["since=today", "utm_source=x", "page=01", "c=1&c=2", "c=1&x=1", "page=1&view=newest"]
)
def test_all_others_are_made_for_whoever_asks(client, post, query):
    write(post, "Words.")
    with counted() as made:
        pages = [client.get(f"{post.get_absolute_url()}?{query}") for _ in range(2)]
    assert page_cache.KEPT.pages == {}
    assert {page["Cache-Control"] for page in pages} <= {"private, no-cache", "no-store"}
    assert len(made) == 2


def test_what_is_not_there_is_not_kept(client, post):
    write(post, "Words.")
    for path in ("/2015/11/nope.html", f"{post.get_absolute_url()}?page=9", f"{post.get_absolute_url()}?c=9"):
        assert client.get(path).status_code == 404
    unpublish_post(post_id=post.pk)
    assert client.get(post.get_absolute_url()).status_code == 410
    assert page_cache.KEPT.pages == {}


@override_settings(FORUM_PAGE_CACHE=False)
def test_it_can_be_switched_off_for_measuring(client, post):
    with counted() as made:
        assert "ETag" not in [client.get(post.get_absolute_url()) for _ in range(2)][1].headers
    assert len(made) == 2


def test_a_host_that_is_not_ours_gets_nothing(client, post):
    client.get(post.get_absolute_url())
    assert client.get(post.get_absolute_url(), HTTP_HOST="elsewhere.example").status_code == 400


@override_settings(
    SECURE_SSL_REDIRECT=True,
    SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
    SECURE_HSTS_SECONDS=60,
    TRUSTED_PROXIES=["127.0.0.1"],
)
def test_where_https_is_asked_plain_http_gets_the_redirect_only(client, post):
    path = post.get_absolute_url()
    for _ in range(2):
        page = client.get(path, HTTP_X_FORWARDED_PROTO="https")
        assert (page.status_code, page["Strict-Transport-Security"]) == (200, "max-age=60")
    assert client.get(path).status_code == 301
    assert client.get(path, HTTP_X_FORWARDED_PROTO="https", REMOTE_ADDR="203.0.113.9").status_code == 301


# In which form


def test_it_comes_as_the_browser_wants_it_with_a_tag_for_each_form(client, post):
    write(post, "Words.")
    path = post.get_absolute_url()
    for _ in range(2):
        plain, zipped = client.get(path), client.get(path, **GZIP)
        assert gzip.decompress(zipped.content) == plain.content
        assert (zipped["Content-Encoding"], plain.headers.get("Content-Encoding")) == ("gzip", None)
        assert zipped["ETag"] != plain["ETag"]
        for page in (plain, zipped):
            assert page["Vary"] == "Accept-Encoding, Cookie"
            assert page["Content-Length"] == str(len(page.content))
            assert "default-src 'none'" in page["Content-Security-Policy"]
            assert page["Content-Type"] == "text/html; charset=utf-8"


def test_who_has_the_page_is_told_so(client, post):
    path = post.get_absolute_url()
    plain, zipped = client.get(path)["ETag"], client.get(path, **GZIP)["ETag"]
    for sent in (plain, f"W/{plain}", f'"x", W/"y" , {plain}', "*"):
        told = client.get(path, HTTP_IF_NONE_MATCH=sent)
        assert (told.status_code, told.content, told["ETag"]) == (304, b"", plain)
        assert (told["Vary"], told["Cache-Control"]) == ("Accept-Encoding, Cookie", "public, no-cache")
    assert client.get(path, HTTP_IF_NONE_MATCH=zipped, **GZIP).status_code == 304
    assert client.get(path, HTTP_IF_NONE_MATCH=zipped).status_code == 200
    assert client.get(path, HTTP_IF_NONE_MATCH=plain.strip('"')).status_code == 200
    write(post, "New.")
    assert client.get(path, HTTP_IF_NONE_MATCH=plain).status_code == 200


def test_head_has_the_headers_alone(client, post):
    path = post.get_absolute_url()
    for _ in range(2):
        head, get = client.head(path, **GZIP), client.get(path, **GZIP)
        assert head.content == b""
        assert head.headers == get.headers
    # Django's test client drops what a server would have sent.
    (_, page), *_ = page_cache.KEPT.pages.values()
    assert page_cache.answer(RequestFactory().head(path), page).content == b""


@pytest.mark.parametrize(
    ("accepted", "zipped"),
    [
        ("", False),
        ("gzip", True),
        ("GZip;q=0.8", True),
        ("br, deflate", False),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("*", True),
        ("x-gzip", True),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0, *", False),
        ("gzip;q=0.5, identity", False),
        ("gzip, identity", True),
        ("identity;q=0", True),
        ("identity;q=0, gzip;q=0", False),
        ("*;q=0", False),
        ("gzip, *;q=0", True),
        ("gzip;q=nonsense", False),
        (", ,;", False),
    ],
)
def test_the_words_for_encodings_are_understood(accepted, zipped):
    assert wants_gzip(accepted) is zipped


@given(st.text(max_size=60))
def test_no_header_makes_it_stumble(text):
    assert wants_gzip(text) in (True, False)
    assert has_copy(text, '"never-a-tag-of-anybody"') is (text.strip() == "*")


# What it takes


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9_000)), max_size=40))
def test_memory_is_bounded_and_counted_right(pages):
    kept = KeptPages(most_bytes=20_000, largest=9_000)
    for place, size in pages:
        page = KeptPage("tag", {}, b"x" * size, b"")
        kept.put(place, size, page)
        assert kept.bytes == sum(page.size for _, page in kept.pages.values()) <= 20_000
        assert kept.get(place, size) is (page if page.size <= 9_000 else None)
        assert kept.get(place, -1) is None


def test_what_another_thread_finished_just_now_is_not_made_again():
    kept, page = KeptPages(), KeptPage("tag", {}, b"x", b"")
    kept.put("place", 1, page)
    assert kept.get_or_make("place", 1, lambda: pytest.fail("made again")) is page


def test_what_was_asked_for_last_stays():
    kept = KeptPages(most_bytes=9_000, largest=9_000)
    pages = {place: KeptPage(place, {}, b"x" * 1_000, b"") for place in "abcd"}
    for place in "abc":
        kept.put(place, 1, pages[place])
    kept.get("a", 1)
    kept.put("d", 1, pages["d"])
    assert set(kept.pages) == {"a", "c", "d"}
