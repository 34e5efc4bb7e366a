"""What the page of a post shows of its comments: conversations, flat views, folds, one comment's place."""

import re

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum import site
from forum.long_comments import SHOWN, fold
from forum.markup import render_comment
from forum.models import Post, SiteSettings
from forum.services.comments import remove_comment, withdraw_comment
from tests.scenery import at, make_post, make_thread, write, write_with_code

pytestmark = pytest.mark.django_db
NUMBERS = re.compile(r' id="c(\d+)"')


def page(client, post, query="") -> str:
    response = client.get(f"{post.get_absolute_url()}{query}")
    assert response.status_code == 200, query
    return response.content.decode()


def numbers(html: str) -> str:
    return "".join(NUMBERS.findall(html))


@pytest.mark.parametrize(("view", "order"), [("newest", "7654321"), ("oldest", "1234567"), ("threads", "1237456")])
def test_each_view_has_its_order(client, post, view, order):
    made = make_thread(post, "a(b(c))d(ef)")
    write(post, "This is g.", made["c"])
    assert numbers(page(client, post, f"?view={view}")) == order


def test_flat_views_quote_what_is_answered_and_lead_to_the_conversation(client, post):
    long = write(post, "One two three. " * 30)
    write(post, "Short answer.", long)
    gone = write(post, "To be removed.")
    write(post, "To the removed.", gone)
    remove_comment(comment_id=gone.pk, reason="Spam")
    html = page(client, post, "?view=newest")
    quoted = re.findall(r'<p class="quoted">([^<]*)</p>', html)
    assert quoted[0] == "Removed by a moderator"
    assert quoted[1].startswith("One two three.")
    assert 60 < len(quoted[1]) <= 125
    assert '<a href="?c=2#c2">See in conversation' in html
    actions = re.search(r'<p class="acts">(.*?)</p>', html)
    assert actions is not None
    assert re.findall(r">(\w+)[^<]*<i>", actions[1]) == ["Reply", "See", "Report"]
    assert 'In reply to <a href="#c1">' in html
    assert "<details open>" not in html


def test_flat_views_have_pages_that_lose_nothing_and_lead_to_each_other(client, post, monkeypatch):
    monkeypatch.setattr("forum.threads.PAGE_SIZE", 3)
    make_thread(post, "a(bcd)efg")
    pages = [page(client, post, f"?view=newest&page={number}") for number in (1, 2, 3)]
    assert [numbers(html) for html in pages] == ["765", "432", "1"]
    assert numbers(page(client, post, "?view=newest&page=all")) == "7654321"
    assert 'href="?c=1#c1"' in pages[1]
    assert "?view=newest&page=2#comments" in pages[0].replace("&amp;", "&")
    assert client.get(f"{post.get_absolute_url()}?view=newest&page=4").status_code == 404


@pytest.mark.parametrize("query", ["?view=best", "?page=0", "?page=x", "?c=", "?c=0", "?c=9", "?page=2"])
def test_what_is_not_there_is_said_so(client, post, query):
    make_thread(post, "ab")
    assert client.get(post.get_absolute_url() + query).status_code == 404


def test_replies_fold_below_a_line_that_counts_them(client, post):
    make_thread(post, "a(b(c(d))e)f(g)")
    html = page(client, post)
    assert re.findall(r"<details open><summary>([^<]*)</summary>", html) == ["4 replies", "1 reply"]
    folded = page(client, post, "?fold=all")
    assert "<details open><summary>" not in folded
    assert numbers(folded) == numbers(html)
    assert "Unfold all" in folded


def test_a_long_conversation_ends_with_the_way_to_the_next(client, post):
    make_thread(post, "a(bcd)ef")
    assert re.findall(r'<p class="next"><a href="#c(\d)">Next conversation', page(client, post)) == ["5"]


def test_a_long_comment_folds_and_nothing_of_it_is_cut(client, post):
    paragraphs = [f"Paragraph {number} has a few words to say. " * 6 for number in range(12)]
    write(post, "\n\n".join(paragraphs))
    html = page(client, post)
    shown, _, rest = html.partition('<details class="more"><summary>Show all')
    assert "Paragraph 0" in shown
    assert "Paragraph 11" in rest
    assert "Paragraph 11" not in shown
    assert '<details class="more" open>' in page(client, post, "?c=1")


