"""Covering on readers' word: when it happens, and what keeps it from silencing anybody."""

import time

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import User
from accounts.roles import Role
from forum import site
from forum.integrity import find_faults
from forum.models import Comment, SiteSettings
from forum.services.changes import change_text
from forum.services.comments import withdraw_comment
from moderation.models import Action, Case, Category, Decision
from moderation.services import Ruling, decide, take_report, undo
from moderation.services.covering import MOST_ON_POST, MOST_ON_SITE, VOICES, is_enough
from moderation.services.log import first_broken
from tests.scenery import at, make_post, write, write_with_code

pytestmark = pytest.mark.django_db

PLAIN, NAMING = "The rota is late again.", "Ring her on 07700 900123, she lives there."
URGENT = [category for category in Category if category.is_urgent]


def report(comment, category=Category.RACISM_OR_HATE, visitor="one", text=""):
    return take_report(comment=comment, category=category, text=text, visitor=visitor, nonce="")


def pile(comment, category=Category.RACISM_OR_HATE, voices=VOICES, begin=0):
    for number in range(begin, begin + voices):
        if state_of(comment) == "published":
            report(comment, category, f"{number}")


def state_of(comment):
    return Comment.objects.values_list("state", flat=True).get(pk=comment.pk)


def rule(comment, moderator, action, reason="Spam"):
    case = Case.objects.get(comment=comment, closed_at=None)
    return decide(case_id=case.pk, version=case.version, moderator=moderator, ruling=Ruling(action, reason))


# Whether the first report and the third cover a text in which nobody, or somebody, is found.
TABLE = {
    Category.RACISM_OR_HATE: (False, True, False, True),
    Category.THREATENS: (False, True, False, True),
    Category.IDENTIFIES_SOMEONE: (False, True, True, True),
    Category.LIBEL: (False, True, False, True),
    Category.SUB_JUDICE: (False, True, True, True),
    Category.PERSONAL_ATTACK: (False, False, False, False),
    Category.OFF_TOPIC: (False, False, False, False),
    Category.SPAM: (False, False, False, False),
    Category.OTHER: (False, False, False, False),
}


@pytest.mark.parametrize("category", Category)
def test_when_each_category_covers(post, category):
    plain_first, plain_third, naming_first, naming_third = TABLE[category]
    for source, first, third in ((PLAIN, plain_first, plain_third), (NAMING, naming_first, naming_third)):
        comment = write(post, source)
        report(comment, category, "a")
        assert (state_of(comment) == "covered") is first
        if not first:
            report(comment, category, "b")
            assert state_of(comment) == "published"
            report(comment, category, "c")
            assert (state_of(comment) == "covered") is third


def test_the_cover_is_a_line_of_the_log_by_nobody_and_without_a_reason(post, client):
    comment = write(post, PLAIN)
    pile(comment)
    line = Decision.objects.get()
    assert (line.action, line.moderator, line.reason) == ("cover", None, "")
    assert Case.objects.get().is_open
    assert PLAIN not in client.get(post.get_absolute_url()).content.decode()
    assert first_broken() is None and find_faults() == []


def test_the_owners_watched_names_count_as_identifying(post):
    site.save(SiteSettings(watched_names="Quentin Quill"))
    comment = write(post, "Ask Quentin Quill about that.")
    report(comment, Category.IDENTIFIES_SOMEONE)
    assert state_of(comment) == "covered"


def test_one_voice_counts_once_however_often_it_speaks(post):
    comment = write(post, PLAIN)
    for category in URGENT:
        report(comment, category, "one")
        report(comment, category, "two")
    assert state_of(comment) == "published"
    report(comment, Category.LIBEL, "three")
    assert state_of(comment) == "covered"


def test_voices_that_only_find_it_off_topic_do_not_count(post):
    comment = write(post, PLAIN)
    pile(comment, Category.OFF_TOPIC, 10)
    pile(comment, Category.LIBEL, 2, begin=20)
    assert state_of(comment) == "published"


def test_voices_of_another_hour_do_not_count(post, monkeypatch):
    comment = write(post, PLAIN)
    report(comment, visitor="one")
    report(comment, visitor="two")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3600)
    report(comment, visitor="three")
    assert state_of(comment) == "published"


def test_no_thread_is_silenced(post):
    """Beyond so many an hour a report only waits."""
    with at("2026-11-20T10:00"):
        comments = [write(post, f"{PLAIN} {number}") for number in range(MOST_ON_POST + 3)]
        for comment in comments:
            pile(comment)
        assert [state_of(comment) for comment in comments].count("covered") == MOST_ON_POST
        assert Case.objects.open().count() == len(comments)
    with at("2026-11-20T11:01"):
        pile(comments[-1], begin=50, voices=1)
        assert state_of(comments[-1]) == "covered"


