"""The owner reads every chart as a table: T18 of the list of journeys."""

from __future__ import annotations

import csv
import io

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.test_every_page import check

pytestmark = pytest.mark.staff

# Something of each kind, so that no chart is empty.
SEED = """
from accounts.models import User
from forum.models import Post
from forum.services.appeals import appeal
from moderation.models import Action, Case, Category
from moderation.services import Ruling, decide, report_comment
from tests.scenery import make_post, write, write_with_code
alice = User.objects.get(role="owner")
post = make_post("A post with figures")
for category in Category:
    comment, code = write_with_code(post, f"About {category.label}.")
    case = report_comment(comment=comment, category=category, text="").case
    decide(case_id=case.pk, version=case.version, moderator=alice, ruling=Ruling(Action.REMOVE, str(category.label)))
appeal(code=code, text="It was mine.")
write(Post.objects.order_by("published_at").first(), "Still true of the old one.")
write(post, "=1+1 http://a.example http://b.example http://c.example")
"""
# Name and role of a drawing as a screen reader tells them, and what its table says.
CELLS = "table => [...table.rows].map(row => [...row.cells].map(cell => cell.innerText.trim()))"
HEADED = "table => [...table.querySelectorAll('th')].every(th => th.scope) && !!table.caption.innerText.trim()"


@pytest.fixture(scope="module")
def seeded(running):
    running.manage("shell", "-v0", "-c", SEED)


def read_as_table(chart: Locator, *, by_keyboard: bool) -> list[list[str]]:
    """Open the figures of a chart and read them."""
    summary, table = chart.locator("summary"), chart.locator("table")
    if not table.is_visible():
        if by_keyboard:
            summary.press("Enter")
        else:
            summary.click()
    expect(table).to_be_visible()
    assert table.evaluate(HEADED)
    return table.evaluate(CELLS)


@pytest.mark.parametrize("path", ["/moderation/figures/", "/transparency/"])
def test_the_owner_reads_every_chart_as_a_table(visitor, running, seeded, javascript, path):
    alice = visitor(staff=True)
    alice.sign_in("owner")
    page = alice.page
    page.goto(path)
    charts = page.locator("section.chart")
    assert charts.count() >= 5
    drawn = 0
    for number in range(charts.count()):
        chart = charts.nth(number)
        finding = chart.locator("p").first.inner_text()
        if chart.locator("svg").count():
            drawn += 1
            expect(chart.get_by_role("img", name=finding, exact=True)).to_be_visible()
        shown = read_as_table(chart, by_keyboard=number % 2 == 0)
        assert len(shown) > 1
        assert {len(row) for row in shown} == {len(shown[0])}
        with page.expect_download() as loading:
            chart.get_by_role("link", name="As CSV").click()
        told = csv.reader(io.StringIO(loading.value.path().read_text()))
        assert [[cell.lstrip("'") for cell in row] for row in told] == shown
    assert drawn >= 4
    if javascript:
        looks = [(1280, "light"), (320, "dark"), (768, "light"), (1280, "forced")]
        assert check(alice, f"{path}, all tables open", looks) == []
