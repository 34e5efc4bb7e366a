"""Server, database and browser are killed while Alice writes: seconds are lost, and the page says which."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from config.launch import servers
from config.launch.processes import Processes, wait_for_site
from tests.journeys.conftest import ARGUMENTS, Visitor
from tests.site import Site, unique

pytestmark = pytest.mark.staff

PATIENCE = 25_000


@pytest.fixture
def family():
    with Processes() as processes:
        yield processes


@pytest.fixture
def database(family):
    """A PostgreSQL that can be killed and started again at the same address."""
    # Not below pytest's folder, whose doors are closed to the user that PostgreSQL runs as.
    folder, port = Path(tempfile.mkdtemp(prefix="probation-forum-tests-")), servers.port_nobody_uses()
    folder.chmod(0o755)

    def start() -> str:
        return servers.start_postgres(family, folder, port=port)

    yield start
    family.end()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def doomed(browser):
    """A Chromium of its own, which can be killed; and the word that its command line holds."""
    word = unique("doomed")
    wanted = os.environ["CHROMIUM"]
    path = None if wanted == "playwright" else wanted
    return browser.browser_type.launch(executable_path=path, args=[*ARGUMENTS, f"--{word}"]), word


def kill_browser(word: str) -> None:
    """The processes whose command line holds the word; their children end with them."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if word in (folder / "cmdline").read_text():
                os.kill(int(folder.name), signal.SIGKILL)


def kill(family, name: str) -> None:
    """As the kernel kills, with all its children."""
    child = next(process for title, process in family.children.items() if title.startswith(name))
    # Those of PostgreSQL lead groups of their own, and would keep its files to themselves for a while.
    children = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
    for pid in [child.pid, *map(int, children)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    child.wait()


def test_whatever_is_killed_little_is_lost_and_the_page_says_what(browser, doomed, tmp_path, family, database):
    folder = tmp_path / "site"
    folder.mkdir()
    site = Site(folder, family, demo=True, DATABASE_URL=database())
    site.start()
    alice = Visitor(doomed[0], site)
    alice.sign_in("owner")
    page = alice.page
    page.goto("/desk/posts/new/")
    area, line = page.get_by_label("Text", exact=True), page.locator("form[data-editor]")
    area.fill("Before anything happens.")
    expect(line).to_contain_text("Draft kept at", timeout=PATIENCE)

    for name, start_again in (("the web server", site.start), ("PostgreSQL", database)):
        kill(family, name)
        area.press_sequentially(f" Typed while {name} was dead.")
        expect(line).to_contain_text(
            re.compile(r"Not kept since \d\d:\d\d:\d\d: the site cannot be reached"), timeout=PATIENCE
        )
        start_again()
        wait_for_site(site.url, family)
        expect(line).to_contain_text("Draft kept at", timeout=PATIENCE)

    area.press_sequentially(" The last words.")
    page.wait_for_timeout(5000)
    area.press_sequentially(" Lost.")
    kill_browser(doomed[1])

    again = Visitor(browser, site)
    again.sign_in("owner")
    again.page.goto("/desk/")
    expect(again.page.get_by_text("Not saved yet:")).to_be_visible()
    again.page.get_by_role("link", name="Go on with it").click()
    kept = again.page.get_by_label("Text", exact=True).input_value()
    assert kept.startswith(
        "Before anything happens. Typed while the web server was dead. Typed while PostgreSQL was dead."
    )
    assert "The last words." in kept
    again.close(cookies=True)
