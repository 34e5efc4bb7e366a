"""`make run` and what can stop it, each with one line."""

from __future__ import annotations

import ast
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from config.environment import BASE_DIR
from config.launch.servers import port_nobody_uses
from tests.site import begin


def launch(tmp_path: Path, **environment: str) -> subprocess.Popen[str]:
    clean = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    return subprocess.Popen(
        [sys.executable, "-m", "config.launch.run"],
        env=clean | environment,
        cwd=BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def wait_for(condition, seconds=40) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def alive(pids: list[int]) -> list[int]:
    return [
        pid
        for pid in pids
        if Path(f"/proc/{pid}/stat").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]
    ]


def family_of(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        found.append(parent)
        children = Path(f"/proc/{parent}/task/{parent}/children")
        waiting += [int(child) for child in children.read_text().split()] if children.exists() else []
    return found


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_one_signal_ends_every_process(tmp_path, how):
    begin(tmp_path, "", demo=True)
    port = port_nobody_uses()
    process = launch(tmp_path, PORT=str(port))
    assert wait_for(lambda: answers(port))
    family = family_of(process.pid)
    assert len(family) >= 4
    process.send_signal(how)
    process.communicate(timeout=40)
    assert wait_for(lambda: not alive(family)), alive(family)
    assert not answers(port)


def test_it_prints_the_address_and_the_log_ins_and_starts_again_with_the_same_site(tmp_path):
    logins = []
    for _ in range(2):
        port = port_nobody_uses()
        process = launch(tmp_path, PORT=str(port))
        # It says so a moment after the site begins to answer.
        printed = ""
        while f"http://127.0.0.1:{port}" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        assert answers(port)
        process.send_signal(signal.SIGINT)
        printed += process.communicate(timeout=40)[0]
        logins.append([line for line in printed.splitlines() if "password:" in line])
    assert logins[0] == logins[1]
    assert len(logins[0]) == 2


def stopped_with(process: subprocess.Popen[str]) -> str:
    _, errors = process.communicate(timeout=40)
    assert process.returncode == 1
    assert errors.count("\n") == 1, errors
    assert errors.startswith("probation-forum: ")
    return errors


def test_a_taken_port(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        line = stopped_with(launch(tmp_path, PORT=str(taken.getsockname()[1])))
    assert "choose another: PORT=8001 make run" in line


@pytest.mark.parametrize("port", ["x", "0", "99999"])
def test_a_port_that_is_none(tmp_path, port):
    assert "PORT must be a number" in stopped_with(launch(tmp_path, PORT=port))


def test_a_database_from_a_newer_version(tmp_path):
    begin(tmp_path, "", demo=False)
    with sqlite3.connect(tmp_path / "forum.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('forum', '0999_next', '2030-01-01')"
        )
    assert "made by a newer version (it knows forum 0999_next)" in stopped_with(
        launch(tmp_path, PORT=str(port_nobody_uses()))
    )


def test_a_database_that_is_none(tmp_path):
    (tmp_path / "forum.sqlite3").write_text("This is not a database. " * 100)
    assert "the database cannot be used" in stopped_with(launch(tmp_path, PORT=str(port_nobody_uses())))


def test_a_python_that_is_too_old_is_told_in_one_line(tmp_path):
    """The script that makes the environment must be readable by an old Python, and then say so."""
    source = (BASE_DIR / "config" / "launch" / "venv.py").read_text()
    ast.parse(source, feature_version=(3, 6))
    old = tmp_path / "venv.py"
    old.write_text(source.replace("OLDEST = (3, 11)", "OLDEST = (3, 99)"))
    done = subprocess.run(
        [sys.executable, old], capture_output=True, text=True, check=False, env={"PATH": str(tmp_path)}
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"probation-forum: Python 3.11 or newer is needed; this is {sys.version_info[0]}.{sys.version_info[1]}\n"
    )
