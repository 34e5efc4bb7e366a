"""Blocks in posts: apart from the owner's words, with their source, and with nothing that could do harm."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from forum import blocks
from forum.extracts import plain_text
from forum.markup import render_post

QUOTATION = """:::quotation
publisher: The Northmere Gazette
title: Rooms & <b>desks</b>
date: 3 March 2026
address: https://example.org/a_b?x=1&y=2

Their *words*.

## A heading of theirs
:::"""
PICTURE = """:::picture 3f9c2a1b5d6e7f80-1200x800
alt: A "queue" outside
caption: The third floor
credit: A reader
:::"""


def test_a_quotation_names_its_source_and_stands_apart():
    html = render_post(f"Mine.\n\n{QUOTATION}\n\nMine again.")
    before, inside, after = html.partition('<figure class="quotation">')[0], *html.split("figure", 2)[1:]
    assert before.strip() == "<p>Mine.</p>"
    assert "From The Northmere Gazette, 3 March 2026: <cite>Rooms &amp; &lt;b&gt;desks&lt;/b&gt;</cite>" in html
    assert '<a href="https://example.org/a_b?x=1&amp;y=2" rel="noopener noreferrer">Read it there</a>' in html
    assert "<blockquote><p>Their <em>words</em>.</p>\n<h2>A heading of theirs</h2>" in html
    assert "Mine again." in after
    assert "Mine" not in inside


def test_no_link_is_said_aloud():
    assert "No link." in render_post(QUOTATION.replace("https://example.org/a_b?x=1&y=2", "no link"))


def test_a_relay_says_that_its_author_is_not_here():
    html = render_post(":::relay\nfrom: Twitter\nrole: former inspector\n\n> One.\n\n> Two.\n:::")
    assert "From Twitter, former inspector. Its author is not here to answer." in html
    assert html.count("<blockquote>") == 2


def test_a_picture_has_its_words_and_its_size():
    html = render_post(PICTURE)
    assert 'src="/pictures/3f9c2a1b5d6e7f80-1200x800.webp" alt="A &quot;queue&quot; outside"' in html
    assert 'width="1200" height="800" loading="lazy"' in html
    assert "The third floor. Picture: A reader." in html


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (QUOTATION.replace("publisher: The Northmere Gazette\n", ""), "Line 1: say who published"),
        (QUOTATION.replace("address: https://example.org/a_b?x=1&y=2\n", ""), "or say “address: no link”"),
        (QUOTATION.replace("https://example.org/a_b?x=1&y=2", "javascript:alert(1)"), "or say “address: no link”"),
        (QUOTATION.removesuffix(":::"), "Line 1: this block has no end"),
        (f"Words.\n\n{PICTURE.replace('credit: A reader', '')}", "Line 3: say who made the picture"),
        (PICTURE.replace('alt: A "queue" outside', "alt:"), "describe the picture"),
        (PICTURE.replace("3f9c2a1b5d6e7f80-1200x800", "../secret"), "not the name of a picture"),
        (":::relay\n\nWords.\n:::", "say where the words come from"),
        (":::comment https://elsewhere.example/\n:::", "not the address of a comment"),
    ],
)
def test_what_is_missing_is_named_with_its_line(text, sentence):
    assert any(sentence in problem for problem in blocks.problems(text)), blocks.problems(text)


def test_whole_blocks_have_no_problems():
    assert blocks.problems(f"{QUOTATION}\n\n{PICTURE}\n\n:::comment /2026/11/a-title.html?c=14\n:::") == []


@pytest.mark.parametrize(
    "text",
    [
        ':::picture x" onerror="alert(1)\n:::',
        ':::picture 3f9c2a1b5d6e7f80-1x1\nalt: " onerror="alert(1)\n:::',
        ":::quotation\npublisher: <script>alert(1)</script>\naddress: javascript:alert(1)\n\n<img src=x onerror=alert(1)>\n:::",
        ":::relay\nfrom: <svg onload=alert(1)>\n\n[x](javascript:alert(1))\n:::",
        ':::comment /2026/11/a.html?c=1"><script>\n:::',
        '<figure class="comment" id="item-1" onclick="x"><a href="/2026/11/a.html?c=1#c1"></a></figure>',
        '<img src="https://elsewhere.example/x.png">',
    ],
)
def test_nothing_in_a_block_runs_or_loads(text):
    tree = BeautifulSoup(render_post(text), "html.parser")
    assert {tag.name for tag in tree.find_all()} <= {
        "a",
        "br",
        "p",
        "figure",
        "figcaption",
        "blockquote",
        "cite",
        "img",
    }
    for tag in tree.find_all():
        assert not [name for name in tag.attrs if name.startswith("on")]
        assert tag.get("src", "/pictures/").startswith("/pictures/")
        assert tag.get("href", "https://").startswith("https://")


@given(st.lists(st.sampled_from([*QUOTATION.split("\n"), *PICTURE.split("\n"), ":::", ":::relay", "words", "", "> q"])))
def test_no_line_is_lost_however_blocks_are_mixed(lines):
    source = "\n".join(lines)
    seen = blocks.split(source)
    kept = sum(len(part.text.split()) if isinstance(part, blocks.Block) else len(part.split()) for part in seen)
    said = sum(len(value.split()) for part in seen if isinstance(part, blocks.Block) for value in part.fields.values())
    assert kept + said <= len(source.split())
    assert plain_text(render_post(source)).count("words") >= source.split("\n").count("words")
