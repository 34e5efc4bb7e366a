"""Handing mails to the server that the settings name, and what its answer means for trying again."""

from __future__ import annotations

import logging
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import parseaddr
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from forum.smtp import Answer, Line, Phase, Verdict

logger = logging.getLogger(__name__)

# Mail programs overlook a List-Unsubscribe on two lines.
UNFOLDED = compat32.clone(max_line_length=None)
SMTP = "django.core.mail.backends.smtp.EmailBackend"


class NotTaken(Exception):
    """The server provably did not take the mail; it may be tried again."""


class NoServer(NotTaken):
    """There is no server to talk to, so no mail will be taken now."""


class Rejected(Exception):
    """The server will never take this mail."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.phase} {answer.code} {answer.enhanced}")
        self.answer = answer


class Uncertain(Exception):
    """The server may have the mail, and did not say so."""


class Carrier(Protocol):
    """What takes mails one by one: a `Line`, or one of Django's other ways."""

    @property
    def is_fresh(self) -> bool: ...
    def prepare(self) -> Answer | None: ...
    def hand_over(self, sender: str, recipient: str, data: bytes) -> Answer: ...
    def close(self) -> None: ...


class Written(EmailMessage):
    """A mail that was written elsewhere, as Django's backends want it."""

    def __init__(self, sender: str, recipient: str, data: bytes) -> None:
        super().__init__(from_email=sender, to=[recipient])
        self.data = data

    def message(self, **kwargs: object) -> Message:
        return message_from_bytes(self.data, policy=UNFOLDED)


class Elsewhere:
    """A carrier to whatever Django can hand mails to: files, the memory of a test."""

    is_fresh = True

    def prepare(self) -> Answer | None:
        return None

    def hand_over(self, sender: str, recipient: str, data: bytes) -> Answer:
        connection = get_connection()
        try:
            connection.open()
        except OSError:
            return Answer(Verdict.NO_SERVER, Phase.CONNECT)
        try:
            connection.send_messages([Written(sender, recipient, data)])
        except Exception as error:  # noqa: BLE001 - nobody knows how far it came
            logger.warning("a mail may be lost (%s)", type(error).__name__)
            return Answer(Verdict.UNCERTAIN, Phase.ANSWER)
        finally:
            connection.close()
        return Answer(Verdict.TAKEN, Phase.ANSWER)

    def close(self) -> None:
        return


def carrier() -> Carrier:
    """A new way to the mail server, for one thread; close it at the end."""
    return Line() if settings.EMAIL_BACKEND == SMTP else Elsewhere()


def send(message: EmailMessage, through: Carrier | None = None) -> None:
    """Hand a mail to the server, `through` a carrier that the caller keeps, or one of its own.

    Raises:
        NoServer: no connection.
        NotTaken: a temporary refusal.
        Rejected: a permanent refusal.
        Uncertain: the server may have the mail.
    """
    used = through or carrier()
    try:
        if isinstance(used, Elsewhere):
            _understand(_as_django_does(message))
            return
        sender = parseaddr(message.from_email)[1]
        data = message.message().as_bytes(linesep="\r\n")
        for recipient in message.recipients():
            _understand(used.hand_over(sender, parseaddr(recipient)[1], data))
    finally:
        if through is None:
            used.close()


def _as_django_does(message: EmailMessage) -> Answer:
    try:
        get_connection().send_messages([message])
    except OSError:
        return Answer(Verdict.NO_SERVER, Phase.CONNECT)
    return Answer(Verdict.TAKEN, Phase.ANSWER)


def _understand(answer: Answer) -> None:
    if answer.verdict != Verdict.TAKEN and answer.phase == Phase.CONNECT:
        raise NoServer(str(answer))
    if answer.verdict in (Verdict.RETRY, Verdict.POLICY):
        raise NotTaken(str(answer))
    if answer.verdict == Verdict.UNCERTAIN:
        raise Uncertain(str(answer))
    if answer.verdict != Verdict.TAKEN:
        raise Rejected(answer)
