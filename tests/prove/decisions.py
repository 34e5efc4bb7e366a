"""Sequences of 200 random decisions and undos: trees sound, counts right, log whole, and all of it leads back.

The property is that of tests/moderation/test_undo.py. pytest runs this file, in a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from config.environment import BASE_DIR
from tests.moderation.any_decisions import STEP, Step, try_sequence

RUNS = 40
LENGTH = 200
# What passed, and how much of it did something: the rest was refused.
DONE: list[int] = []


class TestLongSequences(TestCase):
    @settings(
        max_examples=RUNS,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(STEP, min_size=LENGTH, max_size=LENGTH))
    def test_any_sequence_leads_back(self, steps: list[Step]) -> None:
        DONE.append(try_sequence(steps))


def test_enough_of_it_did_something() -> None:
    """Where all is refused, nothing is proved."""
    print(f"\n{len(DONE)} sequences of {LENGTH} steps; {sum(DONE):,} steps did something")
    assert len(DONE) >= RUNS
    assert sum(DONE) > LENGTH * len(DONE) / 4


def run() -> bool:
    """The whole campaign on the database that the environment names; True if every sequence led back."""
    start = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", __file__]
    done = subprocess.run(command, cwd=BASE_DIR, env=os.environ, capture_output=True, text=True, check=False)
    told = [line for line in done.stdout.splitlines() if "sequences of" in line]
    print(f"  {' '.join(told)}, {time.monotonic() - start:.0f} s" if done.returncode == 0 else done.stdout[-6000:])
    return done.returncode == 0
