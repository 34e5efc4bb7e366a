"""Sending, so that a crash at any moment loses nothing and repeats as little as SMTP allows.

A delivery becomes SENDING in a commit of its own just before the mail server is spoken to, and SENT in another
straight after it said yes. What was provably not taken is tried again later; what may have been taken is UNCERTAIN.
Between two mails on one connection, the end of the one and the beginning of the other are one commit.
"""

from __future__ import annotations

import datetime
import logging
import random
import secrets
import threading
import time
from collections.abc import Sequence
from email.utils import parseaddr

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from accounts.digests import ledger, pace, post_office
from accounts.digests.chunks import Letter, data_of, write
from accounts.digests.ledger import Outcome
from accounts.digests.reasons import Reason
from accounts.digests.selection import Chosen
from accounts.digests.suppression import suppress
from accounts.models import Delivery
from forum.mail import carrier
from forum.smtp import Answer, Phase, Verdict

logger = logging.getLogger(__name__)

State = Delivery.State
Moment = datetime.datetime
# A pass ends before the next tick, so that nothing else waits long behind it; and a chunk before what it says is old.
LONGEST_PASS, LONGEST_CHUNK = 50.0, 30.0
MOST_CLAIMED, LEAST_CLAIMED = 100, 5
PAUSES = [datetime.timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720)]
# For how long nobody bothers a server that has no time for anybody, or a domain that has none.
RELAY_RESTS = DOMAIN_RESTS = datetime.timedelta(minutes=1)
BUSY = {421, 450, 451, 452}

# Set where the process is asked to end: the mail on its way is finished, the rest put back.
asked_to_stop = threading.Event()


def deliver(now: Moment | None = None) -> int:
    """Send what is planned and due at `now`; how many mails the server took.

    A pass ends when nothing is left, after 50 seconds, and at once where there is no server; the next one goes on.
    """
    return Hand(now or timezone.now(), MOST_CLAIMED).work()


