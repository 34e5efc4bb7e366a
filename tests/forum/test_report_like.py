"""A reply that is itself a report is known as one, and talk about reports is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.report_like import LONGEST, suggested_category
from moderation.models import Category

REPORTS = [
    ("10.40 that is racist. I'm reporting racism above. Remove it now!", "racism_or_hate"),
    ("Reported.", "other"),
    ("reported for racism", "racism_or_hate"),
    ("Disgusting. Reported!", "personal_attack"),
    ("I have reported this comment.", "other"),
    ("I’ve just reported your comment, vile stuff", "personal_attack"),
    ("Admin please delete this", "other"),
    ("Moderator: please remove the above comment, it names a colleague", "identifies_someone"),
    ("mods, can you take this down? It identifies somebody at our office", "identifies_someone"),
    ("This comment should be removed.", "other"),
    ("That post needs to be taken down, it's libel", "libel"),
    ("Delete this comment! Pure spam.", "spam"),
    ("Please take it down, now", "other"),
    ("How is this comment still up? Sexist rubbish", "racism_or_hate"),
    ("I am reporting you for abuse", "personal_attack"),
    ("Reporting this as off topic", "off_topic"),
    ("Remove this immediately. You've used my name.", "identifies_someone"),
    ("I will be reporting this to the moderators", "other"),
]
TALK = [
    "I'm reporting to court at ten, wish me luck",
    "I reported it to my manager and heard no more",
    "Reported re-offending is down, they say. Reported.... by whom?",
    "The pre-sentence report was reported in the paper",
    "I have reported this to the police twice and they shrug",
    "Reporting in fortnightly is all we ask of them now",
    "He reports weekly, she reports monthly, I report to nobody",
    "Please remove the tag condition, said the board, and we did",
    "Delete it from delius, they said, and call it data quality",
    "They should remove this target and let us breathe",
    "Take this down to the bench, the clerk said, and off I went",
    "Admin do all the reports in our place",
    "Mods to the programme are due in spring",
    "The owner of the building must remove the asbestos",
    "We report, they ignore. That's the whole system.",
    "Can you take it to the union?",
    "I've reported sick again",
    "Racism at work is never reported",
    "They want me to delete my old reports. Why?",
    "It was reported that the CRCs would fold, and so they did",
    "I reported the fault to the landlord in May",
    "Remove it from the licence, then",
    "You need to take that to supervision",
    "Why has this not been in the news?",
    "> I'm reporting racism above. Remove it now!\n\nWhat for? I see none.",
]


@pytest.mark.parametrize(("text", "category"), REPORTS)
def test_a_report(text, category):
    assert suggested_category(text) == category
    assert category in Category.values


@pytest.mark.parametrize("text", TALK)
def test_talk_about_reports(text):
    assert suggested_category(text) == ""


def test_a_long_answer_is_an_answer():
    assert suggested_category("Reported. " + "I have thought about it for a while. " * 20) == ""
    assert len("Reported.") < LONGEST


@given(st.text(max_size=600))
def test_any_text_is_taken(text):
    assert suggested_category(text) in {"", *Category.values}
