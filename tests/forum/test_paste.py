"""What the owner pastes from elsewhere becomes the Markdown of posts: clean, complete, and nothing else."""

import re
import time
from html import escape
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from forum.errors import BadText
from forum.extracts import plain_text
from forum.markup import render_post
from forum.paste import markdown_from_html

PASTED = Path(__file__).parent / "pasted"
# Marks of Markdown and of HTML, where words begin and end, and in the middle of them.
TEXT = (
    st.lists(
        st.sampled_from(
            [
                *"ab1 *_#>[](){}`~\\&+-:|!.<\"'“é\n\xa0",
                "word ",
                " two",
                "**",
                "1. ",
                "- ",
                "](",
                "&amp;",
                ":::",
                "```",
                " https://example.org/a_b*c ",
                " www.example.org/_x_ ",
                "*****",
                "- - -",
                "--oo00oo--",
            ]
        ),
        max_size=8,
    )
    .map("".join)
    .map(escape)
)
INLINE_TAGS = st.sampled_from(["b", "i", "strong", "em", "span", "u", "a href=https://example.org/x_(y)"])
PLAIN = TEXT | st.just("<br>") | st.just("<br><br>")
INLINE = st.recursive(
    PLAIN,
    lambda inner: st.builds(
        lambda tag, inside: f"<{tag}>{''.join(inside)}</{tag.split()[0]}>", INLINE_TAGS, st.lists(inner, max_size=3)
    ),
    max_leaves=8,
)
BLOCK_TAGS = st.sampled_from(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h4",
        "blockquote",
        "ul",
        "ol",
        "ol start=7",
        "li",
        "article",
        "b",
        "a href=https://example.org/y",
    ]
)
BLOCKS = st.recursive(
    st.lists(INLINE, min_size=1, max_size=4).map("".join).map(lambda inside: f"<p>{inside}</p>") | INLINE,
    lambda inner: st.builds(
        lambda tag, inside: f"<{tag}>{''.join(inside)}</{tag.split()[0]}>", BLOCK_TAGS, st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)


def seen(text: str) -> str:
    """Everything that is no blank."""
    return "".join(text.split())


@settings(deadline=None, max_examples=150)
@given(BLOCKS)
def test_what_is_shown_after_pasting_is_what_a_reader_of_the_page_saw(html):
    markdown = markdown_from_html(html)
    assume(not re.search(r"^[> \-\d.]*\*\*\*$", markdown, re.MULTILINE))  # a typed rule became a rule
    assert seen(plain_text(render_post(markdown))) == seen(BeautifulSoup(html, "html.parser").get_text())
    assert not re.search(r"[ \t]$|\n\n\n|\A\n|\n\Z", markdown, re.MULTILINE)


@pytest.mark.parametrize("page", sorted(PASTED.glob("*.html")), ids=lambda page: page.stem)
def test_each_kind_of_page_becomes_exactly_this(page):
    """A broadcaster's page, Google Docs, Word with Outlook's links, a circular made of tables, an old blog."""
    markdown = markdown_from_html(page.read_text())
    assert f"{markdown}\n" == page.with_suffix(".md").read_text()


SMALL = {
    "<p>a</p>\n<p></p><h2> </h2><p>&nbsp;</p><p>b</p>": "a\n\nb",
    "<!--StartFragment-->a<!--EndFragment-->": "a",
    "<p>a<br><br>b<br>c</p>": "a\n\nb\nc",
    "<b>a</b><b>b</b>": "**ab**",
    "<b> a </b>b": "**a** b",
    "a<b>(b)</b>c": "a(b)c",
    "<i>a</i><b>b</b>": "*a*b",
    "<b>one <i>two</i> three</b>": "**one *two* three**",
    '<b style="font-weight: normal">a <span style="font-weight: 700">b</span></b>': "a **b**",
    '<h2><a href="https://example.org/x">A <b>link</b></a></h2>': "## [A link](https://example.org/x)",
    '<a href="https://example.org/"><h3>A</h3><p>b</p></a>': "### [A](https://example.org/)\n\n[b](https://example.org/)",
    '<a href="javascript:alert(1)">a</a> <a href="data:text/html,x">b</a> <a href="#top">c</a>': "a b c",
    '<a href="https://user:secret@example.org/">a</a> <a href="https://[">b</a>': "a b",
    '<a href="https://example.org/?a=1&gclid=2&CMP=3&b=4&at_campaign=5">a</a>': "[a](https://example.org/?a=1&b=4)",
    '<a href="https://example.org/a_(b) c*d">a</a>': "[a](https://example.org/a_%28b%29c%2Ad)",
    '<a href="https://www.example.org/long/way">https://www.example.org/long…</a>': "https://www.example.org/long/way",
    '<a href="https://mail.example/click?u=1">www.example.org/vote</a>': "www.example.org/vote",
    '<a href="https://example.org/x">[1]</a>': r"[\[1\]](https://example.org/x)",
    "<ul><li>a<li>b<ol><li>c</ol></ul>": "- a\n- b\n  1. c",
    "<ol start=9><li>a</li><li>b<p>c</p></li></ol>": "9. a\n10. b\n\n    c",
    "<li>no list</li>": "- no list",
    "<blockquote>a<blockquote>b</blockquote></blockquote>": "> a\n>\n> > b",
    "<dl><dt>a</dt><dd>b</dd></dl>": "a\n\nb",
    "<pre>a\n  b</pre>": "a\nb",
    "<q>a</q>": "“a”",
    "<table><tr><td>a:<td>b</table><table><tr><td>only</table>": "a: b\n\nonly",
    "<p>1. a</p><p>in 2026. b</p><p>2*3 snake_case 5 * 4</p>": "1\\. a\n\nin 2026. b\n\n2*3 snake_case 5 * 4",
    "<p>[ https://example.org/a_b ]()</p>": r"[ https://example.org/a_b \]()",
    "<ul><li>--</li></ul>": r"- \--",
    "<p>:::quotation</p>": r"\:::quotation",
    "<p>a\x00b&#0;&#xD800;c\u202ed\u200be</p>": "ab\ufffd\ufffdcde",
    "<nav>a</nav><p hidden>b</p><span aria-hidden=true>c</span><template>d</template><textarea>e</textarea>": "",
    '<div class="Related-box"><a href="/x">a</a></div><div class="related">Prose alone stays.</div>': "Prose alone stays.",
    "<![CDATA[x]]><?php x ?><!doctype html>a": "a",
    "": "",
}


@pytest.mark.parametrize(("html", "markdown"), SMALL.items())
def test_small_things(html, markdown):
    assert markdown_from_html(html) == markdown


HOSTILE = {
    "nested boxes": "<div>" * 200_000 + "x",
    "nested quotations": "<blockquote>x" * 20_000,
    "nested lists": "<ul><li>x" * 10_000,
    "paragraphs without an end": "<p>x" * 20_000,
    "items without an end": "<li>x" * 20_000,
    "links without an end": "<a href=https://example.org/>x" * 20_000,
    "nested tables": "<table><tr><td>x" * 6_600,
    "marks in one paragraph": "<i>x</i> y " * 20_000,
    "boxes in boxes": "<p class=share>" * 20_000 + "x" * 300,
    "open comments": "<!--" * 250_000,
    "open tags": "<a" * 450_000,
    "open quotes": '<a x="' * 150_000,
    "open sections": "<![if " * 150_000,
    "stars": "*a" * 450_000,
    "backticks": "`a" * 450_000,
    "brackets": "](" * 450_000,
    "addresses": "https://www." * 75_000,
    "entities": "&#" * 450_000,
    "blanks": " " * 900_000 + "x",
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_pages_are_bounded(html):
    started = time.process_time()
    markdown_from_html(html)
    # On an idle machine each takes less than two seconds; quadratic work would take minutes.
    assert time.process_time() - started < 5


def test_far_too_many_tags_are_refused_in_words():
    with pytest.raises(BadText, match="Paste it in pieces"):
        markdown_from_html("<p>x</p>" * 20_001)


def test_the_owner_alone_may_paste(client, as_alice, as_bob):
    sent = {"html": "<p>a <b>b</b></p>"}
    answer = as_alice.post("/desk/paste/", sent)
    assert (answer.status_code, answer.content) == (200, b"a **b**")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    assert as_bob.post("/desk/paste/", sent).status_code == 403
    assert client.post("/desk/paste/", sent).status_code == 403
    assert as_alice.get("/desk/paste/").status_code == 405
    assert as_alice.post("/desk/paste/").content == b""


def test_pasting_wants_the_token_of_the_form(alice):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post("/desk/paste/", {"html": "a"}).status_code == 403


def test_too_much_at_once_is_refused_in_a_sentence(as_alice):
    answer = as_alice.post("/desk/paste/", {"html": "x" * 900_001})
    assert answer.status_code == 413
    assert "900,000 characters" in answer.content.decode()
    answer = as_alice.post("/desk/paste/", {"html": "<p>x" * 20_001})
    assert answer.status_code == 422
    assert "too many parts" in answer.content.decode()
    assert as_alice.post("/desk/paste/", {"html": "<p>\ud800</p>".encode("utf-8", "surrogatepass")}).status_code == 200


def test_a_paragraph_of_thousands_of_links_costs_no_more_than_its_length():
    links = " ".join(f'<a href="https://example.org/{number}">word</a>' for number in range(9000))
    begun = time.process_time()
    assert markdown_from_html(f"<p>{links}</p>").count("](https://example.org/") == 9000
    assert time.process_time() - begun < 10
