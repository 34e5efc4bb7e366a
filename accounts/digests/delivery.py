"""Sending, so that a crash at any moment loses nothing and repeats as little as SMTP allows.

A delivery becomes SENDING in a commit of its own just before the mail server is spoken to, and SENT in another
straight after it said yes. What was provably not taken is tried again later; what may have been taken is UNCERTAIN.
Between two mails on one connection, the end of the one and the beginning of the other are one commit.
"""

from __future__ import annotations

import datetime
import logging
import random
import threading
from email.utils import parseaddr

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.digests import ledger, pace, post_office
from accounts.digests.chunks import Letter, data_of
from accounts.digests.ledger import Outcome
from accounts.digests.reasons import Reason
from accounts.digests.supply import Supply, asked_to_stop
from accounts.digests.suppression import suppress
from accounts.models import Delivery
from forum.garbage import settle_down
from forum.mail import carrier
from forum.smtp import Answer, Phase, Verdict

logger = logging.getLogger(__name__)

State = Delivery.State
Moment = datetime.datetime
# Fewer mails than this are not worth a connection.
LEAST_EACH = 5
PAUSES = [datetime.timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720)]
# For how long nobody bothers a server that has no time for anybody, or a domain that has none.
RELAY_RESTS = DOMAIN_RESTS = datetime.timedelta(minutes=1)
BUSY = {421, 450, 451, 452}
SETTLED = {
    Verdict.TAKEN: (State.SENT, ""),
    Verdict.UNCERTAIN: (State.UNCERTAIN, Reason.SILENT),
    Verdict.DEAD: (State.FAILED, Reason.DEAD),
    Verdict.SOFT: (State.FAILED, Reason.REFUSED),
}


def deliver(now: Moment | None = None) -> int:
    """Send what is planned and due at `now`; how many mails the server took.

    A pass ends when nothing is left, after 20 seconds, and at once where there is no server; the next one goes on.
    """
    return drain(1, now)


