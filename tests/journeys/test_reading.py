"""Reading: keys and buttons through a thread, what is new since a visit, settings in every look, paper."""

from __future__ import annotations

import dataclasses
import re

import pytest
from playwright.sync_api import expect

from forum import seen
from tests.journeys.conftest import Visitor
from tests.journeys.test_every_page import RULES, check, violations_on
from tests.site import unique

WITH_SCRIPT = pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with JavaScript"])
FOCUSED = "document.activeElement.closest('.c')?.id"


@pytest.fixture(scope="module")
def path(running):
    return running.first_post()


@pytest.fixture
def reader(browser, running, javascript):
    """Somebody who asks for cookies; at the end the page has nothing to complain about."""
    person = Visitor(browser, running, java_script_enabled=javascript)
    yield person
    person.close(cookies=True)


def cookies(person: Visitor) -> dict[str, str]:
    return {cookie["name"]: cookie["value"] for cookie in person.context.cookies()}


def expect_at(page, name: str) -> None:
    """The heading of this comment has the focus, in a moment."""
    expect(page.locator(f"#{name} h3")).to_be_focused()


def choose(person: Visitor, *labels: str) -> None:
    """Save these reading settings."""
    person.page.goto("/reading/")
    for label in labels:
        person.page.get_by_label(label, exact=True).check()
    person.page.get_by_role("button", name="Save on this device").click()
    expect(person.page.get_by_role("status")).to_have_text("Saved on this device.")


def wait_a_while(person: Visitor, minutes: int = 30) -> None:
    """The device's memory as it would be had the last look been so long ago."""
    visits = seen.read(cookies(person)["seen"])
    earlier = {post: dataclasses.replace(visit, minute=visit.minute - minutes) for post, visit in visits.items()}
    person.context.add_cookies([{"name": "seen", "value": seen.write(earlier), "url": person.site.url}])


def test_the_second_visit_shows_what_is_new_until_the_third(reader, running, path, javascript):
    page = reader.page
    page.goto(path)
    page.get_by_text("What is new", exact=True).click()
    page.get_by_role("button", name="Mark what is new when I come back").click()
    expect(page.get_by_role("status")).to_contain_text("From now on this device marks what is new")
    assert set(cookies(reader)) == {"seen"}
    page.get_by_role("link", name="Back to").click()
    expect(page.locator(".new")).to_have_count(0)
    for word in ("one", "two", "three"):
        running.post(f"{path}/comments", text=f"{unique('new')} {word}", reply_to="2" if word == "two" else "")
    wait_a_while(reader)
    page.goto("/")
    expect(page.locator(".posts > li").first).to_contain_text(re.compile(r"\d+ comments, 3 new"))
    for _ in range(2):  # Reloading clears no mark.
        page.goto(path)
        expect(page.locator(".c .new")).to_have_count(3)
        expect(page.locator("#comments")).to_contain_text("3 new")
    in_order = page.locator(".c:has(.new)").evaluate_all("all => all.map(one => one.id)")
    walked = [page.evaluate("location.hash.slice(1)")]
    page.get_by_role("link", name="First new").click()
    for number in range(3):
        walked.append(page.evaluate("location.hash.slice(1)"))
        assert page.locator(":target .new").count() == 1
        if javascript:
            expect_at(page, walked[-1])
        link = page.locator(":target").get_by_role("link", name="Next new")
        assert link.count() == (0 if number == 2 else 1)
        if number < 2:
            link.click()
    assert walked[1:] == in_order
    assert not javascript or check(reader, "marks") == []  # axe is a script itself
    wait_a_while(reader)
    page.goto(path)
    expect(page.locator(".c .new")).to_have_count(0)
    page.get_by_text("What is new", exact=True).click()
    page.get_by_role("button", name="Forget").click()
    expect(page.get_by_role("status")).to_contain_text("Forgotten")
    assert cookies(reader) == {}


def test_new_since_without_any_cookie(visitor, running, path):
    running.post(f"{path}/comments", text=unique("since"))
    dana = visitor()
    dana.page.goto(path)
    dana.page.get_by_text("What is new", exact=True).click()
    dana.page.get_by_role("link", name="last hour").click()
    expect(dana.page.locator(".note").first).to_contain_text("marked New")
    expect(dana.page.locator(".c .new").first).to_be_visible()
    dana.page.get_by_role("link", name="this link").click()
    assert re.search(r"\?since=\d{4}-\d\d-\d\dT\d\d:\d\d#comments$", dana.page.url)
    dana.page.goto(f"{path}?since=soon")
    expect(dana.page.get_by_text("a time that cannot be read")).to_be_visible()


