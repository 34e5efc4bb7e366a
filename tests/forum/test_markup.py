"""From typed text to safe HTML: the habits of this audience, and hostile text."""

import re
import time
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.extracts import count_links, extract, plain_text
from forum.markup import render_comment, render_post

REL = ' rel="ugc nofollow noopener noreferrer"'


def link(address: str, text: str | None = None) -> str:
    return f'<a href="{address}"{REL}>{text or address}</a>'


RENDERED = {
    "one\ntwo\n\nthree": "<p>one<br>\ntwo</p>\n<p>three</p>",
    "CRC training *should* be": "<p>CRC training <em>should</em> be</p>",
    "**strong**, not _stress_": "<p><strong>strong</strong>, not _stress_</p>",
    "Points:\n* first\n* second\nAnd then": "<p>Points:</p>\n<ul>\n<li>first</li>\n<li>second</li>\n</ul>\n<p>And then</p>",
    "1. Key ( including\n2. Next": "<ol>\n<li>Key ( including</li>\n<li>Next</li>\n</ol>",
    "1986. A good year": '<ol start="1986">\n<li>A good year</li>\n</ol>',
    "> quoted\nanswer": "<blockquote>\n<p>quoted</p>\n</blockquote>\n<p>answer</p>",
    "*Note that. Both faces.*": "<p><em>Note that. Both faces.</em></p>",
    "9.25 o take it\n08:52 don't": "<p>9.25 o take it<br>\n08:52 don't</p>",
    "# 1 reason": "<p># 1 reason</p>",
    "a *****\nb": "<p>a</p>\n<hr>\n<p>b</p>",
    "terrible.******\nb": "<p>terrible.</p>\n<hr>\n<p>b</p>",
    "*******": "<hr>",
    "--oo00oo--": "<hr>",
    "what the f*****": "<p>what the f*****</p>",
    "a@@@ and p@@@ up": "<p>a@@@ and p@@@ up</p>",
    "P&O, T & C's, &amp; &lt;b&gt;": "<p>P&amp;O, T &amp; C's, &amp;amp; &amp;lt;b&amp;gt;</p>",
    "c:\\new \\*x\\* ¯\\_(ツ)_/¯": "<p>c:\\new \\<em>x\\</em> ¯\\_(ツ)_/¯</p>",
    "5 < 6 > 4 <b>bold</b>": "<p>5 &lt; 6 &gt; 4 &lt;b&gt;bold&lt;/b&gt;</p>",
    "https://example.org/a_b_c/*d*?token=_x_-": f"<p>{link('https://example.org/a_b_c/*d*?token=_x_-')}</p>",
    "(see https://example.org/a_(b)).": f"<p>(see {link('https://example.org/a_(b)')}).</p>",
    "*https://example.org/x*": f"<p><em>{link('https://example.org/x')}</em></p>",
    "https://example.org/?a=1&b=2&copy=3": f"<p>{link('https://example.org/?a=1&amp;b=2&amp;copy=3')}</p>",
    "https://example.org/&lt;b&amp;c": f"<p>{link('https://example.org/&amp;lt;b&amp;amp;c')}</p>",
    "www.example.org, www.nosuffix": f"<p>{link('http://www.example.org', 'www.example.org')}, www.nosuffix</p>",
    "“https://example.org/q”": f"<p>“{link('https://example.org/q')}”</p>",
    "[words](https://example.org)": f"<p>[words]({link('https://example.org')})</p>",
    "P.S.S and staff.People Mr.Smith.co me@example.org": "<p>P.S.S and staff.People Mr.Smith.co me@example.org</p>",
    "    four blanks": "<p>four blanks</p>",
    "a\u202eb": "<p>ab</p>",
    "`code` ~~struck~~": "<p>`code` ~~struck~~</p>",
}


@pytest.mark.parametrize(("typed", "html"), RENDERED.items())
def test_what_people_type_looks_as_they_mean_it(typed, html):
    assert render_comment(typed) == html


