"""What every page does and does not send: status, headers, cookies, words."""

import re
from xml.etree import ElementTree

import html5lib
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client, override_settings

from forum.models import Comment, Post
from forum.services.comments import remove_comment
from tests.scenery import code_text, make_post, make_thread, write, write_with_code

pytestmark = pytest.mark.django_db

PUBLIC = [
    "/",
    "/?from=readers",
    "/start/",
    "/archive/",
    "/search/",
    "/search/?q=this",
    "/archive/{year}/{month:02}/",
    "/labels/desks/",
    "{post}",
    "{post}?page=all",
    "{post}?since=week",
    "{post}?since=nonsense",
    "/reading/",
    "/reading/?marking&post=1",
    "{post}/reply",
    "{post}/reply?to=1",
    "{post}/c/1",
    "{post}/c/1/report",
    "/removal/",
    "/receipts/",
    "/subscribe/",
    "/house-rules/",
    "/privacy/",
    "/about/",
    "/help/",
    "/comments/",
    "/comments/?before=4102444800000000-1",
    "/feed.atom",
    "/comments.atom",
    "{post}/comments.atom",
    "/labels/desks/feed.atom",
    "/feeds/posts/default",
    "/robots.txt",
    "/sitemap.xml",
    "/healthz",
    "/readyz",
]


@pytest.fixture
def scene(db):
    post = make_post("Rooms", labels=["Desks"])
    make_thread(post, "a(b)c")
    return post


def address(pattern: str, post: Post) -> str:
    return pattern.format(post=post.get_absolute_url(), year=post.year, month=post.month)


@pytest.mark.parametrize("pattern", PUBLIC)
def test_a_reader_gets_the_page_without_a_cookie_and_with_every_guard(client, scene, pattern):
    response = client.get(address(pattern, scene))
    assert response.status_code == 200
    assert response.cookies == {}
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]


@pytest.mark.parametrize("pattern", [p for p in PUBLIC if "feed" not in p and "." not in p and "z" not in p])
def test_pages_say_what_they_are(client, scene, pattern):
    html = client.get(address(pattern, scene)).content.decode()
    assert html.count("<h1") == 1
    assert '<html lang="en-GB"' in html
    assert re.search(r"<title>[^<]+ - Probation Forum</title>", html)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//(?!127\.0\.0\.1)", html)
    assert "style=" not in html
    assert re.search(r'rel="canonical" href="http://127\.0\.0\.1:8000/', html) or "noindex" in html


@pytest.mark.parametrize("pattern", [p for p in PUBLIC if "feed" not in p and "." not in p and "z" not in p])
def test_pages_are_html_to_the_letter(client, scene, pattern):
    if "1" not in pattern:  # A tombstone too, but on pages about that very comment.
        remove_comment(comment_id=Comment.objects.get(number=1).pk, reason="Spam")
    parser = html5lib.HTMLParser()
    parser.parse(client.get(address(pattern, scene)).content.decode())
    assert parser.errors == []


def test_the_thread_page_is_the_same_for_all_and_each_reply_page_is_its_readers_own(client, scene):
    path = scene.get_absolute_url()
    shared = [Client().get(path).content for _ in range(2)]
    assert shared[0] == shared[1]
    assert b'name="nonce"' not in shared[0]
    nonces = [re.search(r'name="nonce" value="(\w+)"', Client().get(f"{path}/reply").content.decode())[1] for _ in "ab"]
    assert nonces[0] != nonces[1]
    assert "no-store" in client.get(f"{path}/reply").headers["Cache-Control"]


def test_readers_see_no_tools_of_the_staff(client, as_bob, scene):
    path = scene.get_absolute_url()
    assert "/moderation/" not in client.get(path).content.decode()
    page = as_bob.get(path)
    assert "/moderation/comments/" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert "no-store" in as_bob.get("/moderation/").headers["Cache-Control"]


def test_staff_write_as_staff_only_where_they_say_so(client, as_bob, scene):
    path = f"{scene.get_absolute_url()}/comments"
    as_bob.post(path, {"text": "As a reader."})
    as_bob.post(path, {"text": "As the moderator.", "as_staff": "1"})
    client.post(path, {"text": "As if.", "as_staff": "1"})
    roles = dict(Comment.objects.filter(source__startswith="As").values_list("source", "staff_role"))
    assert roles == {"As a reader.": "", "As the moderator.": "moderator", "As if.": ""}


def test_a_typed_name_is_shown_as_not_checked(client, scene):
    write(scene, "Signed.", name="Dana of the desk")
    html = client.get(scene.get_absolute_url()).content.decode()
    assert re.search(r"Dana of the desk.{0,80}name not checked", html, re.DOTALL)


@pytest.mark.parametrize("path", ["/nope", "/2015/11/nope.html", "/archive/2031/01/", "/labels/nope/", "/?page=99"])
def test_what_is_not_there_is_404(client, scene, path):
    response = client.get(path)
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


