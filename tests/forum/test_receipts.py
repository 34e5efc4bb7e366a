"""Receipt codes as people copy them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum import receipts
from forum.receipt_words import WORDS, read_words, show_words

CODES = st.binary(min_size=16, max_size=16)


@given(CODES)
def test_every_code_survives_being_copied_badly(code):
    shown = receipts.show_code(code)
    assert receipts.read_code(shown) == code
    assert receipts.read_code(f"  {shown.lower().replace('-', ' ')}\n") == code
    assert receipts.read_code(shown.replace("0", "O").replace("1", "l")) == code


@given(CODES)
def test_every_code_can_be_written_down_as_words(code):
    words = show_words(code)
    assert len(words) == 12
    for typed in (" ".join(words), "-".join(words).upper(), "\n".join(f"{n}. {w}" for n, w in enumerate(words, 1))):
        assert receipts.read_code(typed) == code
    assert receipts.read_code(" ".join(word[:4] for word in words)) == code


@given(CODES, st.integers(0, 11), st.sampled_from(WORDS))
def test_a_wrong_word_is_another_code_or_none(code, place, word):
    words = show_words(code)
    right = words[place] == word
    words[place] = word
    assert (read_words(" ".join(words)) == code) is right
    assert read_words(" ".join(words[:-1])) is None
    assert read_words(" ".join([*words, word])) is None


@given(CODES)
def test_two_words_changed_about_are_noticed_mostly_and_never_the_same_code(code):
    first, second, *others = show_words(code)
    if first != second:
        assert read_words(" ".join([second, first, *others])) != code


def test_the_words_are_short_plain_and_told_apart_by_four_letters():
    assert len(WORDS) == 2048
    assert list(WORDS) == sorted(WORDS)
    assert len({word[:4] for word in WORDS}) == 2048
    assert all(re.fullmatch("[a-z]{4,6}", word) for word in WORDS)
    # British spelling, and nothing that hurts, threatens or belongs to a court.
    assert {"colour", "harbour", "centre", "grey"} & set(WORDS)
    assert not {"color", "gray", "prison", "judge", "knife", "kill", "slave", "race", "crime", "police"} & set(WORDS)


@given(CODES, st.integers(0, 25))
def test_a_wrong_letter_is_another_code_or_none(code, place):
    letters = list(receipts.show_code(code).replace("-", ""))
    letters[place] = "7" if letters[place] != "7" else "8"
    assert receipts.read_code("".join(letters)) != code


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "A",
        "U" * 26,
        "Ä" * 26,
        "0" * 27,
        "\x00" * 26,
        "Z" * 26,
        "abacus",
        "abacus " * 11,
        "zoomed " * 12,
        "aba " * 12,
    ],
)
def test_what_cannot_be_a_code_is_none(typed):
    assert receipts.read_code(typed) is None


@given(CODES)
def test_only_its_ticket_opens_a_seal(code):
    ticket, other = receipts.new_ticket(), receipts.new_ticket()
    sealed = receipts.seal(code, ticket)
    assert code not in sealed
    assert receipts.unseal(sealed, ticket) == code
    assert receipts.unseal(sealed, other) is None
