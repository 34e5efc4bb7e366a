"""A thousand reports in a minute: from one visitor, then from two hundred; rows, covers and mails, and what readers feel.

Quiet and pressed by turns, as in tests/prove/abuse.py.
"""

from __future__ import annotations

import http.client
import math
import sys
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from config.launch.processes import Processes
from forum import limits
from tests.mailserver import MailServer
from tests.prove.abuse import MAY_BE_SLOWER, READER, make_thread, ms, send, slower
from tests.site import Site

REPORTS, ROUNDS, SECONDS = 1000, 6, 10
VISITORS, TARGETS = 200, 5
SAID = "quixotry in room nine"
STAFF = 2
# As the site has them: buckets that cover a comment, covers of a post and mails to one person in an hour.
VOICES, COVERS, MAILS = 3, 3, 5
# Longer than the site's loop needs for its next look at what is due.
TOLD_WITHIN = 8
LEFT_IN_THE_HOUR = 300
COUNT = (
    "from moderation.models import *; print(Report.objects.count(), Case.objects.count(),"
    " Decision.objects.filter(action='cover', moderator=None).count(), StaffMail.objects.filter(sent_at=None).count())"
)


@dataclass(frozen=True)
class Flood:
    """Who reports what, and what is to come of it."""

    name: str
    visitors: int
    comments: int
    answers: Counter[int]
    rows: int
    cases: int
    covers: int
    mails: int

    def report(self, number: int) -> tuple[str, int]:
        """The address and the comment of one report: each visitor goes through the comments."""
        visitor = number // self.comments % self.visitors
        return f"127.{4 + visitor // 100}.7.{1 + visitor % 100}", 1 + number % self.comments


def floods() -> list[Flood]:
    """One visitor is slowed after its limit; of two hundred the site takes its own limit, and covers its own."""
    mine, most = limits.REPORT.most, limits.REPORT_ON_SITE.most
    # Once the first few have covered what may be covered, each visitor finds that gone, and the rest open.
    covered = COVERS * math.ceil((most - VOICES * TARGETS) / (TARGETS - COVERS))
    many = Counter({200: most, 410: covered, 429: REPORTS - most - covered})
    one = Counter({200: mine, 429: REPORTS - mine})
    return [
        Flood("one visitor", 1, 100, one, mine, mine, 0, STAFF * (MAILS + 1)),
        Flood("200 visitors", VISITORS, TARGETS, many, most, TARGETS, COVERS, STAFF * min(TARGETS, MAILS)),
    ]


def run(folder: Path, processes: Processes, *, workers: int) -> bool:
    """Each flood on a fresh site; True if everything was as it should be."""
    folder.mkdir()
    passed = True
    for flood in floods():
        passed &= _run(flood, folder / flood.name.replace(" ", "-"), processes, workers)
    return passed


def _run(flood: Flood, folder: Path, processes: Processes, workers: int) -> bool:
    left = limits.REPORT.seconds - time.time() % limits.REPORT.seconds
    if left < LEFT_IN_THE_HOUR:  # Caps are those of an hour by the clock.
        time.sleep(left)
    folder.mkdir()
    mails = MailServer()
    mails.start()
    site = Site(folder, processes, EMAIL_URL=mails.url)
    if url := site.env.get("REDIS_URL"):  # One for both floods, whose hours are not to be one.
        Redis.from_url(url).flushdb()
    page = make_thread(site, "Under fire")
    make = "from accounts.team import make_staff as m; [m(f'{r}@example.org', r, 'quiet river') for r in ('owner', 'moderator')]"
    site.manage("shell", "-v0", "-c", make)
    site.start(workers=workers)
    site.spawn("the digest loop", [sys.executable, "manage.py", "send_digests", "--loop"])
    quiet, pressed, answers = list[float](), list[float](), Counter[int]()
    with reading(site, page, []):
        time.sleep(SECONDS / 2)
    for turn in range(ROUNDS):
        with reading(site, page, quiet):
            time.sleep(SECONDS)
        with reading(site, page, pressed):
            attack(site, page, flood, turn, answers)
    time.sleep(TOLD_WITHIN)
    rows, cases, covers, unsent = map(int, site.manage("shell", "-v0", "-c", COUNT).split())
    said = [raw for raw in mails.raw if SAID.encode() in raw or b"Under fire" in raw]
    verdicts = {
        "answers": answers == flood.answers,
        "rows": (rows, cases) == (flood.rows, flood.cases),
        "covers": covers == flood.covers,
        "mails": len(mails.raw) == flood.mails and not said,
        "readers": slower(quiet, pressed) <= MAY_BE_SLOWER,
    }
    mails.stop()
    print(
        f"{flood.name}: {sum(answers.values())} reports answered {dict(answers)}: {rows} rows in {cases} cases, {covers} "
        f"covers, {len(mails.raw)} mails ({unsent} for the next hour); p95 of the page in ms, quiet and pressed: "
        f"{ms(quiet)}, {ms(pressed)}; {verdicts}",
        flush=True,
    )
    return all(verdicts.values())


@contextmanager
def reading(site: Site, page: str, times: list[float]) -> Iterator[None]:
    """Somebody who reads the page ten times a second; how long each took."""
    over = threading.Event()

    def read() -> None:
        while not over.wait(0.1):
            started = time.perf_counter()
            send(site, READER, page)
            times.append(time.perf_counter() - started)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield
    finally:
        over.set()
        reader.join()


def attack(site: Site, page: str, flood: Flood, turn: int, answers: Counter[int]) -> None:
    """This turn's share of the reports, a thousand a minute."""
    begins, ends = (REPORTS * number // ROUNDS for number in (turn, turn + 1))
    started = time.monotonic()
    for number in range(begins, ends):
        time.sleep(max(0, started + (number - begins) * 60 / REPORTS - time.monotonic()))
        source, comment = flood.report(number)
        answers[report(site, source, f"{page}/c/{comment}/report")] += 1


def report(site: Site, source: str, path: str) -> int:
    """One report; the status of the answer."""
    wire = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30, source_address=(source, 0))
    fields = urllib.parse.urlencode({"category": "racism_or_hate", "text": SAID})
    try:
        wire.request("POST", path, fields, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = wire.getresponse()
        answer.read()
        return answer.status
    finally:
        wire.close()