@pytest.mark.parametrize("query", ["?c=99", "?c=x", "?c=-1", "?page=0", "?page=9", "?page=x", "?c=²"])
def test_a_thread_asked_for_what_it_has_not_is_404(client, scene, query):
    assert client.get(scene.get_absolute_url() + query).status_code == 404


def test_drafts_and_scheduled_posts_are_not_there(client):
    make_post("Secret draft", publish_at=None)
    assert "Secret" not in client.get("/").content.decode()
    assert Post.objects.get().get_absolute_url() == ""


def test_home_lists_posts_with_counts_and_pages(client):
    for number in range(12):
        make_post(f"Post number {number}")
    first, second = client.get("/").content.decode(), client.get("/?page=2").content.decode()
    assert first.count("<article>") == 10
    assert second.count("<article>") == 2
    assert 'rel="next"' in first
    assert "0 comments" in first


def test_the_thread_page_asks_the_same_few_questions_whatever_its_size(client, django_assert_max_num_queries):
    small, large = make_post("Small"), make_post("Large")
    make_thread(small, "a(b)c")
    for number in range(300):
        write(large, f"Comment {number}")
    for post in (small, large):
        with django_assert_max_num_queries(6):
            assert client.get(post.get_absolute_url() + "?page=all").status_code == 200


def test_a_permalink_finds_its_page_and_all_holds_every_comment_once(client, post, monkeypatch):
    monkeypatch.setattr("forum.threads.PAGE_SIZE", 3)
    make_thread(post, "ab(cde)fg")
    path = post.get_absolute_url()
    numbers = re.compile(r'id="c(\d+)"')
    pages = [numbers.findall(client.get(f"{path}?page={page}").content.decode()) for page in (1, 2)]
    assert pages == [["1", "2", "3", "4", "5"], ["6", "7"]]
    assert numbers.findall(client.get(f"{path}?c=7").content.decode()) == ["6", "7"]
    assert numbers.findall(client.get(f"{path}?page=all").content.decode()) == list("1234567")


def test_a_permalink_to_a_pruned_comment_shows_its_tombstone(client, post):
    made = make_thread(post, "ab")
    remove_comment(comment_id=made["a"].pk, reason="Personal attack")
    path = post.get_absolute_url()
    assert 'id="c1"' not in client.get(path).content.decode()
    shown = client.get(f"{path}?c=1").content.decode()
    assert "Personal attack" in shown


def test_an_empty_comment_keeps_everything_else_that_was_typed(client, post):
    response = client.post(f"{post.get_absolute_url()}/comments", {"text": " ", "name": "Dana"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: " in html
    assert "There is a problem" in html
    assert "Enter a comment." in html
    assert 'value="Dana"' in html


def test_too_long_a_text_comes_back_whole(client, post):
    text = "word " * 4001
    response = client.post(f"{post.get_absolute_url()}/comments", {"text": text})
    assert response.status_code == 422
    assert "You have 5 too many" in response.content.decode()
    assert text in response.content.decode()


def test_a_parent_that_goes_while_one_types_leaves_a_way_out(client, post):
    made = make_thread(post, "a")
    remove_comment(comment_id=made["a"].pk, reason="Spam")
    sent = {"text": "My long answer.", "reply_to": "1"}
    response = client.post(f"{post.get_absolute_url()}/comments", sent)
    html = response.content.decode()
    assert response.status_code == 409
    assert "My long answer." in html
    assert 'name="reply_to"' not in html
    assert client.get(f"{post.get_absolute_url()}/reply?to=1").status_code == 410


def test_a_closed_post_says_so_and_gives_the_text_back(client, post):
    Post.objects.update(comments_open=False)
    assert "takes no more comments" in client.get(post.get_absolute_url()).content.decode()
    response = client.post(f"{post.get_absolute_url()}/comments", {"text": "Too late, alas."})
    assert response.status_code == 403
    assert "Too late, alas." in response.content.decode()


@pytest.mark.parametrize("reply_to", ["x", "0", "99", "-1", "1e3", "9" * 30])
def test_an_answer_to_nothing_is_not_posted(client, post, reply_to):
    response = client.post(f"{post.get_absolute_url()}/comments", {"text": "Hello", "reply_to": reply_to})
    assert response.status_code == 409
    assert Comment.objects.count() == 0


def test_the_posted_page_shows_number_and_code_and_may_be_reloaded(client, post):
    response = client.post(f"{post.get_absolute_url()}/comments", {"text": "Hello"})
    assert response.status_code == 303
    for _ in range(2):
        page = client.get(response.url)
        html = page.content.decode()
        assert "Your comment is number 1" in html
        code = re.search(r'id="code">([0-9A-Z-]+)<', html)[1]
        assert "no-store" in page.headers["Cache-Control"]
        assert page.headers["Referrer-Policy"] == "strict-origin"
    assert code not in response.url
    again = client.post(f"{post.get_absolute_url()}/comments", {"text": "Hello"})
    html = client.get(again.url).content.decode()
    assert "This text is already there" in html
    assert 'id="code"' not in html
    assert "#c1" in html


def test_an_unknown_ticket_is_gone(client):
    assert client.get("/posted/nonsense/").status_code == 410


def test_a_preview_stores_nothing_and_keeps_the_text(client, post):
    response = client.post(f"{post.get_absolute_url()}/preview", {"text": "*Look* at it"})
    html = response.content.decode()
    assert "<em>Look</em> at it" in html
    assert "*Look* at it</textarea>" in html
    assert Comment.objects.count() == 0


def test_too_many_previews_are_slowed(client, post):
    answers = [client.post(f"{post.get_absolute_url()}/preview", {"text": "x"}).status_code for _ in range(121)]
    assert answers == [200] * 120 + [429]


def test_the_receipt_shows_the_state_and_withdraws(client, post):
    _, code = write_with_code(post, "Mine alone.")
    typed = code_text(code)
    page = client.post("/receipts/", {"code": typed})
    assert "Published" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    gone = client.post("/receipts/withdrawal/", {"code": typed})
    assert "Its text is erased" in gone.content.decode()
    assert client.post("/receipts/withdrawal/", {"code": typed}).status_code == 409
    wrong = client.post("/receipts/", {"code": "AAAA"})
    assert wrong.status_code == 404
    assert "AAAA" in wrong.content.decode()


def test_wrong_codes_are_slowed(client, post):
    answers = [client.post("/receipts/", {"code": "AAAA"}).status_code for _ in range(31)]
    assert answers[:30] == [404] * 30
    assert answers[30] == 429


@override_settings(FORUM_LIMITS=False)
def test_limits_can_be_switched_off_for_measuring(client, post):
    assert {client.post("/receipts/", {"code": "AAAA"}).status_code for _ in range(40)} == {404}


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": "http://testserver.evil.example"},
    ],
)
def test_another_sites_page_cannot_post_here(client, post, headers):
    response = client.post(f"{post.get_absolute_url()}/comments", {"text": "Hello"}, **headers)
    assert response.status_code == 403
    assert Comment.objects.count() == 0


