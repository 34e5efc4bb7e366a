"""A real SMTP server for the tests, which can be told to misbehave."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller

from config.launch.servers import port_nobody_uses


class MailServer:
    """Listens on a free port of this machine. `fault` names what goes wrong with the next mails."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.fault = ""
        self.fault_for = ""
        self.port = port_nobody_uses()

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if self.fault == "rcpt 550":
            return "550 5.1.1 No such mailbox"
        if self.fault == "rcpt 450" or address == self.fault_for:
            return "450 4.2.0 Try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.fault == "data 451":
            return "451 4.3.0 Try later"
        if self.fault == "data 554":
            return "554 5.6.0 Not like this"
        self.raw.append(envelope.content)
        if self.fault == "hang up after taking it":
            server.transport.abort()
        return "250 OK"

    @property
    def mails(self) -> list[EmailMessage]:
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.raw]

    def start(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        self.controller.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


def text_of(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content()


def html_of(mail: EmailMessage) -> str:
    return mail.get_body(("html",)).get_content()
