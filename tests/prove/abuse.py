"""A thousand comments a minute from one address: few pass, readers and other writers notice nothing.

Then one proof of work sent ten times at once, and an office of fifty people behind one address.
"""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from config.launch.processes import Processes
from forum import limits
from tests.abusers import challenge_in, solve
from tests.journeys.long_threads import Chatter, Thread
from tests.site import Site

# Quiet and pressed by turns, so that what else the machine does falls on both.
ROUNDS = 6
SECONDS = 10
A_MINUTE = 1000
PEOPLE = 50
COMMENTS_ON_PAGE = 200
ATTACKER, READER, OFFICE = "127.9.9.9", "127.0.2.1", "127.0.3.1"
MAY_BE_SLOWER = 2.0


@dataclass
class Times:
    """How long readers and other writers waited, in seconds; and what they were answered."""

    read: list[float] = field(default_factory=list)
    written: list[float] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)


def run(folder: Path, processes: Processes, *, workers: int) -> bool:
    """The whole campaign on a fresh site; True if everything was as it should be."""
    folder.mkdir()
    site = Site(folder, processes)
    page, target = make_thread(site, "A quiet thread"), make_thread(site, "The target")
    site.start(workers=workers)
    quiet, pressed = Times(), Times()
    began = window_now()
    with others(site, page, Times(), "warm"):
        time.sleep(SECONDS / 2)
    for turn in range(ROUNDS):
        with others(site, page, quiet, f"quiet {turn}"):
            time.sleep(SECONDS)
        with others(site, page, pressed, f"pressed {turn}"):
            attack(site, target, turn)
    passed = what_passed(site, target)
    windows = window_now() - began + 1
    allowed = {"published": limits.COMMENT.most * windows, "held": limits.UNPROVEN_COMMENT.most * windows}
    verdicts = {
        "at most the limit passes": all(0 < passed[kind] <= allowed[kind] for kind in allowed),
        "others are let through": set(quiet.answers + pressed.answers) == {303},
        "readers": slower(quiet.read, pressed.read) <= MAY_BE_SLOWER,
        "writers": slower(quiet.written, pressed.written) <= MAY_BE_SLOWER,
        "one proof, ten times": replay(site, target) == [303] + [429] * 9,
        "an office of fifty": office(site, target) == Counter({303: PEOPLE}),
    }
    print(
        f"passed {dict(passed)} of {A_MINUTE * ROUNDS * SECONDS // 60}, allowed {allowed}; p95 in ms, quiet and pressed:",
        end=" ",
    )
    print(f"page {ms(quiet.read)}, {ms(pressed.read)}; comment {ms(quiet.written)}, {ms(pressed.written)}; {verdicts}")
    return all(verdicts.values())


def make_thread(site: Site, title: str) -> str:
    chatter, thread = Chatter(), Thread()
    for _ in range(COMMENTS_ON_PAGE):
        thread.say(chatter.some(20, 100))
    return thread.into(site, title)


def send(site: Site, source: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
    """A GET, or a POST of `fields`, from this address of our own machine; status and page."""
    wire = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30, source_address=(source, 0))
    try:
        if fields is None:
            wire.request("GET", path, headers={"Accept-Encoding": "gzip"})
        else:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            wire.request("POST", f"{path}/comments", urllib.parse.urlencode(fields), headers)
        answer = wire.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        wire.close()


@contextmanager
def others(site: Site, page: str, times: Times, name: str) -> Iterator[None]:
    """Somebody who reads ten pages a second, and a comment every second, from a few addresses."""
    over = threading.Event()

    def read() -> None:
        while not over.wait(0.1):
            started = time.perf_counter()
            send(site, READER, page)
            times.read.append(time.perf_counter() - started)

    def write() -> None:
        number = 0
        while not over.wait(1):
            number += 1
            started = time.perf_counter()
            status, _ = send(site, f"127.0.1.{number % 5}", page, {"text": f"Comment {number}, {name}."})
            times.written.append(time.perf_counter() - started)
            times.answers[status] += 1

    threads = [threading.Thread(target=read), threading.Thread(target=write)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def attack(site: Site, path: str, turn: int) -> None:
    """A thousand comments a minute, for some seconds; each second one is ready to be held."""
    started, pause = time.monotonic(), 60 / A_MINUTE
    for number in range(int(SECONDS / pause)):
        time.sleep(max(0, started + number * pause - time.monotonic()))
        fields = {"text": f"Buy number {number}.{turn}."} | ({"unproven": "1"} if number % 2 else {})
        send(site, ATTACKER, path, fields)


def what_passed(site: Site, path: str) -> Counter[str]:
    """What became of the attacker's comments."""
    exported = site.manage("export_thread", path, "--all-states").splitlines()
    return Counter(json.loads(line)["state"] for line in exported if "Buy number" in line)


def window_now() -> int:
    return int(time.time()) // limits.COMMENT.seconds


def replay(site: Site, path: str) -> list[int]:
    """Ten comments at once with one proof."""
    while (asked := send(site, ATTACKER, path, {"text": "Once more."}))[0] != 429:
        pass
    proof, statuses = solve(challenge_in(asked[1])), []

    def press(number: int) -> None:
        statuses.append(send(site, ATTACKER, path, {"text": f"Proven {number}.", "altcha": proof})[0])

    threads = [threading.Thread(target=press, args=[number]) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses)


def office(site: Site, path: str) -> Counter[int]:
    """Fifty people behind one address, all in the same minutes of their hour."""
    return Counter(send(site, OFFICE, path, {"text": f"This is person {person}."})[0] for person in range(PEOPLE))


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def ms(times: list[float]) -> str:
    return f"{p95(times) * 1000:.1f}"


def slower(quiet: list[float], pressed: list[float]) -> float:
    return p95(pressed) / p95(quiet)
