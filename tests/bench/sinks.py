"""SMTP servers in processes of their own that count what they are given and throw it away.

`aiosmtpd` is the one that the tests use too. `minimal` does as little as SMTP allows, so that it is not what is
measured. Both may wait before they answer a mail, as a relay far away does, and fail now and then: half of the
failures refuse the mail for now (451), half take it and hang up without a word.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import signal
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP

from config.launch import servers
from config.launch.processes import Processes

MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.I | re.M)
REFUSE, VANISH = "451 4.3.0 Try later", "taken, and not a word of it"


@dataclass
class Tally:
    """What a sink was given. Times are those of the machine's monotonic clock, which all processes share."""

    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: int = 0
    vanished: int = 0
    octets: int = 0
    times: list[float] = field(default_factory=list)
    # Seconds from one answer to the next on the same connection.
    paces: list[float] = field(default_factory=list)
    connections: int = 0
    # Seconds of a processor, for all of it.
    cpu: float = 0

    @property
    def mails(self) -> int:
        return sum(self.taken.values())

    @property
    def twice(self) -> int:
        """Mails beyond the first of the same Message-ID to the same recipient."""
        return self.mails - len(self.taken)

    @property
    def recipients(self) -> set[str]:
        return {recipient for _, recipient in self.taken}

    def p95(self) -> float:
        """Milliseconds a mail, the slowest twentieth left out."""
        return statistics.quantiles(self.paces, n=20)[-1] * 1000


class Sink:
    """A running sink; `with Sink(…) as sink: …` and then `sink.tally`."""

    def __init__(
        self,
        kind: str,
        folder: Path,
        processes: Processes,
        *,
        latency: float = 0,
        faults: float = 0,
        keep: bool = False,
    ) -> None:
        self.port = servers.port_nobody_uses()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.file = folder / f"sink-{self.port}.json"
        # Every mail that was taken, as it came: the length in a line, then the bytes.
        self.kept = folder / f"sink-{self.port}.mails" if keep else None
        self.processes, self.name = processes, f"sink {self.port}"
        self.arguments = [kind, str(self.port), str(self.file), str(latency), str(faults), str(self.kept or "")]

    def __enter__(self) -> Sink:
        self.processes.start(self.name, [sys.executable, "-m", "tests.bench.sinks", *self.arguments])
        connect = servers.socket.create_connection
        servers.wait_until(lambda: connect(("127.0.0.1", self.port), timeout=2).close(), OSError, self.name)
        return self

    def __exit__(self, *_: object) -> None:
        child = self.processes.children.pop(self.name)
        child.send_signal(signal.SIGTERM)
        child.wait()
        found = json.loads(self.file.read_text())
        taken = Counter({(name, recipient): count for name, recipient, count in found.pop("taken")})
        self.tally = Tally(taken=taken, **found)

    def mails(self) -> list[bytes]:
        """What was taken so far, where it is kept."""
        return kept(self.kept) if self.kept and self.kept.exists() else []


def kept(file: Path) -> list[bytes]:
    """Mails in a file, each behind a line with its length."""
    rest, found = memoryview(file.read_bytes()), []
    at = 0
    while at < len(rest):
        begins = bytes(rest[at : at + 20]).index(b"\n") + 1
        length = int(rest[at : at + begins])
        found.append(bytes(rest[at + begins : at + begins + length]))
        at += begins + length
    return found


