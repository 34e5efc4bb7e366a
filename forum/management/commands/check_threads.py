"""Are all trees of comments sound?"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from forum.integrity import find_faults, mend
from forum.models import Comment, Post


class Command(BaseCommand):
    help = "Prove every tree, number and counter. Exit 0 if all are sound, 1 with each fault if not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true", help="mend, without changing any parent or order")

    def handle(self, *args: Any, fix: bool, **options: Any) -> None:
        faults = find_faults()
        for fault in faults:
            self.stdout.write(str(fault))
        if faults and fix:
            for post_id in sorted({fault.post_id for fault in faults}):
                try:
                    mend(post_id)
                except ValueError as error:
                    self.stderr.write(f"cannot be mended: {error}")
            faults = find_faults()
            self.stdout.write(f"after mending: {len(faults)} faults" + "".join(f"\n{fault}" for fault in faults))
        comments, threads = Comment.objects.count(), Comment.objects.filter(parent=None).count()
        verdict = f"{len(faults)} faults" if faults else "sound"
        self.stdout.write(f"{Post.objects.count()} posts, {threads} threads, {comments} comments: {verdict}")
        if faults:
            sys.exit(1)
