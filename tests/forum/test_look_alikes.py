"""Names that look like other names: of staff, of voices, of somebody's pen name."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.errors import BadName
from forum.look_alikes import LENGTH, LOOKS_LIKE, is_plain, skeleton
from forum.names import belongs_to_the_site
from forum.source import clean_name

LETTERS = "abcdefghijklmnopqrstuvwxyz"
NAMES = st.text(st.sampled_from(LETTERS + LETTERS.upper() + " "), min_size=1, max_size=20)
SIGNS = "-_.,'’!? \u00ad\u200b\u200d\u2019\u00a0"
ACCENTS = "\u0300\u0301\u0308\u0327\u0336\u20dd"


@given(st.text(max_size=60))
def test_it_is_its_own_skeleton_whatever_is_typed(name):
    found = skeleton(name)
    assert skeleton(found) == found
    assert len(found) <= LENGTH
    assert all(character.isalnum() for character in found)


@given(NAMES, st.data())
def test_case_signs_accents_and_letters_that_look_alike_do_not_count(name, data):
    disguised = ""
    for letter in name:
        choices = [letter, letter.upper(), *LOOKS_LIKE.get(letter.lower(), "")]
        wide = chr(ord(letter) + 0xFEE0) if letter != " " else letter
        disguised += data.draw(st.sampled_from([*choices, wide]))
        disguised += data.draw(st.sampled_from(["", "", *SIGNS, *ACCENTS]))
    assert skeleton(disguised) == skeleton(name)


@given(NAMES, NAMES)
def test_names_that_do_not_look_alike_stay_apart(one, other):
    """The classes that are one on purpose are put together here in another way than there."""

    def seen(name: str) -> str:
        lower = name.lower().replace(" ", "").replace("i", "l")
        for several, look in (("rn", "m"), ("vv", "w"), ("uu", "w")):
            while several in lower:
                lower = lower.replace(several, look)
        return lower

    assert (skeleton(one) == skeleton(other)) == (seen(one) == seen(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Getafix", "G\u0435tafix"),
        ("Getafix", "GETAF1X"),
        ("Getafix", "Get\u00e0 - fix"),
        ("Modern", "M\u03bfdem"),
        ("Wally", "VVa11y"),
        ("Zo\u00eb", "Zoe\u0308"),
        ("Alder", "\u13aalder"),
        ("Stroke", "\u0160\u0167r\u00f8ke"),
    ],
)
def test_these_are_taken_for_each_other(one, other):
    assert skeleton(one) == skeleton(other)


def test_each_sign_stands_for_one_letter_and_none_is_a_plain_letter_but_i():
    signs = "".join(LOOKS_LIKE.values())
    assert len(signs) == len(set(signs))
    assert set(signs) & set(LETTERS) == {"i"}
    assert all(skeleton(sign) == letter for letter, each in LOOKS_LIKE.items() for sign in each if sign.isalnum())


@pytest.mark.parametrize(
    "name",
    [
        "M\u043ederator",
        "m o d e r a t o r",
        "M.O.D.E.R.A.T.O.R",
        "0wner",
        "The 0wner",
        "\u041ewner of this blog",
        "St\u00e4ff",
        "Adm1n",
        "Bob (Moderator)",
        "Alice, blog owner",
        "Getafix (pen name, checked)",
        "Getafix \u2013 PEN NAME",
        "Dana name checked",
        "started this discussion",
        "Anonymous Wren",
        "Anonymous - Grey Her\u043en",
        "Anonymous \u00b7 Wren",
        "Dana \u2022 Wren",
    ],
)
def test_nobody_takes_a_name_that_only_the_site_gives(name):
    with pytest.raises(BadName):
        clean_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Dana",
        "Wren",
        "Anonymous PO",
        "Homeowner",
        "Steamed",
        "Probation officer",
        "Teamwork",
        "\u0421\u043e\u0432\u0430",
        "PO 22",
        "???",
    ],
)
def test_honest_names_are_taken_as_typed(name):
    assert clean_name(name) == name
    assert not belongs_to_the_site(name)


def test_only_latin_letters_are_plain():
    assert is_plain("S\u00een \u0175yn, 22")
    assert not is_plain("G\u0435tafix")
    assert not is_plain(unicodedata.lookup("LATIN SMALL LETTER O WITH STROKE"))
