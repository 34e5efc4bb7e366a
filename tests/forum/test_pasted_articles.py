"""Articles and long quotations that readers paste into comments are shown as quotations, and nothing else is."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.extracts import extract, plain_text
from forum.markup import render_comment, render_post

# Three make an article.
SOME = (
    "The council of Northmere said on Tuesday that the hostel by the harbour will let its rooms again from March. "
    "Two winters ago it was closed because of its boiler, which a firm from Eastmere has now replaced twice over."
)
ARTICLE = "\n\n".join([f"{SOME} {number}." for number in ("One", "Two", "Three")])
AS_LINES = ARTICLE.replace("\n\n", "\n")


def shape(typed: str) -> str:
    """The rendered tags, with "T" for a paragraph of the article and other text as it is."""
    html = render_comment(typed).replace(SOME, "").replace("\n", "")
    html = re.sub(r"<p>“? (?:One|Two|Three)\.”?</p>", "T", html).replace("blockquote>", "q>")
    return re.sub(r'<a href="[^"]*"[^>]*>', "<a>", html).replace("<br>", "/")


SHAPES = {
    "below its source": (f"BBC website:-\n\n{ARTICLE}", "<p><cite>BBC website:-</cite></p><q>TTT</q>"),
    "right below it": (f"BBC website:-\n{ARTICLE}", "<p><cite>BBC website:-</cite></p><q>TTT</q>"),
    "in lines": (f"BBC website:-\n{AS_LINES}", "<p><cite>BBC website:-</cite></p><q><p> One./ Two./ Three.</p></q>"),
    "after an opinion": (
        f"Rooms!\nFrom the Gazette:- \n{ARTICLE}",
        "<p>Rooms!</p><p><cite>From the Gazette:-</cite></p><q>TTT</q>",
    ),
    "up to a rule": (
        f"Gazette:-\n{ARTICLE}\n******\nNo.",
        "<p><cite>Gazette:-</cite></p><q>TTT</q><hr><p>No.</p>",
    ),
    "glued rule": (f"Gazette:-\n{ARTICLE}*****\nNo.", "<p><cite>Gazette:-</cite></p><q>TTT</q><hr><p>No.</p>"),
    "two articles": (
        f"Gazette:-\n{ARTICLE}\nHerald website:-\n{ARTICLE}",
        "<p><cite>Gazette:-</cite></p><q>TTT</q><p><cite>Herald website:-</cite></p><q>TTT</q>",
    ),
    "a lead-in of its own": (
        f"Gazette:-\n{ARTICLE}\n\nThe rooms:-\n* one",
        "<p><cite>Gazette:-</cite></p><q>TTT<p>The rooms:-</p><ul><li>one</li></ul></q>",
    ),
    "its link below": (
        f"Gazette:-\n{ARTICLE}\n\nhttps://e.example/a",
        "<p><cite>Gazette:-</cite></p><q>TTT</q><p><cite><a>https://e.example/a</a></cite></p>",
    ),
    "own words behind its link": (
        f"Gazette:-\n{ARTICLE}\n\nhttps://e.example/a\n\nNone of this is news.",
        "<p><cite>Gazette:-</cite></p><q>TTT</q><p><cite><a>https://e.example/a</a></cite></p><p>None of this is news.</p>",
    ),
    "lists and links within": (
        f"Gazette:-\n{ARTICLE}\n\n* one https://e.example/a\n* *two*\n\nEnd.",
        "<p><cite>Gazette:-</cite></p><q>TTT<ul><li>one <a>https://e.example/a</a></li><li><em>two</em></li></ul>"
        "<p>End.</p></q>",
    ),
    "a long lead-in": (
        f"{'Well, ' * 20} the Gazette:-\n{ARTICLE}",
        f"<p>{('Well, ' * 20).strip()}  the Gazette:-</p><q>TTT</q>",
    ),
    "where its marks close": (
        f"Gazette:-\n\n“{ARTICLE}”\n\nNo.",
        "<p><cite>Gazette:-</cite></p><q>TTT</q><p>No.</p>",
    ),
    "marks that never close": (f"Gazette:-\n\n“{ARTICLE}\n\nNo.", "<p><cite>Gazette:-</cite></p><q>TTT<p>No.</p></q>"),
    "a long quotation": (f"“{ARTICLE}”\n\nNo.", "<q>TTT</q><p>No.</p>"),
    "each paragraph opens": (
        "“" + ARTICLE.replace("\n\n", "\n\n“") + "”\n\nNo.",
        "<q>TTT</q><p>No.</p>",
    ),
    "announced": (f"From the Gazette:\n“{ARTICLE}”", "<p><cite>From the Gazette:</cite></p><q>TTT</q>"),
    "said below": (
        f"“{ARTICLE}”\n— The Gazette, 3 March\nNo.",
        "<q>TTT</q><p><cite>— The Gazette, 3 March</cite></p><p>No.</p>",
    ),
    "in the middle": (f"See:\n\nthis\n“{ARTICLE}”\nand weep", "<p>See:</p><p>this</p><q>TTT</q><p>and weep</p>"),
}


@pytest.mark.parametrize(("typed", "shown"), SHAPES.values(), ids=SHAPES.keys())
def test_pasted_texts_are_quotations_with_their_source(typed, shown):
    assert shape(typed) == shown


def test_straight_marks_quote_as_well_with_others_inside():
    typed = f'"{SOME}\n\n{SOME} She said "no" and left, and "again."\n\n{SOME} \'Our view.\' "\n\nMine.'
    html = render_comment(typed)
    assert html.startswith('<blockquote>\n<p>"The')
    assert html.endswith("'Our view.' \"</p>\n</blockquote>\n<p>Mine.</p>")


NOT_QUOTED = {
    "a short text in marks": f"From Twitter:-\n“Rooms!”\n{ARTICLE}",
    "points": f"Some observations on rooms:-\n{ARTICLE}",
    "short": f"BBC website:-\n{SOME}",
    "in the middle of a line": f"So:- {SOME}\n{ARTICLE}",
    "own view": f"My own view:-\n{ARTICLE}",
    "own question": f"I would ask:-\n{ARTICLE}",
    "own points": f"Points:-\n* one\n* two\n\n{ARTICLE}",
    "only a list": "Gazette:-\n" + "\n".join(f"* {SOME}" for _ in range(4)),
    "only links": "Links:-\n" + "\n".join(f"https://e.example/{'a' * 90}/{number}" for number in range(12)),
    "a rule between": f"Gazette:-\n******\n{ARTICLE}",
    "nothing below": f"{ARTICLE}\nGazette:-",
    "one paragraph": f"“{SOME} {SOME} {SOME} {SOME}”",
    "short quotation": f"“{SOME}\n\nYes.”",
    "dialogue": f"“No,” he said. {SOME}\n\n“Yes,” she said. {SOME}\n\n{SOME} “Well.”",
    "words in marks": f"“Reform” is a word. {ARTICLE}\n\nSo is “rooms”",
    "rule within": f"“{SOME}\n\n{SOME}\n******\n{SOME}\n\n{SOME}”",
    "signature": f"'Getaway\n\n{ARTICLE} 'so'",
}


@pytest.mark.parametrize("typed", NOT_QUOTED.values(), ids=NOT_QUOTED.keys())
def test_own_words_are_not_shown_as_others(typed):
    html = render_comment(typed)
    assert "<blockquote>" not in html
    assert "<cite>" not in html


def test_what_its_author_quoted_stays_as_it_is():
    html = render_comment(f"Gazette:-\n> {SOME}\n\n{ARTICLE}")
    assert html.count("<blockquote>") == 1
    assert html.startswith(f"<p>Gazette:-</p>\n<blockquote>\n<p>{SOME}</p>\n</blockquote>")


def test_posts_have_blocks_for_that():
    assert "<blockquote>" not in render_post(f"BBC website:-\n{ARTICLE}")


def test_an_extract_of_a_comment_that_only_quotes_begins_with_the_source():
    assert extract(render_comment(f"BBC website:-\n{ARTICLE}"), 40).startswith("BBC website:- The council")
    assert extract(render_comment(f"Oh dear.\nBBC website:-\n{ARTICLE}"), 40) == "Oh dear."


LINES = st.sampled_from(
    [
        "BBC website:-", "My view:-", "so:", "“open", "close”", '"open', 'close"', '"both"', "“a” b", "******", "--oo00oo--",
        "* item", "1. item", "> said", "https://e.example/a?b", "— The Gazette", "*stress", "more* stress", "", "", "x\u00a0",
        SOME, SOME, f"{SOME}******",
    ]
)  # fmt: skip


def words(text: str) -> list[str]:
    """Letters and quotation marks: lists, rules, stress and quoted lines have marks that are not shown."""
    return re.findall(r"[^\W\d_]+|[“”\"]", text.replace("--oo00oo--", ""))


@settings(deadline=None, max_examples=150)
@given(st.lists(LINES, max_size=14))
def test_every_word_is_there_once_and_in_order(lines):
    typed = "\n".join(lines)
    assert words(plain_text(render_comment(typed))) == words(typed)


HOSTILE = {
    "lead-ins": "a:-\n" * 5_000,
    "lead-ins in paragraphs": "a:-\n\n" * 4_000,
    "long lead-ins": f"a:-\n{'b' * 610}\n" * 32,
    "opened": '"a\n' * 6_600,
    "opened and closed": '"a\n"\n' * 4_000,
    "marks": "“”" * 10_000,
    "one line of marks": '"' * 20_000,
    "blanks": "“" + " " * 19_990 + "a:-",
    "rules": "a:-\n******\n" * 1_500,
    "my my": "my " * 6_600 + ":-",
    "commas": '"' + "," * 19_990,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_bounded(text):
    started = time.process_time()
    render_comment(text)
    # Bounded, not fast: quadratic work on 20,000 characters would take minutes.
    assert time.process_time() - started < 5
