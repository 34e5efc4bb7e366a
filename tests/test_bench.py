"""What `make bench` says of a figure; the figures themselves are no test's business."""

from __future__ import annotations

import pytest

from tests.bench.measure import Measured
from tests.bench.report import LIMITS, figures


@pytest.mark.parametrize(("warm", "said"), [(5.9, "2.95 holds"), (6.0, "3.00 holds"), (6.1, "3.05 MISSED")])
def test_a_figure_holds_up_to_its_limit(warm, said):
    limit = next(limit for limit in LIMITS if limit.what.startswith("1,000: warm"))
    assert limit.verdict(Measured(ms={("warm", 1000): warm, ("/healthz", 0): 2.0})) == said


def test_what_was_not_measured_is_not_said_to_hold():
    assert {limit.verdict(Measured()) for limit in LIMITS} == {"not measured"}


def test_a_machine_without_nginx_has_gaps_in_the_table():
    measured = Measured(
        ms={("/healthz", 0): 1.0, ("cold", 100): 2.5},
        rates={("/healthz", 0): 900.0},
        sizes={("raw", 100): 90_000, ("gzip", 100): 9000, ("text", 100): 50_000},
        queries={("cold", 100): 4, ("warm", 100): 0},
    )
    assert "| sqlite | 100 | 2.50 | - | - | - | - | - | - | - | 4, 0 | 90 | 9 | 400 |" in figures(
        {"sqlite": measured}, [100]
    )
