"""A thread from JSON lines."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from forum.imports.json_lines import BadLine, read_thread
from forum.imports.progress import with_progress
from forum.services.imports import Conversation, import_conversation
from forum.source import clean_title


class Command(BaseCommand):
    help = "Import a thread: one JSON object a line with id, parent_id, author, time, text. Parents stand first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.jsonl")
        parser.add_argument("--title", required=True)
        parser.add_argument("--json", action="store_true", help="print a summary as JSON")

    def handle(self, *args: Any, file: Path, title: str, **options: Any) -> None:
        try:
            with file.open(encoding="utf-8", errors="strict") as lines:
                items = read_thread(lines)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=2) from None
        except UnicodeDecodeError:
            raise CommandError(f"{file}: not UTF-8", returncode=2) from None
        except BadLine as error:
            raise CommandError(f"{file}: {error}", returncode=2) from None
        title = clean_title(title)
        if not title or len(title) > 200:
            raise CommandError("--title must have 1 to 200 characters", returncode=2)
        first = items[0].posted_at
        conversation = Conversation(title, "", first or timezone.now(), first is not None, items)
        result = import_conversation(conversation, progress=with_progress)
        print(f"{result.post.get_absolute_url()}: {len(items)} comments, {result.new} new", file=sys.stderr)
        if options["json"]:
            self.stdout.write(json.dumps(result.summary()))
