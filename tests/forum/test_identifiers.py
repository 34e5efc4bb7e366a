"""What the check finds in a typed text, and what it leaves alone."""

from __future__ import annotations

import re
import string

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
