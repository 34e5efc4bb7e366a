"""`make test`: finds or fetches PostgreSQL, Redis and Chromium, and runs the suite on both databases.

Nothing is skipped: a part that is missing fails the run with the line that installs it. Arguments go to pytest
(`python -m tests.run tests/forum -k tree`); `--only sqlite`, `postgresql`, `processes`, `readers` or `staff` runs one
part.
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
    *("SECRET_KEY_FALLBACKS", "MAIL_KEYS"),
    *("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "FORUM_LIMITS", "FORUM_LOAD_TEST", "FORUM_PAGE_CACHE"),
)
SERVICES = {
    "readers": "Chromium, SQLite",
    "staff": "Chromium, SQLite",
    "sqlite": "SQLite, SMTP",
    "postgresql": "PostgreSQL, Redis",
    "processes": "PostgreSQL, Redis, Celery, SMTP, each a process",
}
# Journeys run once, with the embedded site; those of owner and moderators apart.
MARKERS = {
    "readers": "browser and not staff",
    "staff": "browser and staff",
    "sqlite": "not browser",
    "postgresql": "not browser",
    "processes": "not browser",
}
# What waits for real processes most of its time, with PostgreSQL; a part of its own, since it leaves the machine idle.
PROCESSES = [
    f"whole/test_{name}.py"
    for name in ("digest_arrives", "killed_while_sending", "seized_server", "taken_down", "update", "without_redis")
]
# What has nothing to do with a database runs once, with SQLite; what is about Redis and several workers, with PostgreSQL.
ELSEWHERE = {
    "sqlite": ["whole/test_killed_while_sending.py", "whole/test_without_redis.py"],
    "postgresql": [
        *PROCESSES,
        *(
            "test_deploy.py",
            "test_launch.py",
            "test_settings.py",
            "whole/test_broken_off.py",
            "whole/test_hostile_text.py",
        ),
        *("forum/test_links.py", "forum/test_paste.py", "forum/test_pasted_articles.py", "forum/test_smtp.py"),
    ],
}
# These lanes side by side.
LANES = [["readers", "staff"], ["sqlite", "postgresql"], ["processes"]]
NOTHING_CHOSEN = 5
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
            lanes = [[part for part in lane if is_wanted(part, only, arguments)] for lane in LANES]
            # All parts first: what is missing should be told before minutes have passed.
            environments = {part: environment_for(part, folder, processes) for lane in lanes for part in lane}
            environments = {part: environment | {"CHROMIUM": browser} for part, environment in environments.items()}
            statuses = run_lanes(lanes, environments, arguments, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    seconds = time.monotonic() - started
    print(
        f"\nmake test: {', '.join(f'{part} {verdict(status)}' for part, status in statuses.items())}, {seconds:.0f} s"
    )
    return int(any(statuses.values()))


def is_wanted(part: str, only: str, arguments: list[str]) -> bool:
    """Whether to run this part; whoever names files gets them with each database once."""
    return part == only if only else part != "processes" or not arguments


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
    if half in ("postgresql", "processes"):
        postgres = folder / f"{half}-server"
        postgres.mkdir()
        settings = servers.CARELESS * careless
        url = servers.start_postgres(processes, postgres, name=f"PostgreSQL for {half}", settings=settings)
        environment["DATABASE_URL"] = url
        environment["REDIS_URL"] = servers.start_redis(processes, data, name=f"Redis for {half}")
    return environment


def run_lanes(
    lanes: list[list[str]],
    environments: dict[str, dict[str, str]],
    arguments: list[str],
    folder: Path,
) -> dict[str, int]:
    """The exit status of each part. The first is seen as it goes, what the others said when they end."""
    statuses: dict[str, int] = {}
    running = [list(lane) for lane in lanes if lane]
    children: list[tuple[str, subprocess.Popen[bytes], Path | None]] = []
    try:
        for lane in running:
            children.append(start(lane.pop(0), environments, arguments, None if not children else folder))
        while children:
            for at, (part, child, output) in reversed(list(enumerate(children))):
                if child.poll() is None:
                    continue
                statuses[part] = child.returncode * (child.returncode != NOTHING_CHOSEN or not arguments)
                if output:
                    print(f"\n== {part}: with {SERVICES[part]}\n{output.read_text(errors='replace')}", flush=True)
                if running[at]:
                    children[at] = start(running[at].pop(0), environments, arguments, folder)
                else:
                    del children[at], running[at]
            time.sleep(0.2)
    finally:
        for _, child, _ in children:
            child.terminate()
            child.wait()
    return statuses


def start(
    part: str, environments: dict[str, dict[str, str]], arguments: list[str], folder: Path | None
) -> tuple[str, subprocess.Popen[bytes], Path | None]:
    """Run pytest for one part, into a file if there is a folder for it."""
    markers = ["-m", MARKERS[part]]
    # Whoever names files means them.
    elsewhere = [f"--ignore=tests/{name}" for name in ELSEWHERE.get(part, []) if not arguments]
    chosen = [f"tests/{name}" for name in PROCESSES] if part == "processes" else ["tests"]
    command = [sys.executable, "-m", "pytest", "-q", *markers, *elsewhere, *(arguments or chosen)]
    if folder is None:
        print(f"\n== {part}: with {SERVICES[part]}", flush=True)
        return part, subprocess.Popen(command, env=environments[part], cwd=BASE_DIR), None
    output = folder / f"{part}.txt"
    with output.open("wb") as file:
        child = subprocess.Popen(command, env=environments[part], cwd=BASE_DIR, stdout=file, stderr=file)
    return part, child, output


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