def drain(connections: int = 0, now: Moment | None = None) -> int:
    """The same over several connections at once, each with a thread and a database connection of its own.

    `DIGEST_CONNECTIONS` of them, or as many as are asked for, where there is enough to send; one with SQLite.
    """
    moment = now or timezone.now()
    settle_down()
    most = connections or settings.DIGEST_CONNECTIONS
    due = ledger.waiting(moment).count() if most > 1 and connection.vendor == "postgresql" else 0
    number = max(1, min(most, due // LEAST_EACH))
    supply = Supply(moment, number)
    hands = [Hand(supply) for _ in range(number)]
    try:
        if number == 1:
            return hands[0].work()
        threads = [threading.Thread(target=hand.work_alone) for hand in hands]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        supply.close()
    sent = sum(hand.sent for hand in hands)
    if not sent and (failed := [hand.error for hand in hands if hand.error]):
        raise failed[0]
    return sent


class Hand:
    """One worker with one connection to the mail server."""

    def __init__(self, supply: Supply) -> None:
        self.supply = supply
        self.carrier = carrier()
        self.sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        # What became of the mail before, while nobody else knows.
        self.last: Outcome | None = None
        self.sent = 0
        self.stopped = False
        self.error: Exception | None = None

    def work_alone(self) -> None:
        """Work in a thread; what went wrong is told, and kept for whoever waits."""
        try:
            self.work()
        except Exception as error:  # noqa: BLE001 - mostly the database; the other hands may do better
            logger.warning("a connection's work ended early (%s)", type(error).__name__)
            self.error = error
        finally:
            connection.close()

    def work(self) -> int:
        """Take mail after mail; how many of them the server took."""
        try:
            while not self.stopped:
                # What the server said is not kept waiting for anything slow.
                if self.supply.is_slow or not self.carrier.is_fresh:
                    self.note_last()
                if (letter := self.supply.take()) is None:
                    break
                self.handle(letter)
        finally:
            try:
                self.note_last()
                self.supply.note()
            finally:
                self.carrier.close()
        return self.sent

    def handle(self, letter: Letter) -> None:
        wait = (letter.at - timezone.now()).total_seconds()
        if wait > 0:
            self.note_last()
            asked_to_stop.wait(wait)
        if not self.has_server() or self.supply.is_over:
            self.supply.put_back(letter.delivery)
        elif (data := data_of(letter)) is not None:
            last, self.last = self.last, None
            if ledger.turn(last, letter.delivery, letter.standing):
                self.hand_over(letter, data)
            else:
                self.put_aside(letter.delivery)

    def note_last(self) -> None:
        last, self.last = self.last, None
        if last:
            ledger.turn(last)

    def has_server(self) -> bool:
        answer = self.carrier.prepare()
        if answer:
            self.stop(answer)
        return answer is None

    def hand_over(self, letter: Letter, data: bytes) -> None:
        delivery = letter.delivery
        self.supply.tried.add(delivery.pk)
        try:
            answer = self.carrier.hand_over(self.sender, delivery.subscriber.email, data)
        except Exception as error:  # noqa: BLE001 - whatever broke, the server may have the mail
            logger.error("delivery %s is uncertain (%s)", delivery.pk, type(error).__name__)
            answer = Answer(Verdict.UNCERTAIN, Phase.ANSWER)
        # Kept before anything else is asked of the database, which may be gone.
        self.last = outcome_of(letter, answer)
        self.heed(delivery, answer)

    def heed(self, delivery: Delivery, answer: Answer) -> None:
        """What an answer means for its reader, for the mails behind it, and for all that go out."""
        if answer.verdict == Verdict.TAKEN:
            self.sent += 1
        else:
            code = answer.code or "no answer"
            logger.info("delivery %s: %s (%s %s)", delivery.pk, answer.verdict, answer.phase, code)
        # One reader's server that dislikes us, asked again and again, is not many in a row.
        if answer.verdict != Verdict.POLICY or answer.phase == Phase.MAIL or not delivery.attempts:
            self.supply.hear(answer)
        if answer.verdict == Verdict.DEAD:
            suppress(delivery.subscriber.email, Reason.DEAD)
        if answer.verdict in post_office.FAILED:
            self.stopped = not post_office.is_open()
        elif answer.verdict == Verdict.NO_SERVER:
            self.stop(answer)
        elif answer.phase == Phase.MAIL and answer.verdict == Verdict.RETRY:
            pace.hold_back(pace.ALL, timezone.now() + RELAY_RESTS)
            self.stop(answer)
        elif answer.phase == Phase.RCPT and answer.code in BUSY and not answer.enhanced.startswith("4.2."):
            pace.hold_back(pace.domain_of(delivery), timezone.now() + DOMAIN_RESTS)

    def put_aside(self, delivery: Delivery) -> None:
        """It could not begin: nobody wants it, or somebody else is at it, or nothing goes out any more."""
        if outcome := ledger.why_not(delivery):
            ledger.turn(outcome)
        else:
            ledger.not_begun(delivery)

    def stop(self, answer: Answer) -> None:
        """There is nobody to talk to, or nobody who has time: what waits is left for the next pass."""
        self.stopped = True
        if answer.verdict == Verdict.POLICY:
            post_office.note([answer])


def outcome_of(letter: Letter, answer: Answer) -> Outcome:
    """What an answer means for its mail: it is settled, or goes back into the queue for a while."""
    state, reason = SETTLED.get(answer.verdict, (State.PENDING, Reason.LATER))
    chosen, not_before = None, None
    if state == State.SENT:
        chosen = letter.chosen
    # Where there is no server, the next pass may find one.
    elif state == State.PENDING and answer.verdict != Verdict.NO_SERVER:
        pause = PAUSES[min(letter.delivery.attempts, len(PAUSES) - 1)]
        not_before = timezone.now() + pause * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
    return Outcome(letter.delivery, state, reason, answer, not_before=not_before, chosen=chosen)
