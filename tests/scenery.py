"""Short ways to a post, a thread, a clock: plain functions over the real services."""

from __future__ import annotations

import datetime
import re
import threading
from collections.abc import Callable
from contextlib import contextmanager
from unittest import mock

from django.db import connections
from django.utils import timezone

from forum import receipts
from forum.models import Comment, Post
from forum.services.discussions import publish_discussion, submit_discussion
from forum.services.posting import Submission, post_comment
from forum.services.posts import PostDraft, create_post
from forum.services.tickets import open_ticket
from moderation.models import Rule

# For override_settings: a Redis that nobody answers for.
DEAD_REDIS = {
    "default": {
        "BACKEND": "forum.memory.RedisOrMemory",
        "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"socket_connect_timeout": 1},
    },
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "stand-in"},
}


def make_post(title: str = "A post", body: str = "Some words.", **fields: object) -> Post:
    """A published post, two days old unless told otherwise."""
    fields.setdefault("publish_at", timezone.now() - datetime.timedelta(days=2))
    return create_post(draft=PostDraft(title=title, body=body, **fields))


def write(post: Post, text: str, to: Comment | None = None, **fields: object) -> Comment:
    """Post a comment as an anonymous reader."""
    return write_with_code(post, text, to, **fields)[0]


def write_with_code(post: Post, text: str, to: Comment | None = None, **fields: object) -> tuple[Comment, bytes | None]:
    submission = Submission(text, to.number if to else None, **fields)
    posted = open_ticket(post_comment(post=post, submission=submission))
    return posted.comment, posted.code


def send_discussion(title: str = "Rota", text: str = "How is yours?", **fields: object) -> tuple[Post, bytes | None]:
    """A discussion as a reader sends it, and its receipt code."""
    posted = open_ticket(submit_discussion(title=title, text=text, **fields))
    return posted.discussion, posted.code


def make_discussion(title: str = "Rota", text: str = "How is yours?") -> tuple[Post, bytes]:
    """A published discussion of a reader, and its receipt code."""
    held, code = send_discussion(title, text)
    return publish_discussion(post_id=held.pk, version=held.version, title=title, body=text, labels=[]), code


def make_thread(post: Post, shape: str) -> dict[str, Comment]:
    """`make_thread(post, "a(b(c)d)e")`: comments by their letter, each the reply to the one before its bracket."""
    made: dict[str, Comment] = {}
    path: list[Comment | None] = [None]
    newest: Comment | None = None
    for token in re.findall(r"\w|[()]", shape):
        if token == "(":
            path.append(newest)
        elif token == ")":
            path.pop()
        else:
            newest = made[token] = write(post, f"This is {token}.", path[-1])
    return made


def outline(rows) -> str:
    """Rows of a thread as `make_thread` writes them, by the letter in their text; tombstones in capitals."""
    text, level = "", 0
    for row in rows:
        text += "(" * (row.level - level) + ")" * (level - row.level)
        level = row.level
        letters = re.findall(r"This is (\w+)", row.html)
        text += letters[0] if letters and row.is_published else f"<{row.state}>"
    return text + ")" * level


@contextmanager
def at(moment: str):
    """Everything that asks Django for the time is told this one (UTC)."""
    fixed = datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.UTC)
    with mock.patch("django.utils.timezone.now", return_value=fixed):
        yield fixed


def at_once(*works: Callable[[], object]) -> list[Exception]:
    """Run these side by side, each with a connection of its own, and begin them together; what they raised."""
    raised: list[Exception] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        try:
            start.wait()
            work()
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def make_rule(wanted: str = "", *, kind: str = "words", answer: str = "hold", **fields: object) -> Rule:
    """A rule of the owner's that is switched on, behind those that are there."""
    last = Rule.objects.order_by("-position").first()
    fields.setdefault("position", last.position + 1 if last else 1)
    fields.setdefault("why", f"A rule for {kind}.")
    fields.setdefault("active", True)
    return Rule.objects.create(kind=kind, answer=answer, wanted=wanted, **fields)


def code_text(code: bytes | None) -> str:
    assert code is not None
    return receipts.show_code(code)