def test_settings_are_kept_until_they_are_forgotten(reader, path):
    page = reader.page
    choose(reader, "Dark", "150 %", "Longer", "More between lines, words and letters")
    assert cookies(reader) == {"reading": "dark.text150.long-lines.roomy"}
    for address in ("/", path, "/help/"):
        page.goto(address)
        assert page.evaluate("getComputedStyle(document.body.parentElement).colorScheme") == "dark"
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(21, 24, 27)"
        assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 16 * 1.125 * 1.5
    page.goto("/reading/")
    expect(page.get_by_label("Dark", exact=True)).to_be_checked()
    page.get_by_role("button", name="Forget the reading settings").click()
    assert cookies(reader) == {}
    assert page.evaluate("document.documentElement.className") == ""


@WITH_SCRIPT
@pytest.mark.parametrize("looks", [("Dark", "150 %"), ("High contrast", "130 %"), ("Light", "Shorter")])
def test_in_every_look_nothing_is_wrong(reader, path, looks):
    choose(reader, *looks)
    wrong = check(reader, "settings")
    for address in ("/", path, f"{path}?since=week", f"{path}/reply"):
        reader.page.goto(address)
        wrong += check(reader, address)
    assert wrong == []


SPACING = """size => { const sheet = new CSSStyleSheet(); sheet.replaceSync(`html { font-size: ${size}% !important }
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`); document.adoptedStyleSheets = [sheet]; }"""
CUT_OFF = """() => [...document.querySelectorAll('h1, h2, h3, p, a, button')].filter(e => !e.matches('.vh, .vh *, .rest') &&
    e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow === 'hidden').map(e => e.textContent)"""


@WITH_SCRIPT
@pytest.mark.parametrize(("width", "size"), [(320, 112.5), (640, 225)], ids=["400 %", "text 200 %"])
def test_zoom_and_spacing_in_forced_colours(reader, path, width, size):
    """1280 px at 400 % are 320 px; on top of it the spacing of WCAG 1.4.12."""
    page = reader.page
    page.set_viewport_size({"width": width, "height": 640})
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    for address in (path, "/reading/", "/"):
        page.goto(address)
        page.evaluate(SPACING, size)
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), address
        assert page.evaluate(CUT_OFF) == []
        assert violations_on(page, RULES) == []


@WITH_SCRIPT
def test_keys_are_off_unless_they_are_asked_for(reader, path):
    page = reader.page
    page.goto(path)
    page.locator("body").press("j")
    assert page.evaluate(FOCUSED) is None


@pytest.fixture
def at_the_keys(reader, path):
    """The thread, for somebody who switched the keys on."""
    choose(reader, "On")
    reader.page.goto(path)
    reader.page.wait_for_load_state("networkidle")
    return reader.page


def after(page, *pressed: str) -> str:
    """Where the focus is after these keys."""
    for key in pressed:
        page.keyboard.press(key)
    return page.evaluate(FOCUSED)


@WITH_SCRIPT
def test_keys_walk_from_comment_to_comment_and_conversation_to_conversation(at_the_keys):
    page = at_the_keys
    order = page.locator(".thread .c[id]").evaluate_all("all => all.map(one => one.id)")
    tops = page.locator("ol.thread > li > .c").evaluate_all("all => all.map(one => one.id)")
    assert [after(page, "j") for _ in order[:3]] == order[:3]
    assert after(page, "k") == order[1]
    second = after(page, "Shift+J")
    assert second in tops
    assert after(page, "Shift+J") == tops[tops.index(second) + 1]
    assert after(page, "Shift+K") == second


