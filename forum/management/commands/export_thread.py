"""A thread as JSON lines, in page order."""

from __future__ import annotations

import json
import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum import threads
from forum.models import Comment, Post

# Nothing is left of these but their place.
EMPTY = {Comment.State.WITHDRAWN, Comment.State.MOVED}
PATH = re.compile(r"^/?(\d{4})/(\d{2})/([-\w]+)\.html$", re.ASCII)


class Command(BaseCommand):
    help = "Print a thread as JSON lines, in the order of its page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("post", metavar="POST", help="path or slug")
        parser.add_argument(
            "--all-states",
            action="store_true",
            help="held, refused and removed comments too, with their text",
        )

    def handle(self, *args: Any, post: str, all_states: bool, **options: Any) -> None:
        found = find_post(post)
        rows = threads.read_rows(found)
        numbers = {row.id: row.number for row in rows}
        sources = dict(Comment.objects.filter(post=found).values_list("pk", "source"))
        for row in rows if all_states else threads.prune(rows):
            readable = (row.is_published or all_states) and row.state not in EMPTY
            line = {
                "number": row.number,
                "parent_number": numbers[row.parent_id] if row.parent_id else None,
                "level": row.level,
                "state": row.state,
                "name": (row.name or "Anonymous") if readable else None,
                "posted_at": row.posted_at.isoformat() if row.posted_at else None,
                "edited_at": row.edited_at.isoformat() if row.edited_at and readable else None,
                "text": sources[row.id] if readable else None,
                "html": row.html if readable else None,
                "voice": row.voice if readable else None,
                "pen_name": row.pen_name is not None,
            }
            if row.sign:
                line |= {"moved": row.sign.comments, "moved_to": row.sign.address}
            self.stdout.write(json.dumps(line, ensure_ascii=False))


def find_post(wanted: str) -> Post:
    """The post with this path, or this slug if only one has it."""
    wanted = wanted.encode("ascii", "replace").decode()
    path = PATH.match(wanted)
    posts = Post.objects.at(int(path[1]), int(path[2]), path[3]) if path else Post.objects.filter(slug=wanted)
    found = list(posts[:2])
    if len(found) != 1:
        what = "no post has this path or slug" if not found else "several posts have this slug; give the path"
        raise CommandError(f"{wanted}: {what}", returncode=2)
    return found[0]
