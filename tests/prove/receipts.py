"""Ten thousand wrong receipt codes over HTTP, from one address, and then the right one from the same address."""

from __future__ import annotations

import http.client
import secrets
import time
import urllib.parse
from collections import Counter
from pathlib import Path

from config.launch.processes import Processes
from forum import receipts
from tests.site import Site

GUESSES = 10_000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def run(folder: Path, processes: Processes) -> bool:
    """True if none of them opened anything and the right one still does, as code and as a reload of the same page."""
    folder.mkdir()
    site = Site(folder, processes)
    site.manage("demo")
    site.start(workers=2)
    page = site.post(f"{site.first_post()}/comments", text="All is well in a few words.")[1]
    right = page.split('id="code">')[1].split("<")[0]
    started = time.monotonic()
    answers = Counter(opened(site, receipts.show_code(secrets.token_bytes(16))) for _ in range(GUESSES))
    seconds = time.monotonic() - started
    passed = {status for status, _ in answers} <= {404, 429} and opened(site, right) == opened(site, right) == (
        200,
        True,
    )
    slowed = sum(count for (status, _), count in answers.items() if status == 429)
    print(f"{GUESSES} wrong codes in {seconds:.0f} s: {slowed} told to wait; the right one opens: {passed}", flush=True)
    return passed


def opened(site: Site, code: str) -> tuple[int, bool]:
    """What the page answers to a code, and whether it shows the comment."""
    wire = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    wire.request("POST", "/receipts/", urllib.parse.urlencode({"code": code}), FORM)
    answer = wire.getresponse()
    html = answer.read().decode()
    wire.close()
    return answer.status, "All is well in a few words." in html
