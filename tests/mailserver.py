"""Real SMTP servers for the tests, which can be told to misbehave."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socketserver
import threading
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage

from aiosmtpd.controller import Controller

from config.launch.servers import port_nobody_uses


class MailServer:
    """Listens on a free port of this machine. `fault` names what goes wrong with the next mails."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.fault = ""
        self.fault_for = ""
        # Called with each mail after it was taken and before the client is told.
        self.when_taken: Callable[[bytes], object] = len
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
        await asyncio.to_thread(self.when_taken, envelope.content)
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


class FaultyServer:
    """Says at each step what it is told: `faults["rcpt"] = "450 4.2.0 Later"`, or nothing: "drop" and "hang".

    The steps are connect, mail, rcpt, data, dot, rset and noop. With `times` only the first so many get that answer.
    """

    def __init__(self) -> None:
        self.faults: dict[str, str] = {}
        self.times: int | None = None
        self.extensions = ["8BITMIME"]
        self.raw: list[bytes] = []
        self.steps: Counter[str] = Counter()
        self.ended = threading.Event()
        faulty = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                faulty.talk(self)

        socketserver.ThreadingTCPServer.daemon_threads = True
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()

    def answer(self, step: str, usual: str) -> str:
        self.steps[step] += 1
        fault = self.faults.get(step)
        if fault and self.times is not None:
            self.times -= 1
            if self.times < 0:
                return usual
        return fault or usual

    def talk(self, handler: socketserver.StreamRequestHandler) -> None:
        refused = False

        def say(step: str, usual: str) -> bool:
            nonlocal refused
            text = self.answer(step, usual)
            refused = text[:1] in "45" or (refused and step != "rset")
            if text == "hang":
                self.ended.wait(20)
            if text in ("hang", "drop"):
                return False
            handler.wfile.write(text.encode() + b"\r\n")
            return not text.startswith("421")

        if not say("connect", "220 here"):
            return
        for line in handler.rfile:
            step = line[:4].strip().decode().lower()
            if step == "ehlo":
                handler.wfile.write(
                    "".join(f"250-{name}\r\n" for name in ["here", *self.extensions]).encode() + b"250 HELP\r\n"
                )
            elif step == "data":
                # Who asks for everything in one go has asked before the no.
                if refused and "data" not in self.faults:
                    handler.wfile.write(b"554 5.5.1 Nobody to bring it to\r\n")
                    continue
                if not say("data", "354 go on"):
                    return
                if "data" not in self.faults:
                    lines = list(iter(handler.rfile.readline, b".\r\n"))
                    self.raw.append(b"".join(lines))
                    if not say("dot", "250 taken"):
                        return
            elif step == "quit" or not say(step, "250 OK"):
                return

    def stop(self) -> None:
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()


def text_of(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content()


def html_of(mail: EmailMessage) -> str:
    return mail.get_body(("html",)).get_content()
