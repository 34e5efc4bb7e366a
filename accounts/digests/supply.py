"""What a pass sends: claimed and written a chunk at a time, and given to its hands one mail after the other."""

from __future__ import annotations

import datetime
import secrets
import threading
import time
from collections import deque
from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone

from accounts.digests import ledger, pace, post_office
from accounts.digests.chunks import Letter, write
from accounts.digests.reasons import Reason
from accounts.models import Delivery
from forum.smtp import Answer

# Seconds. A pass ends before the next tick, before what its mails say is old, and before whoever stops the worker
# loses patience with it.
LONGEST_PASS = 20.0
MOST_CLAIMED = 100

# Set where the process is asked to end: the mails on their way are finished, the rest put back.
asked_to_stop = threading.Event()


class Supply:
    """The mails of one pass. Several hands may take from it; whichever finds little left claims more meanwhile."""

    def __init__(self, moment: datetime.datetime, hands: int = 1) -> None:
        self.moment = moment
        self.owner = secrets.token_hex(16)
        self.end = time.monotonic() + LONGEST_PASS
        # As if it were much later, all that is put off is due again at once.
        self.tried: set[int] = set()
        self.ready: deque[Letter] = deque()
        # While one claims, the others send these. Who is alone has no others; and where there is a pace, nobody takes
        # places before they are needed.
        self.enough = 2 * hands if hands > 1 and not settings.DIGEST_RATE else 1
        self.filling = threading.Lock()
        self.is_empty, self.has_claimed = False, False
        self.answers: list[Answer] = []
        self.noting = threading.Lock()

    @property
    def is_over(self) -> bool:
        return asked_to_stop.is_set() or time.monotonic() > self.end

    @property
    def is_slow(self) -> bool:
        """Whether taking the next mail will take a while."""
        return not self.ready or (self.is_low and not self.filling.locked())

    @property
    def is_low(self) -> bool:
        return len(self.ready) < self.enough and not self.is_empty

    def take(self) -> Letter | None:
        """The next mail; None if there is no other in this pass."""
        while not self.is_over:
            self._fill()
            if letter := self._next():
                return letter
            if self.is_empty:
                return None
        # Not only in the end: another hand may wait for its mail server for minutes.
        self.put_back_ready()
        return None

    def _next(self) -> Letter | None:
        try:
            return self.ready.popleft()
        except IndexError:
            return None

    def _fill(self) -> None:
        if self.is_low and self.filling.acquire(blocking=not self.ready):
            try:
                if self.is_low and not self.is_over:
                    self.ready.extend(self._more())
            finally:
                self.filling.release()

    def _more(self) -> Sequence[Letter]:
        most = pace.room(timezone.now(), MOST_CLAIMED) if post_office.is_open() else 0
        self.has_claimed |= bool(most)
        chunk = ledger.claim(self.owner, self.moment, most) if most else []
        new = [delivery for delivery in chunk if delivery.pk not in self.tried]
        self.put_back(*(delivery for delivery in chunk if delivery.pk in self.tried))
        self.is_empty = not new
        return write(self._in_time(new)) if new else []

    def _in_time(self, chunk: Sequence[Delivery]) -> list[tuple[Delivery, datetime.datetime]]:
        """What may go now, and when; the rest comes back in its time."""
        going, waiting = pace.places(chunk, timezone.now())
        for at in sorted(set(waiting.values())):
            late = [delivery for delivery in chunk if waiting.get(delivery.pk) == at]
            ledger.release(late, self.owner, reason=Reason.PACED, not_before=at)
        return sorted(((one, going[one.pk]) for one in chunk if one.pk in going), key=lambda pair: pair[1])

    def put_back(self, *deliveries: Delivery) -> None:
        """What was claimed and not begun is anybody's again."""
        if deliveries:
            ledger.release(deliveries, self.owner)

    def put_back_ready(self) -> None:
        left = []
        while letter := self._next():
            left.append(letter.delivery)
        self.put_back(*left)

    def note(self) -> None:
        """Tell the post office what the mail server said, to all hands, in its order."""
        with self.noting:
            answers = list(self.answers)
            self.answers.clear()
        if answers:
            post_office.note(answers)

    def hear(self, answer: Answer) -> None:
        """Keep what the server said for a while; counting each alone would cost more than sending it."""
        with self.noting:
            self.answers.append(answer)
            many = len(self.answers) >= MOST_CLAIMED
        if many or answer.verdict in post_office.FAILED:
            self.note()

    def close(self) -> None:
        """Put back whatever nobody took, and give no more."""
        self.end = 0.0
        if self.has_claimed:
            ledger.release_all(self.owner)