def drain(connections: int = 0, now: Moment | None = None) -> int:
    """The same over several connections at once, each with a thread and a database connection of its own.

    `DIGEST_CONNECTIONS` of them, or as many as are asked for, where there is enough to send; one with SQLite.
    """
    moment = now or timezone.now()
    most = connections or settings.DIGEST_CONNECTIONS
    due = ledger.waiting(moment).count() if most > 1 and connection.vendor == "postgresql" else 0
    lines = min(most, due // LEAST_CLAIMED)
    if lines < 2:
        return deliver(moment)
    share = max(LEAST_CLAIMED, min(MOST_CLAIMED, due // (4 * lines)))
    hands = [Hand(moment, share) for _ in range(lines)]
    threads = [threading.Thread(target=hand.work_alone) for hand in hands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed := [hand.error for hand in hands if hand.error]:
        raise failed[0]
    return sum(hand.sent for hand in hands)


class Hand:
    """One worker with one connection to the mail server."""

    def __init__(self, moment: Moment, most: int) -> None:
        self.moment, self.most = moment, most
        self.name = secrets.token_hex(16)
        self.carrier = carrier()
        self.sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        self.end = time.monotonic() + LONGEST_PASS
        self.tried: set[int] = set()
        self.answers: list[Answer] = []
        self.sent = 0
        self.stopped = False
        self.error: DatabaseError | None = None

    def work_alone(self) -> None:
        """Work in a thread; what went wrong with the database is kept for whoever waits."""
        try:
            self.work()
        except DatabaseError as error:
            self.error = error
        finally:
            connection.close()

    def work(self) -> int:
        """Take chunk after chunk; how many mails the server took."""
        try:
            while not self.is_over() and post_office.is_open():
                most = pace.room(timezone.now(), self.most)
                chunk = ledger.claim(self.name, self.moment, most) if most else []
                # As if it were much later, all that is put off is due again at once.
                again = [delivery for delivery in chunk if delivery.pk in self.tried]
                ledger.release(again, self.name)
                if len(again) == len(chunk):
                    break
                self.handle([delivery for delivery in chunk if delivery.pk not in self.tried])
        finally:
            self.carrier.close()
        return self.sent

    def is_over(self) -> bool:
        return self.stopped or asked_to_stop.is_set() or time.monotonic() > self.end

    def handle(self, chunk: Sequence[Delivery]) -> None:
        """Write what goes now, and send it; whatever happens, nothing of the chunk stays claimed."""
        try:
            self.send(write(self.in_time(chunk)))
        finally:
            self.note()
            ledger.release(chunk, self.name)

    def in_time(self, chunk: Sequence[Delivery]) -> list[tuple[Delivery, Moment]]:
        """What may go now, and when; the rest comes back in its time."""
        going, waiting = pace.places(chunk, timezone.now())
        for at in sorted(set(waiting.values())):
            late = [delivery for delivery in chunk if waiting.get(delivery.pk) == at]
            ledger.release(late, self.name, reason=Reason.PACED, not_before=at)
        return sorted(((one, going[one.pk]) for one in chunk if one.pk in going), key=lambda pair: pair[1])

    def send(self, written: Sequence[Letter]) -> None:
        end = min(self.end, time.monotonic() + LONGEST_CHUNK)
        before: Outcome | None = None
        try:
            for letter in written:
                wait = (letter.at - timezone.now()).total_seconds()
                # What the server said is not kept waiting for anything slow.
                if before and (wait > 0 or not self.carrier.is_fresh):
                    ledger.turn(before)
                    before = None
                if wait > 0:
                    asked_to_stop.wait(wait)
                if self.is_over() or time.monotonic() > end or not self.has_server():
                    break
                if (data := data_of(letter)) is None:
                    continue
                kept, before = before, None
                if ledger.turn(kept, letter.delivery, letter.standing):
                    before = self.hand_over(letter.delivery, letter.chosen, data)
                else:
                    self.put_aside(letter.delivery)
        finally:
            if before:
                ledger.turn(before)

    def has_server(self) -> bool:
        answer = self.carrier.prepare()
        if answer:
            self.stop(answer)
        return answer is None

    def hand_over(self, delivery: Delivery, chosen: Chosen, data: bytes) -> Outcome:
        self.tried.add(delivery.pk)
        try:
            answer = self.carrier.hand_over(self.sender, delivery.subscriber.email, data)
        except Exception as error:  # noqa: BLE001 - whatever broke, the server may have the mail
            logger.error("delivery %s is uncertain (%s)", delivery.pk, type(error).__name__)
            answer = Answer(Verdict.UNCERTAIN, Phase.ANSWER)
        # One reader's server that dislikes us, asked again and again, is not many in a row.
        if answer.verdict != Verdict.POLICY or answer.phase == Phase.MAIL or not delivery.attempts:
            self.answers.append(answer)
        if answer.verdict in post_office.FAILED:
            self.note()
            self.stopped = not post_office.is_open()
        if answer.verdict == Verdict.TAKEN:
            self.sent += 1
            return Outcome(delivery, State.SENT, "", answer, chosen=chosen)
        return self.not_taken(delivery, answer)

    def not_taken(self, delivery: Delivery, answer: Answer) -> Outcome:
        """What an answer that is no yes means for this mail, for its reader, and for the mails behind it."""
        logger.info("delivery %s: %s (%s %s)", delivery.pk, answer.verdict, answer.phase, answer.code or "no answer")
        if answer.verdict == Verdict.UNCERTAIN:
            return Outcome(delivery, State.UNCERTAIN, Reason.SILENT, answer)
        if answer.verdict == Verdict.DEAD:
            suppress(delivery.subscriber.email, Reason.DEAD)
            return Outcome(delivery, State.FAILED, Reason.DEAD, answer)
        if answer.verdict == Verdict.SOFT:
            return Outcome(delivery, State.FAILED, Reason.REFUSED, answer)
        now = timezone.now()
        if answer.verdict == Verdict.NO_SERVER:
            self.stop(answer)
            return Outcome(delivery, State.PENDING, Reason.LATER, answer)
        if answer.phase == Phase.MAIL and answer.verdict == Verdict.RETRY:
            pace.hold_back(pace.ALL, now + RELAY_RESTS)
            self.stop(answer)
        elif answer.phase == Phase.RCPT and answer.code in BUSY and not answer.enhanced.startswith("4.2."):
            pace.hold_back(pace.domain_of(delivery), now + DOMAIN_RESTS)
        pause = PAUSES[min(delivery.attempts, len(PAUSES) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        return Outcome(delivery, State.PENDING, Reason.LATER, answer, not_before=now + pause)

    def put_aside(self, delivery: Delivery) -> None:
        """It could not begin: nobody wants it, or somebody else is at it, or nothing goes out any more."""
        if outcome := ledger.why_not(delivery):
            ledger.turn(outcome)

    def stop(self, answer: Answer) -> None:
        """There is nobody to talk to, or nobody who has time: what waits is left for the next pass."""
        self.stopped = True
        if answer.verdict == Verdict.POLICY:
            post_office.note([answer])

    def note(self) -> None:
        if self.answers:
            post_office.note(self.answers)
        self.answers = []
