#!/usr/bin/env python3
"""Makes `.venv` with the pinned packages; does nothing if it is up to date.

Runs on whatever `python3` is, so it must be readable by an old one, and says so in one line if it is too old.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from typing import Dict, List, NoReturn

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
SYSTEM_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
STAMP = os.path.join(VENV, "requirements.sha256")


def stop(line: str) -> NoReturn:
    sys.exit("probation-forum: " + line)


def main(with_dev: bool) -> None:
    use_new_enough_python()
    files = ["requirements.txt"] + (["requirements-dev.txt"] if with_dev else [])
    wanted = {name: checksum(os.path.join(ROOT, name)) for name in files}
    have = read_stamp()
    if all(have.get(name) == wanted[name] for name in files):
        return
    # Packages of an older list would linger; the development ones may stay beside the same list.
    if have.get("requirements.txt") != wanted["requirements.txt"]:
        shutil.rmtree(VENV, ignore_errors=True)
        have = {}
    install(files, quiet=not sys.stderr.isatty())
    have.update(wanted)
    with open(STAMP, "w") as stamp:
        stamp.write("".join("%s %s\n" % pair for pair in sorted(have.items())))


def use_new_enough_python() -> None:
    """Go on with this Python if it will do, else with a newer one from PATH."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(20, OLDEST[1] - 1, -1):
        newer = shutil.which("python3.%d" % minor)
        if newer:
            os.execv(newer, [newer] + sys.argv)
    stop("Python 3.11 or newer is needed; this is %d.%d" % sys.version_info[:2])


def checksum(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read() + sys.version.encode()).hexdigest()


def read_stamp() -> Dict[str, str]:
    try:
        with open(STAMP) as stamp:
            return dict(line.split() for line in stamp)
    except (OSError, ValueError):
        return {}


def install(files: List[str], quiet: bool) -> None:
    """Make the environment and fill it, with uv where it is installed, else (or if that fails) with pip."""
    sys.stderr.write("probation-forum: installing packages into .venv\n")
    python = os.path.join(VENV, "bin", "python")
    lists = [word for name in files for word in ("-r", os.path.join(ROOT, name))]
    fill = ["install", "--require-hashes"] + lists + (["--quiet"] if quiet else [])
    uv = shutil.which("uv")
    if uv:
        make = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV]
        if (os.path.exists(python) or works(make)) and works([uv, "pip"] + fill + ["--python", python]):
            return
    make = [sys.executable, "-m", "venv", VENV]
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    if not (works(make) and works(pip + fill)):
        stop("the packages could not be installed; what is above says why (on Debian, python3-venv may be missing)")


def works(command: List[str]) -> bool:
    """Run a command with the system's certificates, which know the proxy of an office; whether it succeeded."""
    environment = dict(os.environ, UV_PYTHON_DOWNLOADS="never", UV_NATIVE_TLS="1", UV_SYSTEM_CERTS="1")
    if os.path.exists(SYSTEM_CERTIFICATES):
        environment.setdefault("PIP_CERT", SYSTEM_CERTIFICATES)
    try:
        return subprocess.run(command, env=environment).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    main(with_dev="--dev" in sys.argv[1:])
