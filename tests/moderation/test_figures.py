"""Figures: counted right, the same in the drawing, the table and the file; small, without style, and quickly asked."""

import csv
import datetime
import io
import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from forum.services.appeals import appeal
from moderation import counting, owners_figures, transparency_figures
from moderation.charts.bars import lying, stacked
from moderation.charts.heat import heat
from moderation.charts.lines import lines
from moderation.models import Action, Reason
from moderation.services import undo
from tests.moderation.test_undo import LINKS, rule
from tests.scenery import at, make_post, write, write_with_code

pytestmark = pytest.mark.django_db
LARGEST = 8_000
NUMBERS = st.integers(0, 999_999)


def table(charts, name):
    return {row[0]: row[1:] for chart in charts for row in chart.table.rows if chart.table.name == name}


def test_what_was_decided_is_counted_by_month_and_reason(post, bob):
    with at("2026-10-31T23:30"):  # Still October in London, where the clocks went back a week before.
        held, refused = write(post, f"{LINKS} a"), write(post, f"{LINKS} b")
        rule(held, bob, Action.APPROVE)
        rule(refused, bob, Action.REFUSE, "Spam. The third advert for it")
        first, code = write_with_code(post, "Fine.")
        undone = rule(write(post, "Fine too."), bob, Action.REMOVE, "Libel")
        rule(first, bob, Action.REMOVE, "Personal attack")
    with at("2026-11-01T09:00"):
        undo(decision_id=undone.pk, moderator=bob)
        appeal(code=code, text="It was about the point.")
        rule(first, bob, Action.RESTORE, "You are right")
        charts = transparency_figures.charts()
    months = table(charts, "months")
    assert months["October 2026"] == (2, 1, 2, 0, 0, 0)
    assert months["November 2026"] == (0, 0, 0, 2, 1, 1)
    assert table(charts, "reasons") == {"Spam": (0, 1, 0), "Libel": (1, 0, 1), "Personal attack": (1, 0, 1)}
    assert ("2026-11", "Personal attack", 0, 0, 0, 1, 1, 1) in charts[-1].table.rows
    assert charts[2].finding == "1 of 1 appeals were won in twelve months."
    assert "third advert" not in str([chart.table for chart in charts])


def test_a_reason_of_the_owners_list_is_counted_as_one_and_other_words_are_told_to_nobody(post, bob):
    for sentence in ("Off topic", "Off topic. Write it below another post"):
        Reason.objects.create(label="x", sentence=sentence, position=20)
    reasons = ("Off topic. Not again", "Off topic. Write it below another post. Please", "Off topics", "Quentin. Spam")
    for number, reason in enumerate(reasons):
        rule(write(post, f"Fine {number}."), bob, Action.REMOVE, reason)
    counted = {"Off topic": 1, "Off topic. Write it below another post": 1, counting.OTHER_WORDS: 2}
    assert {why: row[0] for why, row in table(transparency_figures.charts(), "reasons").items()} == counted
    assert {why: row[0] for why, row in table(owners_figures.charts(), "decisions").items()} == counted


def test_the_time_to_decide_runs_to_the_first_decision_of_a_moderator(post, bob):
    for hours in (1, 2, 3, 4, 5, 6, 7, 8, 9, 30):
        with at("2026-11-02T10:00"):
            comment = write(post, f"{LINKS} {hours}")
        with at((datetime.datetime(2026, 11, 2, 10) + datetime.timedelta(hours=hours)).isoformat()):
            line = rule(comment, bob, Action.REFUSE)
    with at("2026-11-20T10:00"):
        undo(decision_id=line.pk, moderator=bob)
        rule(comment, bob, Action.APPROVE)
        assert table(transparency_figures.charts(), "times")["November 2026"] == (10, 5.0, 9.0)


@given(st.lists(st.floats(0, 1000), min_size=1), st.sampled_from([0.5, 0.9]))
def test_so_many_are_not_above_a_percentile(values, share):
    found = counting.percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)
    assert counting.percentile([], share) is None


def test_comments_are_counted_in_the_hours_of_london(post, bob):
    with at("2026-07-14T22:30"):  # Tuesday, half past eleven at night in London.
        gone = write(post, "Fine.")
        rule(gone, bob, Action.REMOVE)
        write(post, LINKS)
    with at("2026-07-14T23:30"):  # Wednesday there.
        write(post, "Fine too.")
        charts = owners_figures.charts()
    assert table(charts, "days")["Tue 14 Jul"] == (0, 1, 1)
    assert table(charts, "days")["Wed 15 Jul"] == (1, 0, 0)
    assert table(charts, "hours")["23:00"] == (0, 2, 0, 0, 0, 0, 0)
    assert table(charts, "hours")["0:00"] == (0, 0, 1, 0, 0, 0, 0)
    assert table(charts, "months")["July 2026"] == (1, 1, 1)


