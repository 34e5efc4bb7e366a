"""One digest to the owner, to see how it arrives. It is in no ledger, and moves nobody's subscription on."""

from __future__ import annotations

from email.utils import parseaddr

from django.conf import settings

from accounts.digests.rendering import test_letter
from forum.mail import carrier
from forum.smtp import Verdict


def send_test(address: str, *, cadence: str, detail: str, telling: bool) -> Verdict:
    """Send the next digest as it would look now; what the mail server said to it."""
    data = test_letter(address, cadence=cadence, detail=detail, telling=telling)
    line = carrier()
    try:
        return line.hand_over(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], address, data).verdict
    finally:
        line.close()
