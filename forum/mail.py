"""Handing one mail to the server, and what its answer means for trying again."""

from __future__ import annotations

import logging
import smtplib

from django.core.mail import EmailMessage, get_connection

logger = logging.getLogger(__name__)


class NotTaken(Exception):
    """The server provably did not take the mail; it may be tried again."""


class NoServer(NotTaken):
    """There is no server to talk to, so no mail will be taken now."""


class Rejected(Exception):
    """The server will never take this mail."""


def send(message: EmailMessage) -> None:
    """Hand a mail to the server.

    Raises:
        NoServer: no connection.
        NotTaken: a temporary refusal.
        Rejected: a permanent refusal.
        Exception: anything else; the server may have the mail.
    """
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NoServer from error
    try:
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise (NotTaken if any(code < 500 for code in codes) else Rejected) from error
    except smtplib.SMTPSenderRefused as error:
        raise NotTaken from error
    except smtplib.SMTPDataError as error:
        raise (NotTaken if error.smtp_code < 500 else Rejected) from error
    finally:
        # Quitting may fail on a broken connection; what matters was said before.
        try:
            connection.close()
        except (OSError, smtplib.SMTPException):
            logger.info("the mail server hung up first")