def test_each_comment_is_in_one_month_also_where_the_twelve_weeks_of_hours_begin(post, bob):
    with at("2026-02-10T12:00"):
        rule(write(post, "Fine."), bob, Action.REMOVE)
        write(post, LINKS)
    # In London: half past midnight on 1 April; then half an hour before and after the twelve weeks begin.
    for moment in ("2026-03-31T23:30", "2026-04-21T22:30", "2026-04-21T23:30"):
        with at(moment):
            write(post, f"Fine at {moment}.")
    with at("2026-07-14T12:00"):
        charts = owners_figures.charts()
    months = table(charts, "months")
    assert (months["February 2026"], months["March 2026"], months["April 2026"]) == ((0, 1, 1), (0, 0, 0), (3, 0, 0))
    assert sum(map(sum, table(charts, "hours").values())) == 1


def test_posts_by_comments_and_old_ones_that_woke_up(bob):
    old = make_post("Old", publish_at=timezone.now() - datetime.timedelta(days=90))
    new = make_post("<b>New</b> & long " * 5)
    write(old, "Still true.")
    rule(write(new, "Fine."), bob, Action.REMOVE, "Spam")
    write(new, "Fine too.")
    charts = owners_figures.charts()
    assert table(charts, "posts") == {new.title: (1,)}
    assert table(charts, "woken") == {"Old": (1,)}
    assert table(charts, "decisions") == {"Spam": (1, 0)}
    assert "<b>" not in "".join(chart.svg for chart in charts)


@pytest.mark.parametrize(("now", "before", "words"), [
    (112, 100, "12 % more than"), (88, 100, "12 % fewer than"), (5, 5, "as many as"), (400, 100, "4 times as many as"),
    (3, 0, "after none in"), (0, 0, "as many as"),
])  # fmt: skip
def test_a_finding_says_how_it_changed(now, before, words):
    assert owners_figures.compared(now, before) == words


PAGES = {"/transparency/": transparency_figures.charts, "/moderation/figures/": owners_figures.charts}


@pytest.mark.parametrize("path", PAGES)
def test_the_owner_reads_every_chart_as_a_table_and_as_a_file(as_alice, post, bob, path):
    """T18: the same figures three times, each drawing with a title that says what it shows."""
    for number in range(3):
        rule(write(post, f"Fine {number}."), bob, Action.REMOVE)
    write(post, "=1+1")
    html = as_alice.get(path).content.decode()
    assert " style=" not in html
    assert "<style" not in html
    charts = PAGES[path]()
    assert len(charts) >= 5
    for chart in charts:
        section = html.split(f'id="{chart.table.name}"')[1].split("</section>")[0]
        shown = [
            tuple(re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row))
            for row in re.findall(r"<tr>.*?</tr>", section)
        ]
        told = list(csv.reader(io.StringIO(as_alice.get(f"{path}{chart.table.name}.csv").content.decode())))
        assert shown == [tuple(map(str, row)) for row in (chart.table.columns, *chart.table.rows)]
        assert [tuple(row) for row in told] == shown
        if chart.svg:
            assert re.search(rf'role="img" aria-labelledby="{chart.table.name}-title"', section)
            assert f'<title id="{chart.table.name}-title">' in section
            assert len(chart.svg.encode()) < LARGEST
    assert as_alice.get(f"{path}nothing.csv").status_code == 404


def test_no_drawing_is_larger_than_8_kb_whatever_the_figures():
    names = [f"A title of a post that is long, {number}"[:44] for number in range(12)]
    days = [f"{day} Nov" for day in range(28)]
    drawn = [
        stacked("months", "It rose.", days, [(name, [123_456 + n for n in range(28)]) for name in ("A", "B", "C")], every=7),
        lying("posts", "It rose.", [(name, 123_456) for name in names]),
        lines("waiting", "It rose.", days, [(n, [1234.5 + d for d in range(28)]) for n in ("A", "B")], target=("aim", 24)),
        heat("hours", "It rose.", "MTWTFSS", [str(h) for h in range(24)], {(d, h): 999 + h for d in range(7) for h in range(24)}),
    ]  # fmt: skip
    for svg in drawn:
        assert len(svg.encode()) < LARGEST


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=28), st.text())
def test_drawings_are_well_formed_and_stay_inside(rows, words):
    labels = [f"{words}{number}" for number in range(len(rows))]
    series = [(f"s{at}", [row[at] for row in rows]) for at in range(3)]
    drawn = [
        stacked("a", words, labels, series),
        lying("b", words, [(label, row[0]) for label, row in zip(labels, rows, strict=True)]),
        lines("c", words, labels, series[:2], target=(words, 24)),
        heat("d", words, "MTWTFSS", labels, {(at % 7, at): row[0] for at, row in enumerate(rows)}),
    ]
    for svg in drawn:
        if words.isprintable():
            ElementTree.fromstring(svg)
        assert "nan" not in svg
        heights = [float(y) for y in re.findall(r"[Mm][\d.]+ (-?[\d.]+)", svg)]
        height = float(re.search(r'viewBox="0 0 340 (\d+)"', svg)[1])
        assert all(-12 <= y <= height for y in heights)


def test_figures_ask_the_same_however_much_there_is(as_alice, post, bob):
    counts = []
    for _ in range(2):
        for number in range(12):
            comment = write(post, f"Fine {number} {counts}.")
            rule(comment, bob, Action.REMOVE)
        for path in PAGES:
            with CaptureQueriesContext(connection) as asked:
                as_alice.get(path)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 14
