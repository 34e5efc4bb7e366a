"""What tests/prove/decisions.py runs with pytest, which gives each sequence a transaction of its own."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.moderation.any_decisions import STEP, Step, try_sequence
from tests.prove.decisions import LENGTH, RUNS

# Of each sequence, how much of it did something: the rest was refused.
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
