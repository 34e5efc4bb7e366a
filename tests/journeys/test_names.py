"""Voices and pen names in a browser: with JavaScript and without, with cookies and without."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import ARGUMENTS, Visitor
from tests.journeys.test_every_page import LOOKS, check
from tests.site import unique

DETAILS = "Under a name, or later"
NO_COOKIE = "Your browser did not keep the cookie"


@pytest.fixture
def no_cookies(browser, running, tmp_path, javascript) -> Iterator[Page]:
    """A browser that its owner told to keep no cookies, nor anything else."""
    settings = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default/Preferences").write_text(json.dumps(settings))
    wanted = os.environ["CHROMIUM"]
    context = browser.browser_type.launch_persistent_context(
        str(tmp_path),
        executable_path=None if wanted == "playwright" else wanted,
        args=ARGUMENTS,
        base_url=running.url,
        java_script_enabled=javascript,
    )
    yield context.new_page()
    context.close()


def begin(page: Page, path: str, text: str) -> None:
    page.goto(path)
    page.get_by_label(re.compile("^Your (comment|reply)")).fill(text)


def unfold(page: Page) -> None:
    # The tick of a voice in this tab may have opened it.
    if page.locator("details", has=page.get_by_text(DETAILS, exact=True)).get_attribute("open") is None:
        page.get_by_text(DETAILS, exact=True).click()


def post_it(page: Page) -> int:
    """Press the button; the number that the comment got."""
    page.locator("#write").get_by_role("button", name="Post comment").click()
    page.wait_for_url("**/posted/**")
    return int(re.search(r"\d+$", page.get_by_role("heading", level=1).inner_text())[0])


def head_of(page: Page, path: str, number: int) -> str:
    page.goto(f"{path}?c={number}")
    return page.locator(f"#c{number} h3").inner_text()


def mark_of(page: Page, path: str, number: int) -> str:
    return re.search(r"Anonymous · ([A-Z][\w ]+)", head_of(page, path, number))[1]


def test_a_voice_is_asked_for_once_kept_for_replies_and_given_up(visitor, running):
    person, path = visitor(staff=True), running.first_post()
    page = person.page
    begin(page, path, f"Plain {unique('a')}")
    plain = post_it(page)
    assert person.context.cookies() == []
    begin(page, path, f"With a voice {unique('b')}")
    unfold(page)
    page.get_by_label("Keep one voice in this post").check()
    first = post_it(page)
    expect(page.get_by_text("Readers see it under Anonymous · ")).to_be_visible()
    expect(page.get_by_text(NO_COOKIE)).to_have_count(0)
    (cookie,) = person.context.cookies()
    assert (cookie["name"], cookie["expires"], cookie["httpOnly"], cookie["sameSite"]) == ("voice", -1, True, "Strict")

    page.goto(f"{path}?c={plain}")
    page.locator(f"#c{plain}").get_by_role("link", name="Reply").click()
    page.get_by_label("Your reply").fill(f"A reply {unique('c')}")
    expect(page.get_by_label(re.compile("Keep one voice|Write as"))).to_be_checked()
    second = post_it(page)
    mark = mark_of(page, path, first)
    assert mark == mark_of(page, path, second)
    assert "·" not in head_of(page, path, plain)

    page.goto("/reading/")
    page.get_by_role("button", name="Stop being the same person").click()
    expect(page.get_by_text("Forgotten: your next comment")).to_be_visible()
    assert person.context.cookies() == []
    assert mark == mark_of(page, path, first)


def test_without_cookies_the_page_says_so_and_the_receipt_does_it(no_cookies, running):
    page, path = no_cookies, running.first_post()
    begin(page, path, f"With a voice {unique('d')}")
    unfold(page)
    page.get_by_label("Keep one voice in this post").check()
    first = post_it(page)
    expect(page.get_by_text(NO_COOKIE)).to_be_visible()
    code = page.locator("output.code").inner_text()
    begin(page, path, f"With its receipt {unique('e')}")
    unfold(page)
    page.get_by_text("Same person as an earlier comment of yours here").click()
    page.get_by_label("Receipt code of that comment").fill("AAAAAA-AAAAA-AAAAA-AAAAA-AAAAA")
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_label("Receipt code of that comment")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Receipt code of that comment").fill(code)
    second = post_it(page)
    assert mark_of(page, path, first) == mark_of(page, path, second)
    assert page.context.cookies() == []


def test_a_pen_name_is_taken_and_kept(visitor, running):
    page, path, name = visitor().page, running.first_post(), unique("Getafix")
    phrase = "violet kettle under nine stairs"

    def write_as(phrase: str, text: str) -> None:
        begin(page, path, text)
        unfold(page)
        page.get_by_label("Name (optional)").fill(name)
        page.get_by_text("Make it a pen name").click()
        page.get_by_label("Secret phrase").fill(phrase)

    write_as(phrase, f"My own {unique('f')}")
    expect(page.get_by_text("From 2 to 20 comments by one name")).to_be_visible()
    number = post_it(page)
    assert "pen name, checked" in head_of(page, path, number)
    text = f"Not mine {unique('g')}"
    write_as("seven quiet spoons of marble", text)
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("alert")).to_contain_text("this is not its secret phrase")
    expect(page.get_by_label("Your comment")).to_have_value(text)
    expect(page.get_by_label("Secret phrase")).to_have_value("")
    page.get_by_label("Secret phrase").fill(phrase)
    assert "pen name, checked" in head_of(page, path, post_it(page))


@pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with JavaScript"])
def test_the_form_unfolded_reads_well_on_every_screen(browser, running, javascript):
    person, path = Visitor(browser, running), running.first_post()
    page, wrong = person.page, []
    answers = {
        "as it opens": {},
        "with errors": {"name": "The Owner", "phrase": "short", "voice_code": "nonsense", "text": "Hello."},
    }
    for name, sent in answers.items():
        page.goto(path)
        unfold(page)
        page.get_by_text("Make it a pen name").click()
        page.get_by_text("Same person as an earlier comment").click()
        if sent:
            for field, value in sent.items():
                page.fill(f"#{field}", value)
            page.get_by_role("button", name="Post comment").click()
            page.get_by_role("alert").wait_for()
        wrong += check(person, f"names, {name}", LOOKS)
    page.goto(path)
    unfold(page)
    page.get_by_label("Keep one voice in this post").check()
    # The draft has brought it back.
    page.get_by_label("Name (optional)").fill("")
    page.get_by_label("Your comment").fill(f"Hello {unique('h')}")
    post_it(page)
    wrong += check(person, "posted with a voice", LOOKS)
    page.goto("/reading/")
    wrong += check(person, "reading settings with a voice", LOOKS)
    page.goto(f"{path}/reply?to=1")
    expect(page.get_by_label(re.compile("^Write as .* again$"))).to_be_checked()
    wrong += check(person, "a reply with a voice", LOOKS)
    person.close(cookies=True)
    assert wrong == []
