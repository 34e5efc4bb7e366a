"""One pass of planning and sending, or one after the other for ever: the clock of a site without Celery."""

from __future__ import annotations

import logging
import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from accounts.digests.supply import LONGEST_PASS, asked_to_stop
from accounts.tasks import plan_and_send
from forum.clock import read_moment
from forum.tasks import keep_time

logger = logging.getLogger(__name__)

PAUSE = 5.0


class Command(BaseCommand):
    help = "Plan the digests that are due and send them; with --loop for ever, with scheduled posts as well."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", metavar="ISO", help="plan as if it were this moment")
        parser.add_argument(
            "--loop",
            action="store_true",
            help="pass after pass until stopped, five seconds between them where little is to be sent",
        )

    def handle(self, *args: Any, now: str | None, loop: bool, **options: Any) -> None:
        moment = read_moment(now) if now else None
        if now and moment is None:
            raise CommandError(f"--now {now}: not a moment such as 2026-01-14T07:05+00:00", returncode=2)
        as_if = moment.isoformat() if moment else None
        if not loop:
            keep_time()
            self.stdout.write(plan_and_send(as_if))
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: asked_to_stop.set())
        while not asked_to_stop.is_set():
            began = time.monotonic()
            try:
                keep_time()
                plan_and_send(as_if)
            except DatabaseError as error:
                logger.warning("the database does not answer (%s); next try in a moment", type(error).__name__)
                connection.close()
            # A pass that ended for its length only goes on at once.
            if time.monotonic() - began < LONGEST_PASS:
                asked_to_stop.wait(PAUSE)