def test_nor_is_the_site():
    comments = [write(make_post(f"Post {number}"), PLAIN) for number in range(MOST_ON_SITE + 2)]
    for comment in comments:
        pile(comment)
    assert [state_of(comment) for comment in comments].count("covered") == MOST_ON_SITE


@pytest.mark.parametrize("action", [Action.KEEP, Action.NOTE, Action.OFF_TOPIC])
def test_what_a_moderator_let_stand_is_not_covered_again_for_the_same(post, bob, action):
    comment = write(post, PLAIN)
    pile(comment)
    if action is not Action.KEEP:
        rule(comment, bob, Action.KEEP)
        report(comment, visitor="again")
    rule(comment, bob, action)
    pile(comment, begin=10, voices=6)
    assert state_of(comment) == "published"
    assert Case.objects.open().count() == 1, "it waits in the queue all the same"
    pile(comment, Category.THREATENS, VOICES - 1, begin=20)
    assert state_of(comment) == "published", "the voices that are answered do not count"
    pile(comment, Category.LIBEL, 1, begin=30)
    assert state_of(comment) == "covered", "for something else it may be"


def test_one_form_pressed_thrice_is_one_voice(post):
    comment = write(post, PLAIN)
    for _ in range(VOICES):
        take_report(comment=comment, category=Category.LIBEL, text="", visitor="one", nonce="a" * 32)
    assert state_of(comment) == "published"


def test_an_undone_keep_settles_nothing(post, bob):
    comment = write(post, PLAIN)
    report(comment)
    line = rule(comment, bob, Action.KEEP)
    undo(decision_id=line.pk, moderator=bob)
    pile(comment, begin=10)
    assert state_of(comment) == "covered"


def test_a_cover_that_a_moderator_undid_does_not_come_back_with_the_next_report(post, bob):
    comment = write(post, PLAIN)
    pile(comment)
    undo(decision_id=Decision.objects.get().pk, moderator=bob)
    pile(comment, begin=10)
    assert state_of(comment) == "published"


def test_another_text_is_not_settled_by_what_was_said_of_the_old_one(post, bob):
    """Its author may change it after that only if the moderator's word is undone; the rule does not count on it."""
    with at("2026-11-20T10:00"):
        comment, code = write_with_code(post, PLAIN)
        report(comment)
        rule(comment, bob, Action.KEEP)
    with at("2026-11-20T10:02"):
        Comment.objects.filter(pk=comment.pk).update(state_since=None)
        change_text(code=code, text="Something much worse.")
        pile(comment, begin=10)
        assert state_of(comment) == "covered"


def test_what_is_gone_is_not_covered(post):
    comment, code = write_with_code(post, PLAIN)
    report(comment, visitor="one")
    report(comment, visitor="two")
    withdraw_comment(code=code)
    assert state_of(comment) == "withdrawn"


@given(st.sampled_from(Category), st.integers(0, 10), st.text(max_size=60))
def test_no_text_makes_a_category_that_is_not_urgent_enough_and_more_voices_are_never_less(category, voices, source):
    with_one_more = is_enough(category, voices + 1, source)
    assert with_one_more >= is_enough(category, voices, source)
    if not category.is_urgent:
        assert not with_one_more
    elif not category.says_who:
        assert with_one_more is (voices + 1 >= VOICES)


REPORTS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(Category), st.integers(0, 4), st.booleans()), min_size=1, max_size=25
)


class AnyReports(TestCase):
    """Whatever is reported by whomever, with decisions in between: no thread loses more than its cap, nothing breaks."""

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(REPORTS)
    def test_the_caps_hold_and_each_cover_had_its_voices(self, reports):
        cache.clear()
        post = make_post("Under fire")
        bob, _ = User.objects.get_or_create(email="bob@example.org", defaults={"role": Role.MODERATOR})
        comments = [write(post, f"{PLAIN if number % 2 else NAMING} {number}") for number in range(6)]
        voices: dict[int, set[int]] = {}
        for number, category, visitor, is_decided in reports:
            comment = comments[number]
            if state_of(comment) != "published":
                continue
            report(comment, category, str(visitor))
            if category.is_urgent:
                voices.setdefault(number, set()).add(visitor)
            if state_of(comment) == "covered":
                named = category.says_who and number % 2 == 0
                assert named or len(voices[number]) >= VOICES
                if is_decided:
                    rule(comment, bob, Action.KEEP)
        covers = Decision.objects.filter(action="cover")
        assert covers.count() <= MOST_ON_POST
        assert set(covers.values_list("moderator", flat=True)) <= {None}
        assert find_faults() == [] and first_broken() is None
