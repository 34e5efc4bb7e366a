"""Whether mail goes out at all: the owner's switch, the circuit breaker, and what nobody knows whether it arrived."""

from __future__ import annotations

import enum
import hashlib
import logging
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.digests import ledger
from accounts.digests.reasons import Reason
from accounts.models import Delivery, PostOffice
from forum.smtp import Answer, Phase, Verdict

logger = logging.getLogger(__name__)

State = Delivery.State
# The breaker: so many refusals of everybody in a row, or so many failures that are more than a fifth of all.
MOST_REFUSED, MOST_FAILED, OF_WHICH = 3, 20, 5
REMEMBERED = 400
# A mail that is to be tried again is no failure: servers that are busy, or greet strangers so, need no person.
FAILED = {Verdict.UNCERTAIN, Verdict.DEAD, Verdict.SOFT, Verdict.POLICY}


class Settled(enum.StrEnum):
    """What the owner decides about a mail of which nobody knows whether it arrived."""

    AGAIN = "again"
    SENT = "sent"
    LEAVE = "leave"


def office() -> PostOffice:
    """The one row, made if it is new."""
    return PostOffice.objects.get_or_create(pk=1)[0]


def is_open() -> bool:
    """Whether digests may be sent; a copy of another installation's database closes here."""
    found = office()
    if not found.installation:
        PostOffice.objects.filter(pk=1, installation="").update(installation=here())
    elif found.installation != here() and not found.paused:
        pause(Reason.ELSEWHERE)
        return False
    return not found.paused


def may_ask_to_confirm() -> bool:
    """Whether mails go out that ask to confirm: also while the owner has paused the digests."""
    return is_open() or office().pause_reason == Reason.OWNER


def is_degraded() -> bool:
    """Whether sending stopped by itself."""
    return PostOffice.objects.filter(pk=1, paused=True).exclude(pause_reason=Reason.OWNER).exists()


def here() -> str:
    """The name of this installation. All that are not in production are one: their address says nothing."""
    return hashlib.sha256((settings.SITE_URL if settings.PRODUCTION else "").encode()).hexdigest()


def pause(reason: Reason = Reason.OWNER) -> None:
    """Send no more digests, from the next mail on. Doing it twice is doing it once: the first reason stays."""
    office()
    closed = PostOffice.objects.filter(pk=1, paused=False)
    if closed.update(paused=True, pause_reason=reason, paused_at=timezone.now()) and reason != Reason.OWNER:
        logger.error("sending is paused (%s)", reason)


def resume() -> None:
    """Send again, as this installation, and count failures anew."""
    office()
    PostOffice.objects.filter(pk=1).update(
        paused=False, pause_reason="", paused_at=None, tried=0, failed=0, refused_in_a_row=0, installation=here()
    )


def note(answers: Sequence[Answer]) -> None:
    """Count what became of mails, in order, and close where something is wrong with us rather than with a reader."""
    taken = [answer.verdict == Verdict.TAKEN for answer in answers]
    failed = sum(answer.verdict in FAILED for answer in answers)
    refused = 0
    for answer in answers:
        refused = refused + 1 if answer.verdict == Verdict.POLICY else 0 if answer.verdict == Verdict.TAKEN else refused
    row = PostOffice.objects.filter(pk=1)
    in_a_row = refused if any(taken) else F("refused_in_a_row") + refused
    row.update(tried=F("tried") + len(answers), failed=F("failed") + failed, refused_in_a_row=in_a_row)
    # The database divides whole numbers and cuts.
    row.filter(tried__gte=REMEMBERED).update(tried=F("tried") / 2, failed=F("failed") / 2)
    found = office()
    if found.refused_in_a_row >= MOST_REFUSED or any(_is_our_password(answer) for answer in answers):
        pause(Reason.POLICY)
    elif found.failed >= MOST_FAILED and found.failed * OF_WHICH > found.tried:
        pause(Reason.FAILURES)


def _is_our_password(answer: Answer) -> bool:
    """Whether the server does not let us in; asking on and on may lock us out."""
    return answer.verdict == Verdict.POLICY and answer.phase == Phase.CONNECT


def settle(deliveries: Iterable[Delivery], how: Settled | str) -> int:
    """Do with uncertain deliveries what the owner decided; how many there were that still were uncertain."""
    return sum(_settle(delivery.pk, Settled(how)) for delivery in deliveries)


@transaction.atomic
def _settle(pk: int, how: Settled) -> bool:
    rows = Delivery.objects.filter(pk=pk, state=State.UNCERTAIN).select_related("digest", "subscriber")
    delivery = rows.select_for_update(of=("self",)).first()
    if delivery is None:
        return False
    # Without the owner, a process that wakes up late cannot change what was decided.
    fields: dict[str, object] = {"owner": "", "fence": F("fence") + 1}
    if how == Settled.AGAIN:
        # It may be started as often as a new one.
        fields |= {"state": State.PENDING, "reason": Reason.AGAIN, "not_before": None, "starts": 1}
    elif how == Settled.LEAVE:
        fields |= {"state": State.SUPERSEDED, "reason": Reason.LEFT}
    else:
        fields |= {"state": State.SENT, "reason": Reason.COUNTED}
        ledger.move_on(delivery)
    return Delivery.objects.filter(pk=pk).update(**fields) == 1