@pytest.mark.parametrize(
    "text",
    ["word " * 600, "* item\n" * 400, "> quoted\n\n" * 300, "\n\n".join(["******"] * 900 + ["end " * 500]), "a" * 1300],
)
def test_folding_leaves_lists_quotations_and_single_paragraphs_whole(text):
    html = render_comment(text)
    folded = fold(html)
    whole = re.sub(r'<details class="more"><summary>[^<]*</summary>|</details>', "", folded)
    assert whole == html
    first = folded.partition('<details class="more">')[0]
    assert all(first.count(f"<{tag}>") == first.count(f"</{tag}>") for tag in ("p", "ul", "ol", "blockquote", "li"))
    assert len(folded) == len(html) or len(first) > SHOWN / 2


@pytest.mark.parametrize("name", ["Of this moment", None])
def test_what_the_owner_set_for_the_site_comes_with_the_post(client, post, settings, name):
    settings.FORUM_PAGE_CACHE = False
    site.current()  # As another process remembers it.
    if name:
        SiteSettings.objects.update_or_create(pk=1, defaults={"name": name, "later_for_all": True})
    page = client.get(post.get_absolute_url()).content.decode()
    assert f"- {name or 'Probation Forum'}</title>" in page
    assert client.get("/").content.decode().count("- Probation Forum</title>") == 1


def test_a_closed_post_offers_no_reply_but_everything_else(client, post):
    make_thread(post, "a(b)")
    Post.objects.update(comments_open=False)
    html = page(client, post)
    assert "/reply?to=" not in html
    assert html.count("/report") == 2


def test_staff_find_their_links_at_every_comment_and_tombstone(as_alice, as_bob, post):
    made = make_thread(post, "a(b)c")
    remove_comment(comment_id=made["a"].pk, reason="Spam")
    html = page(as_bob, post)
    assert html.count("/moderation/comments/") == 3
    assert "/desk/comments/" not in html
    assert page(as_alice, post).count("/desk/comments/") == 2


def test_one_comment_in_its_conversation_leads_back_to_its_place(client, post):
    make_thread(post, "a(b(c(d))e)f")
    html = page(client, post, "/c/3")
    path = post.get_absolute_url()
    assert numbers(html) == "1234"
    assert f'<a href="{path}?c=3#c3">Read all comments</a>' in html
    assert html.count('class="c target"') == 1
    assert f'href="{path}/reply?to=3"' in html
    assert '<a href="?c=' not in html


def test_every_view_is_valid_html(client, post):
    made = make_thread(post, "a(b(c(d(e(f(g(h)))))i)j)k")
    write(post, "Name <b>& all</b>\n\n* a\n* b\n\n> q", made["h"], name="Dana <i>")
    _, code = write_with_code(post, "Going.", made["c"])
    write(post, "long words " * 200 + "\n\n" + "more words " * 200)
    withdraw_comment(code=code)
    remove_comment(comment_id=made["b"].pk, reason="Spam & more")
    for query in ("", "?view=newest", "?view=oldest", "?fold=all", "?page=all", "?c=4", "/c/4", "?print=1", "?q=words"):
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(page(client, post, query))
        assert parser.errors == [], query


def test_a_view_costs_the_same_at_any_size(client, settings):
    settings.FORUM_PAGE_CACHE = False
    with at("2026-01-13 08:00"):
        small, large = make_post("Small"), make_post("Large")
        make_thread(small, "a(b)c")
        first = write(large, "First.")
        for number in range(60):
            write(large, f"@08:00 {number} said", first)
    for query in ("?page=all", "?view=newest", "?c=2", "/c/2"):
        counts = []
        for post in (small, large):
            page(client, post, query)
            with CaptureQueriesContext(connection) as queries:
                page(client, post, f"{query}{'&' if '?' in query else '?'}x=1")
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 6, query


def test_what_one_comment_costs_when_it_is_posted(post):
    """The article is made when the comment is, so that reading only joins."""
    first = write(post, "First.")
    with CaptureQueriesContext(connection) as queries:
        write(post, "Second.", first)
    assert len(queries) <= 40
