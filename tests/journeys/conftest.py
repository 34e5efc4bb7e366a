from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from config.launch.processes import Processes
from tests.site import Site

# Chromium as root, without a screen, and without a word to anybody outside.
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


SAY_WHAT_BREAKS_THE_POLICY = """addEventListener('securitypolicyviolation', (event) =>
    console.error(`breach of ${event.violatedDirective} by ${event.blockedURI} at ${event.sourceFile}`))"""


def pytest_collection_modifyitems(items):
    for item in items:
        if "/journeys/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    wanted = os.environ["CHROMIUM"]
    with sync_playwright() as playwright:
        path = None if wanted == "playwright" else wanted
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[Site]:
    """One site for the journeys of a module: demo content, web server and digest loop."""
    with Processes() as processes:
        site = Site(tmp_path_factory.mktemp("site"), processes, demo=True)
        site.start()
        yield site


class Visitor:
    """One person at one browser. What the site must never do is noted while they walk."""

    def __init__(self, browser: Browser, site: Site, **options: object) -> None:
        self.site = site
        self.context: BrowserContext = browser.new_context(base_url=site.url, **options)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complain(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complain(str(error)))
        self.context.on("request", self.check_request)
        self.context.add_init_script(SAY_WHAT_BREAKS_THE_POLICY)

    def complain(self, text: str) -> None:
        # Chromium reports each 4xx page as an error of the console; the site means it.
        if "Failed to load resource: the server responded with a status of 4" not in text:
            self.complaints.append(text)

    def check_request(self, request) -> None:
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self.complaints.append(f"request to another host: {request.url}")

    def sign_in(self, role: str) -> None:
        email, password = self.site.sign_in_names()[role]
        self.page.goto("/accounts/login/")
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def comment(self, number: int):
        return self.page.locator(f"#c{number}")

    def close(self, *, cookies: bool = False) -> None:
        assert self.complaints == []
        if not cookies:
            assert self.context.cookies() == []
        self.context.close()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def javascript(request) -> bool:
    return request.param


@pytest.fixture
def visitor(browser, running, javascript):
    """Makes visitors; at the end nobody may have anything to complain about."""
    made: list[tuple[Visitor, bool]] = []

    def make(*, staff: bool = False, **options: object) -> Visitor:
        person = Visitor(browser, running, java_script_enabled=javascript, **options)
        made.append((person, staff))
        return person

    yield make
    for person, staff in made:
        person.close(cookies=staff)


def expect_to_have_come_to(page: Page, number: int, *, javascript: bool) -> Locator:
    """This comment is what the address names: marked, on screen from its head on, and where the keyboard goes on."""
    comment = page.locator(f"#c{number}")
    expect(page).to_have_url(re.compile(rf"#c{number}$"))
    expect(comment.locator("h3")).to_be_in_viewport(ratio=1)
    assert comment.evaluate("one => one.matches(':target')")
    assert comment.evaluate("one => getComputedStyle(one).boxShadow") != "none"
    if javascript:
        expect(comment.locator("h3")).to_be_focused()
    return comment


def current_page(page: Page) -> str:
    return page.get_by_role("navigation", name="Pages of comments, top").locator("[aria-current]").inner_text()