NEVER_LINKS = [
    "javascript:alert(1)",
    "http://user:secret@example.org/",
    "http://localhost/x",
    "http://example.org:99999/",
    "http://[::1]/",
    "data:text/html,x",
    "//example.org/x",
    "https://exa mple",
]


@pytest.mark.parametrize("typed", NEVER_LINKS)
def test_what_is_no_plain_address_on_the_web_stays_text(typed):
    assert count_links(render_comment(typed)) == 0
    assert count_links(render_post(f"[x]({typed})")) == 0


def test_posts_have_headings_below_the_title_and_named_links():
    html = render_post("# One\n\n## Two\n\n### Three\n\n[words](https://example.org)\n\n<script>x</script>")
    assert html.startswith("<h2>One</h2>\n<h2>Two</h2>\n<h3>Three</h3>")
    assert '<a href="https://example.org" rel="noopener noreferrer">words</a>' in html
    assert "<script>" not in html


@pytest.mark.parametrize(
    "address",
    ["https://www.example.org/a", "https://example.org/a_(b)_*c*d", "https://web.example/https://www.example.org/_x_y"],
)
def test_a_named_link_keeps_its_whole_address(address):
    assert f'<a href="{address}" rel="noopener noreferrer">words</a>.' in render_post(f"See [words]({address}).")
    assert f">{address}</a>)" in render_post(f"See it ({address})")


WORDS = st.lists(st.from_regex(r"\A[a-z0-9]{1,8}\Z"), min_size=1, max_size=12)
MARKS = st.sampled_from(["\n", "\n\n", " ", "> ", "* ", "- ", "1. ", "*", "_", "**", "  ", "\t", "******", "[", "]("])


@settings(deadline=None)
@given(WORDS, st.lists(MARKS, min_size=12, max_size=12))
def test_no_word_is_ever_lost(words, marks):
    typed = "".join(mark + word for mark, word in zip(marks, words, strict=False))
    seen = plain_text(render_comment(typed))
    for word in words:
        assert word in seen or word.rstrip("0123456789") == ""


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_comes_out_within_the_allow_list(text):
    for html in (render_comment(text), render_post(text)):
        for tag in re.findall(r"<[^>]*>", html):
            assert re.fullmatch(
                r'</?(?:p|br|cite|em|strong|blockquote|ul|li|hr|ol|h[234]|code|pre)>|<ol start="\d{1,9}">|</a>'
                r'|<a href="https?://[^"<>]*"(?: class="clean")? rel="[a-z ]+">',
                tag,
            )


HOSTILE = {
    "brackets": "[" * 20_000,
    "quotes": ">" * 20_000,
    "quotes with blanks": "> " * 10_000,
    "lists in lists": "\n".join("  " * depth + "- x" for depth in range(140)),
    "list markers": "1. " * 6_600,
    "stars": "*a" * 10_000,
    "underscores": "_a_ " * 5_000,
    "addresses": "http://a.b/" * 1_800,
    "open brackets in an address": "https://e.org/" + "(" * 19_900,
    "ampersands": "&" * 20_000,
    "angles": "<" * 20_000,
    "www": "www." * 5_000,
    "one word": "a" * 20_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_bounded_and_kept(text):
    started = time.process_time()
    html = render_comment(text)
    # Bounded, not fast: quadratic work on 20,000 characters would take minutes.
    assert time.process_time() - started < 5
    assert len(unescape(re.sub(r"<[^>]+>|\s", "", html))) > 0 or text[:1] in ">1"


def test_an_extract_is_one_line_cut_at_a_word():
    html = render_comment("First line\nsecond & third.\n\n* item")
    assert plain_text(html) == "First line second & third. item"
    assert extract(html, 13) == "First line …"
    assert extract(html, 200) == plain_text(html)


def test_an_extract_gives_the_authors_own_words_unless_there_are_none():
    theirs = ":::quotation\npublisher: The Gazette\naddress: no link\n\nTheirs.\n:::"
    assert extract(render_post(f"Mine.\n\n{theirs}\n\nMine again."), 200) == "Mine. Mine again."
    assert extract(render_post(theirs), 200) == "From The Gazette. No link. Theirs."
