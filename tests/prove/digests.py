"""Ten days of digests in two minutes: readers write and withdraw while mails are planned, the mail server refuses some
and takes others without a word, and senders are killed.

Every subscriber must get each comment and update that is theirs,
once, and nothing that was withdrawn before its digest was planned. A mail may say something again for each one that a
kill or the server left uncertain, and for no other reason.
"""

from __future__ import annotations

import datetime
import email
import email.policy
import json
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from config.launch.processes import Processes
from tests.bench.sinks import Sink
from tests.site import Site

DAYS = 10
WRITERS = 6
A_DAY = 18
# Until weekly digests have gone, too, and what was put off meanwhile.
DAYS_AFTER = 9
FAULTS = 0.04
SENDERS = {"sqlite": 1, "postgresql": 3}
TOKEN = re.compile(r"word\d+x\d+")
ADDRESS, LINK = re.compile(rb"reader\.\d+@example\.org"), re.compile(rb"/(?:unsubscribe|subscriptions)/[^/\s]+/")
# In the first line: `4 new comments`, whether or not all of them follow.
ANNOUNCED = re.compile(r"([\d,]+) new (?:update|comment)")
NUMBER, CODE = re.compile(r"Your comment is number (\d+)"), re.compile(r'id="code">([^<]+)<')


@dataclass
class Written:
    """A comment or, with thread 0, an update, by the word that nothing else holds."""

    path: str
    thread: int
    # Whether it must come, may come, or must not.
    fate: str = "must"


@dataclass
class World:
    """What the campaign knows of what was written, and by whom."""

    site: Site
    words: dict[str, Written] = field(default_factory=dict)
    # Each thread of a post, with the numbers of its comments.
    threads: dict[str, dict[int, list[int]]] = field(default_factory=lambda: defaultdict(dict))
    lock: threading.Lock = field(default_factory=threading.Lock)
    failed: list[str] = field(default_factory=list)


class Child:
    """A process of `digest_senders`."""

    def __init__(self, site: Site, what: str) -> None:
        self.site, self.what = site, what
        self.start()

    def start(self) -> None:
        log = self.site.log.open("ab")
        environment = self.site.env | {"DJANGO_SETTINGS_MODULE": "config.settings"}
        command = [sys.executable, "-m", "tests.prove.digest_senders", self.what]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log, "text": True}
        self.process = subprocess.Popen(command, env=environment, **pipes)

    def ask(self, line: str) -> None:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, int]:
        return json.loads(self.process.stdout.readline() or "null") or {}

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.start()

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def run(folder: Path, processes: Processes, half: str) -> bool:
    folder.mkdir()
    with Sink("minimal", folder, processes, faults=FAULTS, keep=True) as sink:
        site = Site(folder, processes, EMAIL_URL=sink.url, FORUM_LIMITS="off", DIGEST_RATE="0", DIGEST_DOMAIN_RATE="0")
        maker = Child(site, "make")
        made = maker.answer()
        maker.end()
        site.start(workers=2)
        world = World(site)
        for path, number in made["threads"]:
            world.threads[path][number] = [number]
        killed = days(world, half)
        mails = sink.mails()
    return verdict(world, made, mails, killed, sink.tally.vanished)


def days(world: World, half: str) -> int:
    """All the days; how many senders were killed."""
    dice, killed = random.Random(3), 0
    owner = Child(world.site, "own")
    senders = [Child(world.site, "send") for _ in range(SENDERS[half])]
    evening = datetime.datetime.now(datetime.UTC).replace(hour=23, minute=30) + datetime.timedelta(days=1)
    for day in range(DAYS + DAYS_AFTER):
        at_work = list(senders)
        if day < DAYS:
            begin_day(world, day, owner)
        writers = [
            threading.Thread(target=write, args=(world, day, number)) for number in range(WRITERS * (day < DAYS))
        ]
        for writer in writers:
            writer.start()
        for sender in senders:
            sender.ask((evening + datetime.timedelta(days=day)).isoformat())
        if day < DAYS and dice.random() < 0.8:
            time.sleep(dice.uniform(0, 0.8))
            at_work.remove(victim := dice.choice(senders))
            victim.kill()
            killed += 1
        for writer in writers:
            writer.join()
        for sender in at_work:
            sender.answer()
        # Whatever is still somebody's is a dead one's: nobody waits here until its lease ends.
        owner.ask("leases")
        owner.answer()
    for child in [*senders, owner]:
        child.end()
    return killed


def begin_day(world: World, day: int, owner: Child) -> None:
    """What happens before anything is planned: an update, and a comment that is withdrawn at once."""
    owner.ask(f"update {day} word{day}x999")
    world.words[f"word{day}x999"] = Written(owner.answer()["path"], 0)
    path, word = sorted(world.threads)[day % len(world.threads)], f"word{day}x500"
    number, code = comment(world, path, word, 0)
    world.words[word] = Written(path, number, "must not")
    world.site.post("/receipts/withdrawal/", code=code)


