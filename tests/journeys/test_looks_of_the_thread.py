"""The thread's views in every look that a device may ask for, and in a browser that stopped in 2021."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route

from tests.journeys.conftest import Visitor
from tests.journeys.long_threads import Scene, make_scene
from tests.journeys.old_css import as_of_2021
from tests.journeys.test_every_page import check

VIEWS = ["{post}", "{post}?view=newest", "{post}?fold=all", "{post}?c=9#c9", "{post}?print=1", "{post}?since=week"]
VIEWS += ["{post}/c/9", "/reading/"]
WIDTHS = [320, 768, 1280]
SCHEMES = ["light", "dark", "forced"]
DOUBLE = """() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('html { font-size: 225% !important }');
    document.adoptedStyleSheets = [sheet]; }"""


@pytest.mark.parametrize("number", range(len(VIEWS)), ids=VIEWS)
def test_nothing_is_wrong_in_any_look(browser, running, number):
    """Three looks a view instead of eighteen: each view in each width and scheme, and with text of 200 % in one.

    The three are turned with each view, so that together they hold each width with each scheme.
    """
    person = Visitor(browser, running)
    looks = [(WIDTHS[(number + turn) % 3], SCHEMES[(number // 3 + turn) % 3]) for turn in range(3)]
    address = VIEWS[number].format(post=running.first_post())
    person.page.goto(address)
    wrong = check(person, address, looks[:2])
    person.page.evaluate(DOUBLE)
    wrong += check(person, f"{address}, text 200 %", looks[2:])
    assert wrong == []
    person.close()


@pytest.fixture(scope="module")
def scene(running) -> Scene:
    return make_scene(running)


def in_an_old_browser(person: Visitor) -> Page:
    """Their page, whose stylesheet has nothing that came after 2021."""

    def answer(route: Route) -> None:
        route.fulfill(body=as_of_2021(route.fetch().text()), content_type="text/css")

    person.page.route("**/*.css", answer)
    return person.page


# What is there for screen readers alone, and what is longer than any column that one would read.
LARGE = "() => [...document.querySelectorAll('.vh, .c i')].filter(e => e.clientWidth > 1).map(e => e.outerHTML)"
LONGEST_LINE = """() => Math.max(...[...document.querySelectorAll('.prose p, .body p')].map(one =>
    one.clientWidth / parseFloat(getComputedStyle(one).fontSize)))"""


@pytest.mark.parametrize("width", [320, 1280])
def test_a_browser_that_stopped_in_2021_shows_the_same_words_in_the_same_columns(browser, running, scene, width):
    options = {"viewport": {"width": width, "height": 640}, "java_script_enabled": False}
    today, old = Visitor(browser, running, **options), Visitor(browser, running, **options)
    page = in_an_old_browser(old)
    for address in (scene.path, f"{scene.path}?view=newest&page=3", "/", "/reading/", f"{scene.path}/reply?to=1"):
        for person in (today, old):
            person.page.goto(address)
        assert page.inner_text("body") == today.page.inner_text("body"), address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert page.evaluate(LARGE) == [], address
        assert address == "/reading/" or page.evaluate(LONGEST_LINE) < 34, address
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    for person in (today, old):
        person.close()


def test_a_browser_that_stopped_in_2021_has_its_contrast_and_targets(browser, running):
    person = Visitor(browser, running)
    page = in_an_old_browser(person)
    page.goto(running.first_post())
    assert check(person, "an old browser") == []
    person.close()
