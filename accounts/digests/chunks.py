"""What the mails of a claimed chunk say. Whether readers may still read it is asked here, in its last minute."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import DatabaseError

from accounts.digests import ledger
from accounts.digests.ledger import Outcome
from accounts.digests.reasons import Reason
from accounts.digests.rendering import letters
from accounts.digests.selection import Chosen, choose
from accounts.models import Delivery

logger = logging.getLogger(__name__)

State = Delivery.State


class Letter(NamedTuple):
    delivery: Delivery
    # It stands there under the delivery's key, and is put together when it is sent.
    data: Mapping[int, bytes]
    chosen: Chosen
    standing: int
    at: datetime.datetime


def write(going: Sequence[tuple[Delivery, datetime.datetime]]) -> list[Letter]:
    """The mails of a chunk, each with the moment that it may go at. Who has nothing to be told is dealt with."""
    deliveries = [delivery for delivery, _ in going]
    standings = ledger.standings(deliveries)
    chosen = choose(deliveries)
    for delivery in deliveries:
        if not chosen[delivery.pk].events:
            ledger.turn(Outcome(delivery, State.EMPTY, Reason.NOTHING, chosen=chosen[delivery.pk]))
    data = _written([one for one in deliveries if chosen[one.pk].events], chosen)
    return [Letter(one, data, chosen[one.pk], standings[one.subscriber_id], at) for one, at in going if one.pk in data]


def _written(deliveries: Sequence[Delivery], chosen: dict[int, Chosen]) -> Mapping[int, bytes]:
    if not deliveries:
        return {}
    try:
        return letters(deliveries, chosen)
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 - one mail that cannot be written must not stop the others
        if len(deliveries) > 1:
            return {pk: data for one in deliveries for pk, data in _written([one], chosen).items()}
        _give_up(deliveries[0], error)
        return {}


def data_of(letter: Letter) -> bytes | None:
    """The mail, put together before the server hears of it; None where that failed."""
    try:
        return letter.data[letter.delivery.pk]
    except Exception as error:  # noqa: BLE001 - as above
        _give_up(letter.delivery, error)
        return None


def _give_up(delivery: Delivery, error: Exception) -> None:
    logger.error("delivery %s cannot be written (%s)", delivery.pk, type(error).__name__)
    ledger.turn(Outcome(delivery, State.FAILED, Reason.UNWRITTEN))
