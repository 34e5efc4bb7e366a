"""A site full of hostile texts, read, searched, previewed and moderated: nothing of it does anything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from config.launch.processes import Processes
from tests.journeys.conftest import Visitor
from tests.site import Site
from tests.whole.allow_list import POST
from tests.whole.payloads import TYPED, batches

# What stands in the text of a reader or of a post, beyond what may.
STRANGE = """(allowed) => [...document.querySelectorAll('.body *, .prose *, .extract *')].flatMap(one => {
    const odd = [...one.attributes].filter(a => /^on|^style$|^src(set|doc)?$|action|xlink/.test(a.name)).map(a => a.name)
    const bad = one.localName == 'a' && !/^https?:$/.test(one.protocol)
    return allowed.includes(one.localName) && !odd.length && !bad ? [] : [`${one.localName} ${odd} ${one.outerHTML}`.slice(0, 120)]
})"""
OURS_TOO = [
    "article",
    "div",
    "span",
    "time",
    "h1",
    "section",
    "details",
    "summary",
    "form",
    "button",
    "input",
    "label",
    "nav",
    "ul",
    "small",
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Iterator[tuple[Site, dict]]:
    """A site that holds every payload in every place that shows one."""
    with Processes() as processes:
        site = Site(tmp_path_factory.mktemp("hostile"), processes, demo=True, FORUM_LIMITS="off")
        filled = site.manage("shell", "-v0", "-c", "from tests.whole.hostile_content import fill; fill()")
        site.start()
        yield site, json.loads(filled)


class Watcher(Visitor):
    """A visitor who complains of dialogs, too; and who may leave the policy out, so that what survived would run."""

    def __init__(self, browser, site: Site, **options: object) -> None:
        super().__init__(browser, site, **options)
        self.page.on("dialog", self.note_dialog)

    def note_dialog(self, dialog) -> None:
        self.complaints.append(f"it ran: {dialog.message} at {self.page.url}")
        dialog.dismiss()

    def read(self, path: str) -> Page:
        self.page.goto(path, wait_until="domcontentloaded")
        assert self.complaints == [], path
        return self.page


@pytest.fixture(params=[False, True], ids=["with the policy", "without the policy"])
def watcher(browser, hostile, request):
    watching = Watcher(browser, hostile[0], bypass_csp=request.param)
    yield watching
    watching.close(cookies=True)


def test_nothing_that_was_stored_runs(watcher, hostile):
    _, filled = hostile
    assert filled["comments"] > 500
    views = [f"{filled['thread']}?page=all", f"{filled['thread']}?view=newest", f"{filled['thread']}?c=40"]
    for path in [*views, *filled["texts"]]:
        page = watcher.read(path)
        assert page.evaluate(STRANGE, [*POST, *OURS_TOO]) == [], path
    for path in (
        "/archive/2026/01/",
        "/comments/",
        "/search/?q=alert",
        "/search/?q=alert&order=best",
        "/?page=3",
        "/start/",
    ):
        watcher.read(path)
    assert watcher.page.evaluate("typeof window.hit") == "undefined"


def test_nothing_runs_at_the_desk_or_in_the_queue(watcher, hostile):
    _, filled = hostile
    watcher.sign_in("owner")
    for path in ("/moderation/", "/desk/", "/desk/posts/", "/comments/", f"{filled['thread']}?page=all"):
        watcher.read(path)
    watcher.read("/moderation/")
    texts = 0
    for case in watcher.page.locator("a[href^='/moderation/cases/']").evaluate_all("all => all.map(a => a.pathname)")[
        :6
    ]:
        watcher.read(case)
        expect(watcher.page.get_by_role("form", name="Decide")).to_be_visible()
        texts += watcher.page.locator(".body:visible").count()
        assert watcher.page.evaluate(STRANGE, [*POST, *OURS_TOO]) == [], case
    assert texts > 5
    watcher.read("/desk/posts/?page=2")
    for post in watcher.page.locator("a[href^='/desk/posts/']").evaluate_all("all => all.map(a => a.pathname)")[-3:]:
        watcher.read(post)
        expect(watcher.page.locator("#id_body")).not_to_be_empty()
    assert watcher.page.evaluate("typeof window.hit") == "undefined"


@pytest.fixture
def without_policy(browser, hostile):
    """Here what survived would run; the policy has been watched above."""
    watching = Watcher(browser, hostile[0], bypass_csp=True)
    yield watching
    watching.close(cookies=True)


def test_nothing_runs_in_a_preview(without_policy, hostile):
    _, filled = hostile
    for some in batches(40):
        for path in (f"{filled['thread']}/reply", "/start/"):
            page = without_policy.read(path)
            if path == "/start/":
                page.fill("[name=title]", some[0].replace("\n", " ")[:190] or "x")
            page.fill("[name=text]", "\n\n".join(some))
            page.get_by_role("button", name="Preview").click()
            page.wait_for_load_state("domcontentloaded")
            assert without_policy.complaints == []
            assert page.evaluate(STRANGE, [*POST, *OURS_TOO]) == []


def test_nothing_runs_that_was_searched_for(without_policy):
    short = [payload for payload in TYPED if len(payload) <= 200]
    for payload in short[::8]:
        page = without_policy.read(f"/search/?q={quote(payload)}")
        shown = page.locator("main input[name=q]")
        expect(shown).to_be_visible()
        assert squeezed(shown.input_value()) == squeezed(payload)
        assert page.evaluate("typeof window.hit") == "undefined"


def squeezed(text: str) -> str:
    """A field of one line shows no breaks, and no character that no page may hold."""
    return re.sub(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+", "", text)
