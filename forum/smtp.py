"""One connection to the mail server, and what each of its answers means: judged by how far a mail had come.

`smtplib` raises the same error for a connection that broke before a mail was sent and for one that broke behind its
last dot, when the server may have it. So the steps are taken here one by one.
"""

from __future__ import annotations

import contextlib
import enum
import re
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail.utils import DNS_NAME

# Seconds. The last is what RFC 5321 asks for: who gives up earlier sends again what was taken.
CONNECT_TIMEOUT, COMMAND_TIMEOUT, ANSWER_TIMEOUT = 10, 60, 600
# Servers cut connections that bring too much or say nothing for too long.
MOST_MAILS, LONGEST_IDLE, TRUSTED_IDLE = 100, 60.0, 2.0
ENHANCED = re.compile(rb"^([245])\.(\d{1,3})\.(\d{1,3})\b")
# Of "5.1.x", what speaks of our address and not of the reader's.
OUR_ADDRESS = {"5.1.7", "5.1.8", "5.1.9"}


class Verdict(enum.StrEnum):
    """What becomes of a mail."""

    TAKEN = "taken"
    RETRY = "retry"  # provably not taken; later, perhaps
    UNCERTAIN = "uncertain"  # it was sent, and no answer came
    DEAD = "dead"  # the address does not exist
    SOFT = "soft"  # not this mail: a full mailbox, say
    POLICY = "policy"  # the server does not like us; more mails make it worse
    NO_SERVER = "no server"  # there is nobody to talk to


class Phase(enum.StrEnum):
    """How far it had come."""

    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    ANSWER = "answer"  # behind the last dot


@dataclass(frozen=True)
class Answer:
    verdict: Verdict
    phase: Phase
    code: int | None = None
    enhanced: str = ""


def judge(phase: Phase, code: int, text: bytes) -> Answer:
    """What a reply means that is not the one hoped for; `code` is -1 where it could not be read."""
    match = ENHANCED.match(text)
    enhanced = match[0].decode() if match else ""
    return Answer(_verdict(phase, code, enhanced), phase, code if code > 0 else None, enhanced)


def _verdict(phase: Phase, code: int, enhanced: str) -> Verdict:
    if phase == Phase.ANSWER and 200 <= code < 300:
        return Verdict.TAKEN
    if phase == Phase.ANSWER and not 400 <= code < 600:
        return Verdict.UNCERTAIN
    if not 500 <= code < 600:
        return Verdict.NO_SERVER if phase == Phase.CONNECT else Verdict.RETRY
    if phase in (Phase.CONNECT, Phase.MAIL) or enhanced.startswith("5.7.") or enhanced in OUR_ADDRESS:
        return Verdict.POLICY
    # Without the server's clear word nobody is struck off for good.
    return Verdict.DEAD if enhanced.startswith("5.1.") else Verdict.SOFT


