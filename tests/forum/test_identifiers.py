"""What the check finds in a typed text, and what it leaves alone."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.identifiers import Kind, find, hints
from forum.source import clean_source
from tests.forum.texts_that_identify import NEGATIVES, POSITIVES, WATCHED

MOST_FALSE_ALARMS = 2


def unmarked(marked: str) -> tuple[str, str]:
    """The text, and what stands between the guillemets."""
    return re.sub("[«»]", "", marked), re.search("«(.*)»", marked, re.DOTALL)[1]


def places(text: str, watched=WATCHED) -> list[tuple[Kind, str]]:
    return [(one.kind, text[one.start : one.end]) for one in find(text, watched)]


def test_the_table_is_long_enough():
    assert len(POSITIVES) >= 60 and len(NEGATIVES) >= 120
    assert len(set(NEGATIVES)) == len(NEGATIVES)
    # Every kind that is not a mere hint has its place in it.
    assert {kind for kind, _ in POSITIVES} == set(Kind) - {Kind.TRAITS}


@pytest.mark.parametrize(("kind", "marked"), POSITIVES)
def test_found(kind, marked):
    text, wanted = unmarked(marked)
    assert (kind, wanted) in places(text)


def test_left_alone():
    alarms = {text: places(text) for text in NEGATIVES if places(text)}
    assert len(alarms) <= MOST_FALSE_ALARMS, alarms


INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\u0336"
FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
CYRILLIC = str.maketrans("ABEKMHOPCTXaeopcx", "АВЕКМНОРСТХаеорсх")
CODES = [
    (Kind.CRN, "X320741"),
    (Kind.PRISON_NUMBER, "A8812DQ"),
    (Kind.PNC, "04/123456B"),
    (Kind.NATIONAL_INSURANCE, "JR123456C"),
    (Kind.PHONE, "07700900123"),
    (Kind.EMAIL, "jo.holt@example.org"),
    (Kind.POSTCODE, "LS9 4QX"),
    (Kind.PLATE, "KX19WTR"),
    (Kind.WATCHED, "Holmfield House"),
]


@given(st.sampled_from(CODES), st.lists(st.tuples(st.integers(0, 20), st.sampled_from(INVISIBLE)), max_size=8))
def test_invisible_characters_hide_nothing(code, put_in):
    kind, text = code
    for at, character in put_in:
        # A mark goes onto a letter, not before the first.
        at = max(1, min(at, len(text) - 1))
        text = text[:at] + character + text[at:]
    found = [one for one in find(f"It was {text} again.", WATCHED) if one.kind is kind]
    assert len(found) == 1
    assert f"It was {text} again."[found[0].start : found[0].end] == text


@pytest.mark.parametrize(("kind", "text"), CODES)
@pytest.mark.parametrize("table", [FULL_WIDTH, CYRILLIC], ids=["full width", "Cyrillic"])
def test_other_alphabets_hide_nothing(kind, text, table):
    disguised = text.translate(table)
    assert (kind, disguised) in places(f"It was {disguised} again.")


@given(
    st.sampled_from(WATCHED), st.lists(st.booleans(), min_size=20, max_size=20), st.sampled_from([" ", "-", "  ", ""])
)
def test_neither_capitals_nor_gaps_hide_a_watched_name(name, capitals, gap):
    typed = "".join(one.upper() if up else one.lower() for one, up in zip(name, capitals, strict=False)).replace(
        " ", gap
    )
    assert (Kind.WATCHED, typed) in places(f"at {typed}, again")


@given(st.sampled_from([*CODES[:2], (Kind.PHONE, "07700900123")]), st.sampled_from([" ", "-", ". ", "_"]))
def test_a_number_spelled_out_is_found(code, gap):
    spelled = gap.join(code[1])
    assert (code[0], spelled) in places(f"It was {spelled} again.")


PIECES = [
    "X320741",
    "07700 900123",
    "at Northtown Crown Court",
    "3 March",
    "are you Jo Holt from A",
    "Skerrow",
    "\n",
    "\n\n",
    " ",
    "@",
    ".",
]


@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(st.sampled_from([*PIECES, "é", "ﷺ", "\u200b", "ｘ", "𝟎", "İ"]), max_size=40).map("".join),
    )
)
def test_every_text_is_taken_and_every_place_lies_in_it(text):
    for found in (find(text, WATCHED), hints(text)):
        ends = [0, *(one.end for one in found)]
        assert all(0 <= one.start < one.end <= len(text) for one in found)
        assert all(end <= one.start for end, one in zip(ends, found, strict=False))


def test_a_comment_as_it_is_stored_is_looked_over():
    wrapped = "https://uk1.safelinks.protection.outlook.com/?url=https%3A%2F%2Fcases.example%2F%3Fcrn%3DX320741&data=x"
    assert (Kind.CRN, "X320741") in places(clean_source(wrapped))


@pytest.mark.parametrize(
    "text",
    [
        "I'm a PSO in Cumbria, 22 years in the job, and tired.",
        "SPO, qualified in 1998, always in the north east. Guess who has had enough?",
        "Twenty-five years' service as a probation officer in South Wales and no goodbye",
        "Retired 2017. Was a PO in Kent and would not do it again.",
    ],
)
def test_grade_region_and_years_together_are_a_hint(text):
    assert {one.kind for one in hints(text)} == {Kind.TRAITS}
    assert len(hints(text)) == 3
    assert find(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "15 years experience as a Probation Officer and not ready to quit yet",
        "I'm a PSO in Cumbria and tired",
        "22 years in the job, in Cumbria all along",
        "The PSO course takes 2 years in London" + " and then some" * 30 + ", I did 20 years service",
        "Kent PSOs are paid less than those in Essex",
    ],
)
def test_two_of_them_are_none(text):
    assert hints(text) == []


def test_kinds_have_words_for_readers():
    for kind in Kind:
        assert kind.what.startswith(("a ", "an ")) and kind.why.endswith(".")


@pytest.mark.parametrize("source", ["identifiers", "report_like"])
def test_no_pattern_repeats_without_a_bound(source):
    """What a regular expression may do over and over without an end makes a long text a slow one."""
    module = importlib.import_module(f"forum.{source}")
    modules = [
        module,
        *(
            importlib.import_module(f"forum.{source}.{found.name}")
            for found in pkgutil.iter_modules(getattr(module, "__path__", []))
        ),
    ]
    patterns = {
        name: value.pattern
        for one in modules
        for name, value in vars(one).items()
        if isinstance(value, re.Pattern) and name != "ADDRESS"
    }
    assert patterns
    for name, pattern in patterns.items():
        # One class alone, up to its end, looks at each character once.
        loose = re.sub(r"\[(?:[^\]\\]|\\.)*\]|\\.", "x", pattern)
        if not re.fullmatch(r"x\+", loose):
            assert not re.search(r"(?<!\()[*+](?!\?\()|\{[0-9]+,\}", loose.replace("(?:", "(")), name