class Counting:
    """What both kinds do with a mail."""

    def __init__(self, latency: float, faults: float, kept: str) -> None:
        self.latency, self.faults = latency, faults
        self.tally, self.dice = Tally(cpu=-time.process_time()), random.Random(7)
        self.last: dict[int, float] = {}
        self.kept = Path(kept).open("ab", buffering=0) if kept else None  # noqa: SIM115 - the process closes it

    def verdict(self, recipient: str, data: bytes) -> str:
        """The answer to a mail, once it is counted; `VANISH` to hang up instead."""
        if self.dice.random() < self.faults:
            if self.dice.random() < 0.5:
                self.tally.refused += 1
                return REFUSE
            self.tally.vanished += 1
            self.take(recipient, data)
            return VANISH
        self.take(recipient, data)
        return "250 2.0.0 OK"

    def take(self, recipient: str, data: bytes) -> None:
        found = MESSAGE_ID.search(data)
        self.tally.taken[found[1].decode() if found else "", recipient] += 1
        self.tally.octets += len(data)
        if self.kept:
            self.kept.write(b"%d\n%s" % (len(data), data))

    def answered(self, connection: int) -> None:
        now = time.monotonic()
        self.tally.times.append(now)
        if connection in self.last:
            self.tally.paces.append(now - self.last[connection])
        self.last[connection] = now

    def store(self, file: Path) -> None:
        self.tally.cpu += time.process_time()
        facts = vars(self.tally) | {"taken": [[*key, count] for key, count in self.tally.taken.items()]}
        draft = file.with_suffix(".draft")
        draft.write_text(json.dumps(facts))
        draft.rename(file)


class Handler:
    """Of aiosmtpd."""

    def __init__(self, counting: Counting) -> None:
        self.counting = counting

    async def handle_DATA(self, server, session, envelope):
        answer = self.counting.verdict(envelope.rcpt_tos[0], envelope.content)
        if self.counting.latency:
            await asyncio.sleep(self.counting.latency)
        self.counting.answered(id(session))
        if answer == VANISH:
            server.transport.abort()
        return answer


class Minimal(asyncio.Protocol):
    """As little as SMTP allows: one recipient, no look at what is said but for where the data begin and end."""

    def __init__(self, counting: Counting) -> None:
        self.counting, self.buffer, self.recipient = counting, b"", ""
        self.in_data = self.waits = False

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.counting.tally.connections += 1
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while not self.waits and (self.end_of_data() if self.in_data else self.command()):
            pass

    def command(self) -> bool:
        line, found, rest = self.buffer.partition(b"\r\n")
        if not found:
            return False
        self.buffer, verb = rest, line[:4].upper()
        if verb == b"RCPT":
            self.recipient = line.partition(b"<")[2].partition(b">")[0].decode()
        if verb == b"DATA":
            self.in_data = True
            self.transport.write(b"354 Go on\r\n")
        elif verb == b"EHLO":
            self.transport.write(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
        elif verb == b"QUIT":
            self.transport.write(b"221 Bye\r\n")
            self.transport.close()
        else:
            self.transport.write(b"250 OK\r\n")
        return True

    def end_of_data(self) -> bool:
        mail, found, rest = self.buffer.partition(b"\r\n.\r\n")
        if not found:
            return False
        self.buffer, self.in_data = rest, False
        answer = self.counting.verdict(self.recipient, mail)
        if not self.counting.latency:
            self.answer(answer)
        else:
            self.waits = True
            asyncio.get_running_loop().call_later(self.counting.latency, self.answer, answer)
        return True

    def answer(self, answer: str) -> None:
        self.waits = False
        self.counting.answered(id(self))
        if answer == VANISH:
            self.transport.abort()
            return
        self.transport.write(answer.encode() + b"\r\n")
        self.data_received(b"")


async def serve(kind: str, port: int, counting: Counting) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)

    def make() -> asyncio.Protocol:
        return SMTP(Handler(counting), loop=loop, hostname="sink") if kind == "aiosmtpd" else Minimal(counting)

    await loop.create_server(make, "127.0.0.1", port, backlog=200)
    await over.wait()


def main(kind: str, port: str, file: str, latency: str, faults: str, kept: str) -> None:
    counting = Counting(float(latency), float(faults), kept)
    asyncio.run(serve(kind, int(port), counting))
    counting.store(Path(file))


if __name__ == "__main__":
    main(*sys.argv[1:])
