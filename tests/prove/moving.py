"""A branch of 1,000 comments moves between posts of 5,000, there and back, while readers write under both.

Nothing is lost, no text, parent or order changes, and every old address lands.
"""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from config.launch.processes import Processes
from tests.bench import threads
from tests.prove.flood import post
from tests.site import Site

SIZE = 5000
BRANCH = range(2000, 3000)
WRITERS = 4
WORKERS = 2
PAUSE = 2
MOST_SECONDS = 15
TOP = "Top of the branch."
MOVE = """
import json, time
from accounts.models import User
from forum.models import Comment, Post
from moderation.services import move_comment, undo
bob, _ = User.objects.get_or_create(email="bob@example.org", role="moderator")
top = Comment.objects.get(source="Top of the branch.")
to = Post.objects.get(title="There")
start = time.monotonic()
line = move_comment(comment_id=top.pk, to_post=to, moderator=bob)
print(json.dumps([line.pk, line.after["moved"], time.monotonic() - start]))
"""
BACK = """
import json, time
from accounts.models import User
from moderation.models import Decision
from moderation.services import undo
line = Decision.objects.get()
start = time.monotonic()
undo(decision_id=line.pk, moderator=User.objects.get(email="bob@example.org"))
print(json.dumps([line.pk, line.after["moved"], time.monotonic() - start]))
"""


@dataclass
class Written:
    """What the writers know: the texts that were accepted, and how long the slowest took."""

    texts: list[str] = field(default_factory=list)
    sent_on: int = 0
    slowest: float = 0.0
    errors: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)


def run(folder: Path, processes: Processes) -> bool:
    """The whole campaign on a fresh site; True if nothing at all was wrong."""
    folder.mkdir()
    site = Site(folder, processes, FORUM_LIMITS="off")
    here, there = (
        load(site, folder, "Here", list(with_branch())),
        load(site, folder, "There", list(threads.comments(SIZE))),
    )
    site.start(workers=WORKERS)
    before = export(site, here)
    accepted: list[str] = []
    went = while_written(site, (here, there), MOVE, "there", accepted)
    still_here = texts_of(export(site, here))
    gone = [line for text, line in before.items() if text not in still_here]
    landed = permalinks(site, here, there, {line["number"]: line["text"] for line in gone})
    back = while_written(site, (here, there), BACK, "back", accepted)
    after = export(site, here)
    same = all(after.get(text) == line for text, line in before.items())
    there_now = Counter([*texts_of(after), *texts_of(export(site, there))])
    lost = sum(there_now[text] != 1 for text in accepted)
    print(
        f"  {len(gone)} old addresses, {landed} land; {len(accepted)} written meanwhile, {lost} lost; back as it was: {same}"
    )
    return went and back and same and not lost and landed == len(gone) == len(BRANCH)


def with_branch():
    """A thread whose comments 2,000 to 2,999 are one branch, below a comment of its own."""
    dice = random.Random(7)
    for row in threads.comments(SIZE):
        at, parent = row["id"], row["parent_id"]
        row["text"] = TOP if at == BRANCH.start else f"{row['text']} ({at})"
        if at == BRANCH.start:
            row["parent_id"] = 1
        elif at in BRANCH and parent not in BRANCH:
            row["parent_id"] = dice.randrange(BRANCH.start, at)
        elif at not in BRANCH and parent in BRANCH:
            row["parent_id"] = None
        yield row


def load(site: Site, folder: Path, title: str, rows: list[dict[str, object]]) -> str:
    """Import a thread under a post of this title; its path."""
    file = folder / f"{title}.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    summary = site.manage("import_thread", str(file), "--title", title, "--json")
    return str(json.loads(summary.splitlines()[-1])["path"])


def export(site: Site, path: str) -> dict[str, dict[str, object]]:
    """The readable comments of a post by their texts."""
    lines = [json.loads(line) for line in site.manage("export_thread", path).splitlines()]
    return {line["text"]: line for line in lines if line["text"]}


def texts_of(lines: dict[str, dict[str, object]]) -> set[str]:
    return set(lines)


def while_written(site: Site, paths: tuple[str, str], script: str, what: str, accepted: list[str]) -> bool:
    """Run a script in a process of its own while others write; True if it was quick and all is sound."""
    written = Written()
    writers = [threading.Thread(target=write, args=(site, paths, written, what, n)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    time.sleep(PAUSE)
    _, moved, seconds = json.loads(site.manage("shell", "-v0", "-c", script).strip().splitlines()[-1])
    time.sleep(PAUSE)
    written.done.set()
    for writer in writers:
        writer.join()
    accepted += written.texts
    checked = site.manage("check_threads").strip()
    print(f"{moved} comments {what} in {seconds:.2f} s; {len(written.texts)} written meanwhile, the slowest took")
    print(
        f"  {written.slowest:.2f} s, {written.sent_on} were told that it moved, {len(written.errors)} errors; {checked}"
    )
    for error in written.errors[:5]:
        print(f"  {error}")
    return seconds < MOST_SECONDS and not written.errors and bool(written.texts)


def write(site: Site, paths: tuple[str, str], written: Written, what: str, writer: int) -> None:
    """One client: comments under both posts, most of them answers to any comment, also of the branch."""
    dice, connection, step = random.Random(writer), http.client.HTTPConnection("127.0.0.1", site.port, timeout=60), 0
    while not written.done.is_set():
        step += 1
        text = f"Writer {writer}, {what}, step {step}."
        fields = {"text": text} | ({"reply_to": str(dice.randint(1, SIZE))} if dice.random() < 0.8 else {})
        start = time.monotonic()
        try:
            post(connection, dice.choice(paths), fields)
            written.texts.append(text)
        except ValueError as error:
            written.sent_on += str(error) == "status 409"
            if str(error) != "status 409":
                written.errors.append(f"{text} {error}")
        except (OSError, http.client.HTTPException) as error:
            written.errors.append(f"{text} {error!r}")
            connection.close()
        written.slowest = max(written.slowest, time.monotonic() - start)
    connection.close()


def permalinks(site: Site, old: str, new: str, wanted: dict[int, str]) -> int:
    """How many of these old numbers of a post lead to the comment of the new one with the text that stood there."""
    now = {line["number"]: text for text, line in export(site, new).items()}
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    landed = 0
    for number, text in wanted.items():
        connection.request("GET", f"{old}?c={number}")
        answer = connection.getresponse()
        answer.read()
        found = re.fullmatch(rf"{re.escape(new)}\?c=(\d+)#c\1", answer.headers.get("Location", ""))
        landed += answer.status == 302 and found is not None and now.get(int(found[1])) == text
    return landed
