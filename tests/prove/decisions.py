"""Sequences of 200 random decisions and undos: trees sound, counts right, log whole, and all of it leads back.

The property is that of tests/moderation/test_undo.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from config.environment import BASE_DIR

RUNS = 24
LENGTH = 200


def run() -> bool:
    """The whole campaign on the database that the environment names; True if every sequence led back."""
    start = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "tests/prove/long_sequences.py"]
    done = subprocess.run(command, cwd=BASE_DIR, env=os.environ, capture_output=True, text=True, check=False)
    told = [line for line in done.stdout.splitlines() if "sequences of" in line]
    print(f"  {' '.join(told)}, {time.monotonic() - start:.0f} s" if done.returncode == 0 else done.stdout[-6000:])
    return done.returncode == 0