@pytest.mark.parametrize(
    "headers",
    [{}, {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": "http://testserver"}, {"HTTP_SEC_FETCH_SITE": "none"}],
)
def test_our_own_pages_can(client, post, headers):
    assert client.post(f"{post.get_absolute_url()}/comments", {"text": "Hello"}, **headers).status_code == 303


@pytest.mark.parametrize(("error", "status"), [(DatabaseError("disk full"), 503), (RuntimeError("oops"), 500)])
def test_when_storing_fails_the_text_is_on_the_page(post, monkeypatch, error, status):
    def fail(**kwargs):
        raise error

    monkeypatch.setattr("forum.views.writing.post_comment", fail)
    client = Client(raise_request_exception=False)
    response = client.post(f"{post.get_absolute_url()}/comments", {"text": "Do not lose me"})
    assert response.status_code == status
    assert "Do not lose me" in response.content.decode()
    assert "disk full" not in response.content.decode()


def test_feeds_and_sitemap_are_well_formed_and_name_the_site(client, scene):
    feed = ElementTree.fromstring(client.get("/feed.atom").content)
    names = {"a": "http://www.w3.org/2005/Atom"}
    assert feed.find("a:entry/a:title", names).text == "Rooms"
    assert feed.find("a:entry/a:link", names).get("href") == scene.address
    assert client.get("/feeds/posts/default").content == client.get("/feed.atom").content
    sitemap = client.get("/sitemap.xml").content.decode()
    assert scene.address in sitemap
    assert ElementTree.fromstring(sitemap) is not None


def test_a_body_beyond_all_measure_is_refused_before_it_reaches_a_disk(client, scene, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    upload = SimpleUploadedFile("x.bin", b"x" * 3_000_000)
    assert client.post(f"{scene.get_absolute_url()}/preview", {"text": "Hi", "file": upload}).status_code == 400
    assert list(tmp_path.iterdir()) == []


MALFORMED = [
    ("get", {"HTTP_REFERER": "http://["}, 200),
    ("get", {"HTTP_REFERER": "http://a]b/"}, 200),
    ("get", {"HTTP_ORIGIN": "http://["}, 200),
    ("post", {"HTTP_ORIGIN": "http://["}, 403),
]


@pytest.mark.parametrize(("method", "headers", "status"), MALFORMED)
def test_malformed_headers_are_no_reason_to_fail(client, scene, method, headers, status):
    path = scene.get_absolute_url() + ("/comments" if method == "post" else "")
    response = getattr(client, method)(path, **headers)
    assert response.status_code == status


@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace"])
@pytest.mark.parametrize("path", ["/", "{post}", "{post}/comments", "/receipts/", "/start/"])
def test_other_methods_are_not_allowed(client, scene, method, path):
    assert getattr(client, method)(address(path, scene)).status_code == 405
