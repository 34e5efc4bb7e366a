"""A client that costs little, so that what is measured is the server: one kept connection, no parsing of bodies.

`python -m tests.bench.client URL SECONDS CONNECTIONS [HEADER]` is a load generator for machines without `wrk`.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

LARGEST = 32 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    ms: float


class Connection:
    """A kept connection to a port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.buffer = memoryview(bytearray(LARGEST))
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str, *headers: str) -> Answer:
        """Ask; the time runs from the first byte sent to the last byte read. A connection that ended is opened anew."""
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", *headers]
        request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        try:
            return self.ask(request)
        except ConnectionError:
            self.socket.close()
            self.open()
            return self.ask(request)

    def ask(self, request: bytes) -> Answer:
        started = time.perf_counter()
        self.socket.sendall(request)
        have, head_ends = 0, -1
        while head_ends < 0:
            have += self.receive(have)
            head_ends = bytes(self.buffer[: min(have, 16384)]).find(b"\r\n\r\n")
        status, headers = parse(bytes(self.buffer[:head_ends]))
        ends = head_ends + 4 + (0 if status == 304 else int(headers["content-length"]))
        while have < ends:
            have += self.receive(have)
        ms = (time.perf_counter() - started) * 1000
        if headers.get("connection", "").lower() == "close":
            self.socket.close()
            self.open()
        return Answer(status, headers, bytes(self.buffer[head_ends + 4 : ends]), ms)

    def receive(self, place: int) -> int:
        count = self.socket.recv_into(self.buffer[place:])
        if not count:
            raise ConnectionResetError("the server ended the connection")
        return count


def parse(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return int(first.split(" ", 2)[1]), {name.lower(): value.strip() for name, _, value in pairs}


def rate(port: int, path: str, *headers: str, seconds: int = 1, connections: int = 8) -> float:
    """Answers with status 200 in a second, over several connections, from a process of its own."""
    url = f"http://127.0.0.1:{port}{path}"
    wrk = shutil.which("wrk")
    if not wrk:
        command = [sys.executable, "-m", "tests.bench.client", url, str(seconds), str(connections), *headers]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    words = [word for header in headers for word in ("-H", header)]
    command = [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", *words, url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if failed := re.search(r"Non-2xx.*|Socket errors:.*", said):
        raise RuntimeError(f"{url}: {failed[0]}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def generator() -> str:
    """What `wrk` is used for (see `rate`), in threads of Python."""
    return "wrk" if shutil.which("wrk") else "Python threads, since wrk is not installed"


def main(url: str, seconds: str, connections: str, *headers: str) -> int:
    parts = urlsplit(url)
    path, deadline = url.split(parts.netloc, 1)[1], time.monotonic() + float(seconds)

    def hammer(_: int) -> int:
        connection, count = Connection(parts.port or 80), 0
        while time.monotonic() < deadline:
            status = connection.get(path, *headers).status
            if status != 200:
                raise RuntimeError(f"{url}: {status}")
            count += 1
        return count

    with ThreadPoolExecutor(int(connections)) as threads:
        print(sum(threads.map(hammer, range(int(connections)))) / float(seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