def write(world: World, day: int, writer: int) -> None:
    """One reader's share of a day: comments to random threads, new ones too; one of them is withdrawn at once."""
    dice = random.Random(day * 100 + writer)
    for step in range(A_DAY // WRITERS):
        word = f"word{day}x{writer * 10 + step}"
        with world.lock:
            path = dice.choice(sorted(world.threads))
            top = dice.choice(sorted(world.threads[path])) if dice.random() < 0.7 else 0
            to = dice.choice(world.threads[path][top]) if top else 0
        number, code = comment(world, path, word, to)
        if not number:
            continue
        withdrawn = dice.random() < 0.1
        with world.lock:
            # A digest may have been planned before it is withdrawn.
            world.words[word] = Written(path, top or number, "may" if withdrawn else "must")
            if not withdrawn:
                world.threads[path].setdefault(top or number, []).append(number)
        if withdrawn:
            world.site.post("/receipts/withdrawal/", code=code)


def comment(world: World, path: str, word: str, to: int) -> tuple[int, str]:
    """Post a comment as a browser does; its number and receipt code."""
    fields = {"text": f"{word} and some more words."} | ({"reply_to": str(to)} if to else {})
    status, page, _ = world.site.post(f"{path}/comments", **fields)
    found, code = NUMBER.search(page), CODE.search(page)
    if status != 200 or not found or not code:
        world.failed.append(f"{path}: {status}")
        return 0, ""
    return int(found[1]), code[1]


def verdict(world: World, made: dict, mails: list[bytes], killed: int, vanished: int) -> bool:
    """Compare what reached each subscriber with what should have."""
    faults: Counter[str] = Counter()
    told, more, again = said_to(mails)
    for address, followed in made["followed"].items():
        wanted = {word for word, written in world.words.items() if any(theirs(f, written, made) for f in followed)}
        must = {word for word in wanted if world.words[word].fate == "must"}
        got, lost = told[address], must - set(told[address])
        if len(lost) > more[address]:
            faults["missing"] += len(lost) - more[address]
            print(f"  {address} follows {followed} and was not told {sorted(lost)[:5]}")
        faults["not theirs"] += len(set(got) - wanted)
        faults["withdrawn before"] += sum(world.words[word].fate == "must not" for word in got)
    faults["missing"] += 0
    faults["twice"] = max(0, again.total() - killed - vanished)
    faults["exposed"] = exposed(mails)
    faults["failed requests"] = len(world.failed)
    print(
        f"{len(world.words)} words in {len(mails)} mails to {len(told)} of {len(made['followed'])} subscribers, "
        f"{sum(map(len, told.values())):,} tellings, {more.total()} more as a number; {killed} kills, {vanished} mails "
        f"taken without a word, {again.total()} said something again; {dict(faults)}",
        flush=True,
    )
    return not any(faults.values()) and len(told) == len(made["followed"])


def theirs(followed: dict, written: Written, made: dict) -> bool:
    if followed.get("updates_only"):
        return written.thread == 0
    if "label" in followed:
        return made["labels"][written.path] == followed["label"]
    if "post" in followed:
        return written.path == followed["post"]
    if "thread" in followed:
        return [written.path, written.thread] == followed["thread"]
    return True


def said_to(mails: list[bytes]) -> tuple[dict[str, Counter[str]], Counter[str], Counter[str]]:
    """The words each address was told; how many more it was told of; how many of its mails said something again.

    What the server may have is sent again as the same mail, or comes with the next one if that overtakes it.
    """
    told: dict[str, Counter[str]] = defaultdict(Counter)
    more, again, seen = Counter[str](), Counter[str](), set[str]()
    for raw in mails:
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        text = mail.get_body(("plain",)).get_content()
        address, name, words = str(mail["To"]), str(mail["Message-ID"]), set(TOKEN.findall(text))
        again[address] += name in seen or any(word in told[address] for word in words)
        if name not in seen:
            announced = ANNOUNCED.findall(text.partition("\n")[0])
            more[address] += sum(int(number.replace(",", "")) for number in announced) - len(words)
        seen.add(name)
        told[address].update(words)
    return told, more, again


def exposed(mails: list[bytes]) -> int:
    """How many mails hold another subscriber's address, or a link that another subscriber's mail holds too."""
    owners: dict[bytes, set[bytes]] = defaultdict(set)
    others = 0
    for raw in mails:
        whole = raw.replace(b"=\r\n", b"")
        addresses = set(ADDRESS.findall(whole))
        others += len(addresses) != 1
        for link in LINK.findall(whole):
            owners[link] |= addresses
    return others + sum(len(found) > 1 for found in owners.values())
