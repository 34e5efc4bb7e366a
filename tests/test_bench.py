"""What `make bench` says of a figure; the figures themselves are no test's business."""

from __future__ import annotations

import smtplib

import pytest

from tests.bench.measure import Measured
from tests.bench.report import LIMITS, figures
from tests.bench.sinks import Sink


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


@pytest.mark.parametrize("kind", ["aiosmtpd", "minimal"])
def test_a_sink_counts_each_mail_and_knows_what_came_twice(tmp_path, processes, kind):
    with Sink(kind, tmp_path, processes, keep=True) as sink, smtplib.SMTP("127.0.0.1", sink.port) as wire:
        for recipient, name in (
            ("eve@example.org", "<1@x>"),
            ("eve@example.org", "<1@x>"),
            ("dana@example.org", "<2@x>"),
        ):
            wire.sendmail("us@example.org", recipient, f"Message-ID: {name}\r\n\r\n.Words.\r\n")
        kept = sink.mails()
    assert (sink.tally.mails, sink.tally.twice, len(sink.tally.paces)) == (3, 1, 2)
    assert sink.tally.recipients == {"eve@example.org", "dana@example.org"}
    assert [mail.count(b"Words.") for mail in kept] == [1, 1, 1]


def test_a_sink_that_fails_says_how_often(tmp_path, processes):
    with Sink("minimal", tmp_path, processes, faults=1) as sink:
        outcomes = [one_mail(sink.port, number) for number in range(12)]
    assert sink.tally.refused == outcomes.count(451)
    assert sink.tally.vanished == outcomes.count(0) == sink.tally.mails
    assert 0 < sink.tally.vanished < 12


def one_mail(port: int, number: int) -> int:
    """The code of the last answer; 0 for none."""
    with smtplib.SMTP("127.0.0.1", port) as wire:
        try:
            wire.sendmail("us@example.org", "eve@example.org", f"Message-ID: <{number}@x>\r\n\r\nWords.\r\n")
        except smtplib.SMTPDataError as error:
            return error.smtp_code
        except smtplib.SMTPServerDisconnected:
            return 0
    return 250
