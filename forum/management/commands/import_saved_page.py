"""The text of saved blog pages, in both layouts."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from forum.clock import YEARS, read_moment
from forum.errors import ForumError
from forum.imports.progress import with_progress
from forum.imports.saved_page import SavedPage, SavedPageError, read_saved_page
from forum.services.imports import Conversation, Imported, Item, import_conversation
from forum.source import clean_source, clean_title

MORNING = datetime.time(7, 0)
# A comment that is empty on the page still has its place, and replies.
NO_TEXT = "(no text)"


class Command(BaseCommand):
    help = "Import the text of saved blog pages. The same page again adds only what is new."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--title", help="for a page that keeps none; default: how it begins")
        parser.add_argument("--published", metavar="ISO", help="for a page that keeps no date; default: now")
        parser.add_argument("--json", action="store_true", help="print a summary as JSON")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        if options["title"] is not None and len(files) > 1:
            raise CommandError("--title goes with one file", returncode=2)
        published = read_published(options["published"]) if options["published"] else None
        conversations = [conversation(read(file), file, options["title"], published) for file in files]
        with transaction.atomic():
            results = [import_conversation(found, progress=with_progress) for found in conversations]
        for result in results:
            report(result)
        if options["json"]:
            summaries = [result.summary() for result in results]
            self.stdout.write(json.dumps(summaries[0] if len(summaries) == 1 else {"pages": summaries}))


def read(file: Path) -> SavedPage:
    try:
        return read_saved_page(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}", returncode=2) from None
    except UnicodeDecodeError as error:
        raise CommandError(f"{file}: not UTF-8 (byte {error.start})", returncode=2) from None
    except SavedPageError as error:
        raise CommandError(f"{file}: {error}", returncode=2) from None


def read_published(text: str) -> datetime.datetime:
    """`--published`: a moment, or a day, which begins at seven in the morning."""
    moment = read_moment(f"{text}T{MORNING}") or read_moment(text)
    if moment is None:
        raise CommandError(f"--published {text}: not a moment such as 2015-11-15T07:00", returncode=2)
    return moment


def conversation(page: SavedPage, file: Path, title: str | None, published: datetime.datetime | None) -> Conversation:
    """A page as something to import. What the page says of itself counts before what the options say."""
    if page.published and page.published.year in YEARS:
        published = timezone.make_aware(datetime.datetime.combine(page.published, MORNING))
    name = clean_title(page.title or title or beginning(page))
    if not name or len(name) > 200:
        raise CommandError(f"{file}: the title must have 1 to 200 characters", returncode=2)
    items = []
    for position, comment in enumerate(page.comments, 1):
        try:
            items.append(Item(clean_source(comment.text or NO_TEXT), comment.parent))
        except ForumError as error:
            raise CommandError(f"{file}: comment {position}: {error}", returncode=2) from None
    titled = bool(page.title or title)
    return Conversation(name, page.body, published or timezone.now(), published is not None, items, titled)


def beginning(page: SavedPage) -> str:
    """How a page without a title begins: its first words, up to sixty characters."""
    text = page.body or (page.comments[0].text if page.comments else "")
    line = " ".join(text.lstrip("> *-#").split("\n", 1)[0].split())
    return line if len(line) <= 60 else line[:61].rsplit(" ", 1)[0] + " …"


def report(result: Imported) -> None:
    path, comments = result.post.get_absolute_url(), len(result.items)
    print(f"{path}: {comments} comments, {result.new} new", file=sys.stderr)
