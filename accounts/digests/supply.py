"""What a pass sends: claimed and written a chunk at a time, and given to its hands one mail after the other."""

from __future__ import annotations

import datetime
import secrets
import threading
import time
from collections import deque
from collections.abc import Sequence

from django.utils import timezone

from accounts.digests import ledger, pace, post_office
from accounts.digests.chunks import Letter, write
from accounts.digests.reasons import Reason
from accounts.models import Delivery

# Seconds. A pass ends before the next tick, and before whoever stops the worker loses patience with it; and a mail is
# written anew before what it says is old.
LONGEST_PASS = OLDEST = 20.0
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
        # While one claims, the others send these. Who is alone has nobody to do so.
        self.enough = 2 * hands if hands > 1 else 1
        self.filling = threading.Lock()
        self.is_empty, self.has_claimed = False, False

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
            try:
                return self.ready.popleft()
            except IndexError:
                if self.is_empty:
                    break
        return None

    def _fill(self) -> None:
        if self.is_low and self.filling.acquire(blocking=not self.ready):
            try:
                if self.is_low:
                    self.ready.extend(self._more())
            finally:
                self.filling.release()

    def _more(self) -> Sequence[Letter]:
        most = pace.room(timezone.now(), MOST_CLAIMED) if post_office.is_open() else 0
        chunk = ledger.claim(self.owner, self.moment, most) if most else []
        self.has_claimed |= bool(chunk)
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

    def close(self) -> None:
        """Put back whatever nobody took."""
        if self.has_claimed:
            ledger.release_all(self.owner)