@WITH_SCRIPT
def test_keys_lead_to_the_parent_leave_other_keys_alone_and_explain_themselves(at_the_keys, path):
    page = at_the_keys
    page.goto(f"{path}?c=9#c9")
    expect_at(page, "c9")
    assert after(page, "p") == "c8"
    assert after(page, "Control+j") == after(page, "Alt+j") == "c8"
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("next, previous comment")
    after(page, "j", "Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@WITH_SCRIPT
def test_keys_are_letters_while_one_writes(at_the_keys, path):
    page = at_the_keys
    page.goto(f"{path}?c=10#c10")
    expect_at(page, "c10")
    page.keyboard.press("r")
    page.keyboard.type("jk/?")
    expect(page.get_by_label("Your reply to")).to_have_value("jk/?")
    page.locator("h1").click()
    page.keyboard.press("/")
    page.wait_for_url("**/search/")


@WITH_SCRIPT
def test_a_fold_lasts_for_the_visit(reader, path):
    page = reader.page
    choose(reader, "On")
    page.goto(path)
    page.wait_for_load_state("networkidle")
    folds = page.locator(".thread li > details")
    page.evaluate("document.querySelector('.thread li > details').parentElement.querySelector('h3 a').focus()")
    page.keyboard.press("o")
    assert folds.first.evaluate("fold => fold.open") is False
    page.reload()
    expect(folds.first).not_to_have_attribute("open", "")
    inside = folds.first.locator(".c[id]").first.get_attribute("id")
    page.evaluate(f"location.hash = '{inside}'")
    expect_at(page, inside)
    assert folds.first.evaluate("fold => fold.open") is True


@WITH_SCRIPT
def test_the_buttons_at_the_lower_edge(reader, path):
    page = reader.page
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{path}?since=week")
    bar = page.get_by_role("navigation", name="Through the thread")
    expect(bar).to_have_count(0)
    page.locator(".thread .c").nth(2).scroll_into_view_if_needed()
    page.mouse.wheel(0, 300)
    expect(bar).to_be_visible()
    sizes = bar.get_by_role("button").evaluate_all("all => all.map(one => Math.min(one.offsetWidth, one.offsetHeight))")
    assert min(sizes) >= 44
    assert bar.bounding_box()["x"] >= 0
    assert bar.bounding_box()["height"] < 50
    assert check(reader, "bar") == []
    page.set_viewport_size({"width": 320, "height": 640})
    bar.get_by_role("button", name="Next conversation").click()
    expect(page.locator("ol.thread > li > .c h3:focus")).to_be_in_viewport()
    bar.get_by_role("button", name="Write").click()
    expect(page.get_by_label("Your comment")).to_be_focused()
    page.locator(".thread .c").nth(2).scroll_into_view_if_needed()
    bar.get_by_role("button", name="Close these buttons").click()
    page.reload()
    page.mouse.wheel(0, 900)
    page.wait_for_load_state("networkidle")
    expect(bar).to_have_count(0)
    assert cookies(reader) == {}


@WITH_SCRIPT
def test_what_comes_while_reading_is_said_and_moves_nothing(reader, running, path):
    page = reader.page
    page.clock.install()
    page.goto(f"{path}?c=9#c9")
    page.wait_for_load_state("networkidle")
    place = page.locator("#c9").bounding_box()
    running.post(f"{path}/comments", text=unique("meanwhile"))
    page.clock.run_for(61_000)
    line = page.get_by_text("1 new comment.")
    expect(line).to_be_visible()
    assert page.locator("#c9").bounding_box() == place
    assert check(reader, "what came") == []
    page.get_by_role("link", name="Show them").click()
    page.wait_for_url("**?since=*")
    expect(page.locator(".c .new").last).to_be_visible()


def test_paper(reader, path, javascript):
    page = reader.page
    page.goto(f"{path}?print=1")
    page.emulate_media(media="print", color_scheme="dark")
    everything = page.locator(".thread .c").count()
    assert page.locator(".thread .c:visible").count() == everything > 5
    for gone in ("form", "nav", ".acts", "footer", "summary"):
        assert page.locator(f"{gone}:visible").count() == 0, gone
    assert page.locator(".c h3 time:visible").count() == page.locator(".c h3 time").count() > 5
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    printed = page.locator(".printed")
    expect(printed).to_be_visible()
    assert re.search(rf"http://\S+{re.escape(path)}\W.*\d{{1,2}} \w+ \d{{4}}", printed.inner_text())
    page.goto(path)
    for gone in ("form", "nav", ".acts", "footer"):
        assert page.locator(f"{gone}:visible").count() == 0, gone
    page.emulate_media(media="screen")
    assert page.locator(".printed:visible").count() == 0


@WITH_SCRIPT
def test_the_page_does_not_move_when_the_buttons_hide(visitor, running):
    """Else a press on Post comment, at the end of the page, would land beside it."""
    page = visitor().page
    page.goto(running.first_post())
    page.mouse.wheel(0, 900)
    expect(page.locator(".hop")).to_be_visible()
    height = page.evaluate("document.documentElement.scrollHeight")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.locator(".hop")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollHeight") == height
