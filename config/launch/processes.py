"""Child processes that end when their parent ends, however it ends."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from types import FrameType, TracebackType
from typing import Any

from config.environment import BASE_DIR, stop

PR_SET_PDEATHSIG = 1
PATIENCE = 25.0


class Processes:
    """A family of processes: started one by one, watched together, ended together.

    Use it as a context: leaving it, by whatever way, ends every child.
    """

    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.end_signals: dict[str, signal.Signals] = {}

    def __enter__(self) -> Processes:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_end)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        self.end()

    def _asked_to_end(self, number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    def start(
        self, name: str, command: Sequence[str], *, end_signal: signal.Signals = signal.SIGTERM, **options: Any
    ) -> None:
        """Start a child in a session of its own, so that Ctrl-C reaches it through us, in order."""
        self.end_signals[name] = end_signal
        self.children[name] = subprocess.Popen(
            command, cwd=BASE_DIR, start_new_session=True, preexec_fn=_die_with_parent, **options
        )

    def watch(self) -> None:
        """Wait until one child ends, which none should.

        Raises:
            SystemExit: always; with what ended, or because we were asked to end.
        """
        while True:
            for name, child in self.children.items():
                if child.poll() is not None:
                    stop(f"{name} ended (exit status {child.returncode}); everything is stopped")
            time.sleep(0.2)

    def end(self) -> None:
        """Ask every child to end, the last started first; kill what does not."""
        for name, child in reversed(list(self.children.items())):
            if child.poll() is None:
                child.send_signal(self.end_signals[name])
                try:
                    child.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    os.killpg(child.pid, signal.SIGKILL)
                    child.wait()


def _die_with_parent() -> None:
    """On Linux, have the kernel end this process when its parent is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def wait_for_site(url: str, processes: Processes, *, seconds: float = 30.0) -> None:
    """Wait until the site answers."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for name, child in processes.children.items():
            if child.poll() is not None:
                stop(f"{name} could not start (exit status {child.returncode})")
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    stop(f"the site does not answer on {url}")