class Client(smtplib.SMTP):
    """Waits less for a connection than for a command, and sends the last dot without delay."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        made.settimeout(COMMAND_TIMEOUT)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def wait(self, seconds: float) -> None:
        """From now on wait so long for what the server says."""
        if self.sock:
            self.sock.settimeout(seconds)


class SafeClient(Client, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class Line:
    """A connection that is opened when it is needed, used for many mails, and opened anew in time.

    Use it from one thread, and close it at the end.
    """

    def __init__(self) -> None:
        self.client: Client | None = None
        self.mails = 0
        self.used_at = 0.0

    @property
    def is_fresh(self) -> bool:
        """Whether `prepare` has nothing to do that takes time."""
        idle = time.monotonic() - self.used_at
        return self.client is not None and self.mails < MOST_MAILS and idle < TRUSTED_IDLE

    def prepare(self) -> Answer | None:
        """See that there is a connection that works; the answer to every mail where there is none."""
        if self.is_fresh:
            return None
        if self.client and (self.mails >= MOST_MAILS or time.monotonic() - self.used_at > LONGEST_IDLE):
            self.close()
        if self.client and self._said(self.client.noop) != 250:
            self._drop()
        return None if self.client else self._open()

    def hand_over(self, sender: str, recipient: str, data: bytes) -> Answer:
        """Send one mail to one address; `data` has lines that end with CRLF."""
        if answer := self.prepare():
            return answer
        is_new = self.mails == 0
        answer = self._hand_over(sender, recipient, data)
        if answer.phase == Phase.MAIL and self.client is None and not is_new:
            # Cut while nothing was said: another connection may do, and nobody has the mail.
            answer = self._open() or self._hand_over(sender, recipient, data)
        return answer

    def close(self) -> None:
        if self.client:
            # Quitting may fail on a broken connection; what matters was said before.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.client.quit()
        self._drop()

    def _open(self) -> Answer | None:
        options: dict[str, Any] = {"timeout": CONNECT_TIMEOUT, "local_hostname": DNS_NAME.get_fqdn()}
        client = SafeClient(context=_context(), **options) if settings.EMAIL_USE_SSL else Client(**options)
        try:
            code, _ = client.connect(settings.EMAIL_HOST, settings.EMAIL_PORT)
            if code != 220:
                # Also 554: it may speak to us tomorrow, or another of its kind today.
                client.close()
                return Answer(Verdict.NO_SERVER, Phase.CONNECT, code if code > 0 else None)
            client.ehlo_or_helo_if_needed()
            if settings.EMAIL_USE_TLS:
                client.starttls(context=_context())
                client.ehlo()
            if settings.EMAIL_HOST_USER:
                client.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        except smtplib.SMTPAuthenticationError as error:
            client.close()
            return judge(Phase.CONNECT, error.smtp_code, _bytes(error.smtp_error))
        except (OSError, ValueError, smtplib.SMTPException):
            client.close()
            return Answer(Verdict.NO_SERVER, Phase.CONNECT)
        self.client, self.mails, self.used_at = client, 0, time.monotonic()
        return None

    def _hand_over(self, sender: str, recipient: str, data: bytes) -> Answer:
        client, phase = self.client, Phase.MAIL
        assert client is not None
        try:
            to, options = _envelope(client, recipient, data)
        except ValueError:
            return Answer(Verdict.SOFT, Phase.RCPT)
        # Not smtplib's own commands: they parse both addresses anew, which takes as long as all the rest.
        steps = [
            (Phase.MAIL, f"MAIL FROM:<{sender}>{options}", (250,)),
            (Phase.RCPT, f"RCPT TO:<{to}>", (250, 251)),
            (Phase.DATA, "DATA", (354,)),
        ]
        # RFC 2920. A server far away is waited for half as often.
        in_one_go = client.has_extn("pipelining")
        try:
            if in_one_go:
                client.send("".join(f"{command}\r\n" for _, command, _ in steps))
            for number, (phase, command, welcome) in enumerate(steps, 1):  # noqa: B007 - read behind the loop
                if not in_one_go:
                    client.putcmd(command)
                code, text = client.getreply()
                if code not in welcome:
                    break
            else:
                client.send(_body(data))
                client.wait(ANSWER_TIMEOUT)
                # From here on the server may have it, whatever happens to us.
                phase = Phase.ANSWER
                client.send(b".\r\n")
                code, text = client.getreply()
                client.wait(COMMAND_TIMEOUT)
        except (OSError, smtplib.SMTPException):
            self._drop()
            return Answer(Verdict.UNCERTAIN if phase == Phase.ANSWER else Verdict.RETRY, phase)
        except ValueError:  # An address that cannot stand in a command.
            self._drop()
            return Answer(Verdict.SOFT, phase)
        answer = judge(phase, code, text)
        if in_one_go and phase != Phase.ANSWER:
            self._hear_out(len(steps) - number)
        self._tidy_up(answer)
        return answer

    def _hear_out(self, replies: int) -> None:
        """What a server says to the commands behind the one that it refused."""
        try:
            codes = [self.client.getreply()[0] for _ in range(replies) if self.client]
        except (OSError, smtplib.SMTPException):
            codes = [354]
        if 354 in codes:
            # It waits for a text all the same. An empty one might reach somebody.
            self._drop()

    def _tidy_up(self, answer: Answer) -> None:
        """Leave the connection so that the next mail can begin, or not at all."""
        self.mails, self.used_at = self.mails + 1, time.monotonic()
        if answer.verdict == Verdict.TAKEN:
            return
        # It hangs up after a 421; and a 354 that nobody wanted waits for a text.
        lost = answer.verdict == Verdict.UNCERTAIN or answer.code in (None, 421) or 300 <= (answer.code or 0) < 400
        if lost or self.client is None or self._said(self.client.rset) != 250:
            self._drop()

    def _said(self, command: Any) -> int:
        """The code that the server answers a command with; 0 where it says nothing any more."""
        try:
            return int(command()[0])
        except (OSError, smtplib.SMTPException):
            return 0

    def _drop(self) -> None:
        if self.client:
            self.client.close()
        self.client = None


def _context() -> ssl.SSLContext:
    made = ssl.create_default_context()
    if settings.EMAIL_SSL_CERTFILE:
        made.load_cert_chain(settings.EMAIL_SSL_CERTFILE, settings.EMAIL_SSL_KEYFILE)
    return made


def _envelope(client: Client, recipient: str, data: bytes) -> tuple[str, str]:
    """The address as the server reads it, and what the mail needs of the server.

    Raises:
        ValueError: this server cannot reach that address.
    """
    name, _, domain = recipient.rpartition("@")
    if not recipient.isprintable() or "<" in recipient or ">" in recipient:
        raise ValueError("no address")
    to = f"{name}@{domain.encode('idna').decode()}"
    options = " BODY=8BITMIME" if not data.isascii() and client.has_extn("8bitmime") else ""
    if not name.isascii():
        if not client.has_extn("smtputf8"):
            raise ValueError("the server knows no names but in ASCII")
        client.command_encoding = "utf-8"
        options += " SMTPUTF8"
    return to, options


def _body(data: bytes) -> bytes:
    """What goes before the last dot: a dot that begins a line is doubled."""
    quoted = data.replace(b"\r\n.", b"\r\n..")
    if quoted.startswith(b"."):
        quoted = b"." + quoted
    return quoted if quoted.endswith(b"\r\n") else quoted + b"\r\n"


def _bytes(text: Any) -> bytes:
    return text if isinstance(text, bytes) else str(text).encode()
