"""`make test`: finds or fetches PostgreSQL, Redis and Chromium, and runs the suite on both databases.

Nothing is skipped: a part that is missing fails the run with the line that installs it. Arguments go to pytest
(`python -m tests.run tests/forum -k tree`); `--only sqlite` or `--only postgresql` runs one half.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from config.environment import BASE_DIR, stop
from config.launch import servers
from config.launch.processes import Processes

# What the site reads from its environment.
SETTINGS = (
    *("SITE_URL", "PORT", "DATA_DIR", "SECRET_KEY", "SECRET_KEY_FILE", "ALLOWED_HOSTS", "TRUSTED_PROXIES", "DEBUG"),
    *("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "FORUM_LIMITS", "FORUM_LOAD_TEST", "FORUM_PAGE_CACHE"),
)
SERVICES = {"sqlite": "SQLite, Chromium, SMTP", "postgresql": "PostgreSQL, Redis, Celery, SMTP"}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    arguments = sys.argv[1:]
    only = ""
    if arguments[:1] == ["--only"]:
        only, arguments = arguments[1], arguments[2:]
    started = time.monotonic()
    browser = find_chromium()
    # Not below the checkout: PostgreSQL runs as another user there.
    folder = Path(tempfile.mkdtemp(prefix="probation-forum-tests-"))
    folder.chmod(0o755)
    statuses = {}
    try:
        with Processes() as processes:
            halves = [half for half in ("sqlite", "postgresql") if only in ("", half)]
            # All parts first: what is missing should be told before minutes have passed.
            environments = {half: environment_for(half, folder, processes) for half in halves}
            statuses = run_halves(environments, {"CHROMIUM": browser}, arguments, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    seconds = time.monotonic() - started
    print(
        f"\nmake test: {', '.join(f'{half} {verdict(status)}' for half, status in statuses.items())}, {seconds:.0f} s"
    )
    return int(any(statuses.values()))


def verdict(status: int) -> str:
    return "passed" if status == 0 else "FAILED"


def environment_for(half: str, folder: Path, processes: Processes, *, careless: bool = True) -> dict[str, str]:
    """What one half of the run finds in its environment: its own data folder, and nothing of the caller's.

    `careless` lets PostgreSQL lose data when the machine crashes: right for tests, wrong for measuring.
    """
    data = folder / half
    data.mkdir()
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    environment |= {"DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"}
    if half == "postgresql":
        postgres = folder / "postgres"
        postgres.mkdir()
        environment["DATABASE_URL"] = servers.start_postgres(processes, postgres, settings=servers.CARELESS * careless)
        environment["REDIS_URL"] = servers.start_redis(processes, data)
    return environment


def run_halves(
    environments: dict[str, dict[str, str]], more: dict[str, str], arguments: list[str], folder: Path
) -> dict[str, int]:
    """Runs of pytest side by side: two cores, and much waiting for browsers. The first is seen as it goes."""
    running: dict[str, tuple[subprocess.Popen[bytes], Path | None]] = {}
    statuses = {}
    try:
        for half, environment in environments.items():
            output = folder / f"{half}.txt" if running else None
            running[half] = start_half(half, environment | more, arguments, output), output
        for half, (child, output) in running.items():
            print(f"\n== {half}: with {SERVICES[half]}", flush=True)
            statuses[half] = child.wait()
            if output:
                print(output.read_text(errors="replace"), flush=True)
    finally:
        for child, _ in running.values():
            if child.poll() is None:
                child.terminate()
                child.wait()
    return statuses


def start_half(
    half: str, environment: dict[str, str], arguments: list[str], output: Path | None
) -> subprocess.Popen[bytes]:
    """Browser journeys run once, with the embedded site."""
    markers = ["-m", "not browser"] if half == "postgresql" else []
    command = [sys.executable, "-m", "pytest", "-q", *markers, *(arguments or ["tests"])]
    if output is None:
        return subprocess.Popen(command, env=environment, cwd=BASE_DIR)
    with output.open("wb") as file:
        return subprocess.Popen(command, env=environment, cwd=BASE_DIR, stdout=file, stderr=file)


def find_chromium() -> str:
    """A Chromium: the system's, else Debian's where we may install it, else Playwright's own."""
    if found := next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None):
        return found
    if os.getuid() == 0 and shutil.which("apt-get"):
        print("make test: installing Chromium with apt-get", flush=True)
        quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], **quiet)
        if found := shutil.which("chromium"):
            return found
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode == 0:
        return "playwright"
    return stop("no Chromium here, and it could not be installed: apt-get install chromium")


if __name__ == "__main__":
    sys.exit(main())
