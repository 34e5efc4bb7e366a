"""Threads as they grow over years, to be imported: long, deep, and written by people who name each other by the clock."""

from __future__ import annotations

import datetime
import json
import random
from dataclasses import dataclass, field

from tests.site import Site, unique

START = datetime.datetime(2025, 11, 12, 9, 0, tzinfo=datetime.UTC)
WORDS = (
    "we have had no heating in the interview rooms since the weekend and nobody at the desk could say when it comes "
    "back while three of my people sat there in their coats which is not how anybody should be seen by an officer "
    "who is meant to take them seriously so I wrote to the manager again about the caseload and the unpaid hours"
)
# What a page from elsewhere may have carried along: nothing of it may be asked for.
HOSTILE = (
    '<img src="https://tracker.example/x.png"> ![x](https://tracker.example/y.png) '
    "<script src='https://tracker.example/z.js'></script> <p style='background:url(https://tracker.example/b)'>x</p> "
    "https://tracker.example/a/very/long/address/that/goes/on-and-on-without-a-single-place-to-break?and=" + "x" * 120
)


@dataclass
class Thread:
    """Comments in the order of their numbers, each a minute after the one before; the first at 09:00."""

    texts: list[str] = field(default_factory=list)
    parents: list[int | None] = field(default_factory=list)

    def say(self, text: str, to: int | None = None) -> int:
        """Add a comment; its number."""
        self.texts.append(text)
        self.parents.append(to)
        return len(self.texts)

    def said_at(self, number: int) -> str:
        """The clock time of a comment, as people type it."""
        return f"{START + datetime.timedelta(minutes=number - 1):%H:%M}"

    def into(self, site: Site, title: str) -> str:
        """Import it; the path of its post."""
        rows = zip(self.texts, self.parents, strict=True)
        file = site.folder / f"{unique('thread')}.jsonl"
        lines = [
            {"id": number, "parent_id": parent, "text": text, "time": self._time(number)}
            for number, (text, parent) in enumerate(rows, 1)
        ]
        file.write_text("\n".join(map(json.dumps, lines)))
        answer = site.manage("import_thread", str(file), "--title", title, "--json")
        path: str = json.loads(answer.splitlines()[-1])["path"]
        return path

    def _time(self, number: int) -> str:
        return (START + datetime.timedelta(minutes=number - 1)).isoformat()


class Chatter:
    """Sentences that mean nothing, the same in every run."""

    def __init__(self) -> None:
        self.random = random.Random(4)

    def some(self, least: int = 8, most: int = 90) -> str:
        words = self.random.choices(WORDS.split(), k=self.random.randint(least, most))
        return " ".join(words).capitalize() + "."


def ladder(thread: Thread, chatter: Chatter, steps: int) -> list[int]:
    """A conversation in which each comment but the last has two replies, so that each step is one further in.

    The second reply to each comes after all below the first. The numbers of the first replies, from the top.
    """
    rungs = [thread.say(chatter.some())]
    for _ in range(steps):
        rungs.append(thread.say(chatter.some(), rungs[-1]))
    for rung in reversed(rungs[:-1]):
        thread.say(chatter.some(), rung)
    return rungs


PHRASE = "three brass kettles"
REMOVE = """
from forum.models import Comment
from forum.services.comments import remove_comment
remove_comment(comment_id=Comment.objects.get(post__slug="{slug}", number={number}).pk, reason="It names a place.")
"""


@dataclass(frozen=True)
class Scene:
    """Where things stand in the long thread, by number."""

    path: str
    thread: Thread
    rungs: list[int]
    late_reply: int
    names_first: int
    names_neighbour: int
    removed: int
    long: int
    far: int
    last: int

    def at(self, number: int) -> str:
        return f"{self.path}?c={number}#c{number}"


def make_scene(site: Site) -> Scene:
    """Three pages; the first comment, at 09:00, is named on the first page and on the last."""
    thread, chatter = Thread(), Chatter()
    thread.say("The rooms at Northtown are cold again.")
    rungs = ladder(thread, chatter, 10)
    # Replies to the fifth rung: the first is the next rung, the second comes after all below that one.
    late_reply = max(number for number, parent in enumerate(thread.parents, 1) if parent == rungs[4])
    names_first = thread.say("@09:00 so are ours, and the kettle is broken.")
    names_neighbour = thread.say(f"@{thread.said_at(names_first)} bring a flask.", names_first)
    removed = thread.say("It was me, from the office in Easttown.")
    for _ in range(2):
        thread.say(chatter.some(), removed)
    thread.say(HOSTILE)
    long = thread.say("\n\n".join([*(chatter.some(60, 70) for _ in range(8)), f"In the end {PHRASE} came by van."]))
    while len(thread.texts) < 460:
        begun = ladder(thread, chatter, chatter.random.randint(0, 8))[0]
        far = thread.say(chatter.some(), begun)
    last = thread.say("Anon 09:00 was right about the rooms, as I found out today.")
    path = thread.into(site, "Rooms in winter")
    slug = path.rpartition("/")[2].removesuffix(".html")
    site.manage("shell", "-v0", "-c", REMOVE.format(slug=slug, number=removed))
    return Scene(path, thread, rungs, late_reply, names_first, names_neighbour, removed, long, far, last)
