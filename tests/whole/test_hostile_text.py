"""Hostile text comes out as text: the corpus, what hypothesis makes of it, and each of the two walls alone."""

from __future__ import annotations

import re

import nh3
import pytest
from hypothesis import given, settings
from markdown_it.renderer import RendererHTML

from forum import markup
from forum.markup import render_comment, render_house_page, render_post
from tests.whole.allow_list import COMMENT, HOUSE_PAGE, POST, complaints
from tests.whole.payloads import HOSTILE, PAYLOADS, TYPED

RENDERERS = [(render_comment, COMMENT), (render_post, POST), (render_house_page, HOUSE_PAGE)]


def test_the_corpus_is_large_and_knows_all_classes():
    assert len(set(PAYLOADS)) >= 500


@pytest.mark.parametrize(("render", "tags"), RENDERERS, ids=["comment", "post", "house page"])
def test_nothing_of_the_corpus_survives_outside_the_allow_list(render, tags):
    assert {text: found for text in TYPED if (found := complaints(render(text), tags))} == {}


@settings(deadline=None, max_examples=100)
@given(HOSTILE)
def test_nothing_put_together_of_it_does(text):
    for render, tags in RENDERERS:
        html = render(text)
        assert complaints(html, tags) == []
        assert nh3.clean_text(nh3.clean(html, tags=tags)).count("&lt;") == nh3.clean_text(html).count("&lt;")


def test_nh3_has_the_last_word_also_when_all_before_it_has_failed(monkeypatch):
    monkeypatch.setattr(markup, "_unwashed", lambda text, kind: text)
    monkeypatch.setattr(markup, "show_addresses", lambda html: html)
    assert {text: found for text in TYPED if (found := complaints(render_comment(text)))} == {}
    assert render_comment("<b>a</b> <a href='https://a.example/' onclick=x>b</a>") == (
        'a <a href="https://a.example/" rel="ugc nofollow noopener noreferrer">b</a>'
    )


def test_bleach_applies_the_allow_list_also_when_nh3_lets_all_pass(monkeypatch):
    """As if the grammar let markup through: what stands between the block tags then reaches bleach as it was typed."""
    monkeypatch.setattr(markup, "_wash", lambda html, kind: html)
    monkeypatch.setattr(RendererHTML, "renderInline", lambda self, tokens, *rest: "".join(t.content for t in tokens))
    allowed = re.compile(r'</?(?:p|br|cite|em|strong|blockquote|[uo]l|li|hr)>|</a>|<a href="https?://[^"<>]*">')
    for text in TYPED:
        html = render_comment(text)
        assert [tag for tag in re.findall(r"<[^>]*>", html) if not allowed.fullmatch(tag)] == [], text


def test_bleach_builds_the_links(monkeypatch):
    typed = "https://a.example/ (www.b.example), ftp://c.example, http://localhost/ and javascript:x"
    assert re.findall(r'href="([^"]*)"', render_comment(typed)) == ["https://a.example/", "http://www.b.example"]
    monkeypatch.setattr(markup._Links, "__iter__", lambda self: iter(self.source))
    assert "<a" not in render_comment(typed), "nothing else makes links"
