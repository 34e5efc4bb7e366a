"""What a mail server's answer means is judged by how far the mail had come, with a server that fails as it is told."""

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from forum import smtp
from forum.mail import Elsewhere, NoServer, NotTaken, Rejected, Uncertain, send
from forum.smtp import Answer, Line, Phase, Verdict
from tests.mailserver import FaultyServer

DATA = b"Subject: Hello\r\n\r\nWords.\r\n.a line with a dot\r\n"
ME, YOU = "site@example.org", "charlie@example.org"


@pytest.fixture(params=["step by step", "in one go"])
def server(settings, request):
    made = FaultyServer()
    made.extensions += ["PIPELINING"] * (request.param == "in one go")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.port
    yield made
    made.stop()


@pytest.fixture
def line(server):
    made = Line()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("step", "said", "verdict", "enhanced"),
    [
        ("connect", "421 4.3.2 Busy", Verdict.NO_SERVER, ""),
        ("connect", "554 5.3.2 Not you", Verdict.NO_SERVER, ""),
        ("mail", "421 4.3.2 Busy", Verdict.RETRY, "4.3.2"),
        ("mail", "451 4.3.0 Later", Verdict.RETRY, "4.3.0"),
        ("mail", "550 Not from there", Verdict.POLICY, ""),
        ("mail", "553 5.1.8 Not from there", Verdict.POLICY, "5.1.8"),
        ("rcpt", "450 4.2.1 Later", Verdict.RETRY, "4.2.1"),
        ("rcpt", "451 Greylisted", Verdict.RETRY, ""),
        ("rcpt", "452 4.2.2 Full", Verdict.RETRY, "4.2.2"),
        ("rcpt", "550 5.1.1 Nobody", Verdict.DEAD, "5.1.1"),
        ("rcpt", "550 5.1.10 No mail here", Verdict.DEAD, "5.1.10"),
        ("rcpt", "550 5.1.7 Your address", Verdict.POLICY, "5.1.7"),
        ("rcpt", "550 Nobody, or we do not like you", Verdict.SOFT, ""),
        ("rcpt", "552 5.2.2 Full", Verdict.SOFT, "5.2.2"),
        ("rcpt", "554 5.7.1 Relaying denied", Verdict.POLICY, "5.7.1"),
        ("rcpt", "550 5.7.515 Not enough proof", Verdict.POLICY, "5.7.515"),
        ("data", "451 4.3.0 Later", Verdict.RETRY, "4.3.0"),
        ("data", "554 5.5.1 No", Verdict.SOFT, "5.5.1"),
        ("dot", "451 4.3.0 Later", Verdict.RETRY, "4.3.0"),
        ("dot", "421 4.3.2 Going down", Verdict.RETRY, "4.3.2"),
        ("dot", "550 5.1.1 Nobody", Verdict.DEAD, "5.1.1"),
        ("dot", "554 5.6.0 Not like this", Verdict.SOFT, "5.6.0"),
        ("dot", "550 5.7.515 Not enough proof", Verdict.POLICY, "5.7.515"),
        ("dot", "what?", Verdict.UNCERTAIN, ""),
        ("dot", "354 go on", Verdict.UNCERTAIN, ""),
        ("dot", "251 taken and sent on", Verdict.TAKEN, ""),
    ],
)
def test_each_answer_means_what_it_means_at_that_step(server, line, step, said, verdict, enhanced):
    server.faults[step] = said
    answer = line.hand_over(ME, YOU, DATA)
    phase = Phase.ANSWER if step == "dot" else Phase(step)
    code = int(said[:3]) if said[:3].isdigit() else None
    assert answer == Answer(verdict, phase, code, enhanced)
    # And the next mail goes, whatever this one met.
    server.faults.clear()
    assert line.hand_over(ME, YOU, DATA).verdict == Verdict.TAKEN


@pytest.mark.parametrize("how", ["drop", "hang"])
@pytest.mark.parametrize("step", ["connect", "mail", "rcpt", "data", "dot"])
def test_silence_is_no_server_then_not_taken_and_behind_the_last_dot_uncertain(server, line, monkeypatch, step, how):
    monkeypatch.setattr(smtp, "CONNECT_TIMEOUT", 0.2)
    monkeypatch.setattr(smtp, "COMMAND_TIMEOUT", 0.2)
    monkeypatch.setattr(smtp, "ANSWER_TIMEOUT", 0.2)
    server.faults[step] = how
    expected = {"connect": Verdict.NO_SERVER, "dot": Verdict.UNCERTAIN}.get(step, Verdict.RETRY)
    assert line.hand_over(ME, YOU, DATA).verdict == expected
    assert len(server.raw) == (step == "dot")


def test_nobody_there_is_no_server(settings, server):
    settings.EMAIL_PORT = 1
    assert Line().hand_over(ME, YOU, DATA) == Answer(Verdict.NO_SERVER, Phase.CONNECT)


def test_a_password_that_is_wrong_is_our_fault(server, settings):
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = "x"
    server.extensions = ["AUTH PLAIN"]
    server.faults["auth"] = "535 5.7.8 No"
    assert Line().hand_over(ME, YOU, DATA) == Answer(Verdict.POLICY, Phase.CONNECT, 535, "5.7.8")


def test_one_connection_serves_a_hundred_mails_and_then_another(server, line):
    for _ in range(101):
        assert line.hand_over(ME, YOU, DATA).verdict == Verdict.TAKEN
    assert server.steps["connect"] == 2
    assert server.steps["noop"] == 0
    assert server.raw[0] == DATA.replace(b"\r\n.", b"\r\n..")


def test_a_connection_that_was_idle_is_asked_first_and_one_that_was_idle_long_is_not_used(server, line, monkeypatch):
    line.hand_over(ME, YOU, DATA)
    line.used_at -= 3
    assert line.hand_over(ME, YOU, DATA).verdict == Verdict.TAKEN
    assert (server.steps["noop"], server.steps["connect"]) == (1, 1)
    line.used_at -= 61
    assert line.hand_over(ME, YOU, DATA).verdict == Verdict.TAKEN
    assert (server.steps["noop"], server.steps["connect"]) == (1, 2)


def test_a_connection_cut_between_two_mails_costs_none(server, line):
    line.hand_over(ME, YOU, DATA)
    server.faults["mail"], server.times = "drop", 1
    assert line.hand_over(ME, YOU, DATA).verdict == Verdict.TAKEN
    assert len(server.raw) == 2


def test_a_refusal_is_followed_by_a_clean_table(server, line):
    server.faults["rcpt"], server.times = "550 5.1.1 Nobody", 1
    line.hand_over(ME, YOU, DATA)
    assert line.hand_over(ME, YOU, DATA).verdict == Verdict.TAKEN
    assert (server.steps["rset"], server.steps["connect"]) == (1, 1)


def test_a_server_that_wants_a_text_for_nobody_gets_none(server, line):
    server.extensions += ["PIPELINING"]
    server.faults |= {"rcpt": "550 5.1.1 Nobody", "data": "354 go on"}
    assert line.hand_over(ME, YOU, DATA) == Answer(Verdict.DEAD, Phase.RCPT, 550, "5.1.1")
    server.faults.clear()
    assert line.hand_over(ME, YOU, DATA).verdict == Verdict.TAKEN
    assert (len(server.raw), server.steps["connect"]) == (1, 2)


def test_names_that_a_server_cannot_read_are_refused_kindly(server, line):
    assert line.hand_over(ME, "zoë@example.org", DATA) == Answer(Verdict.SOFT, Phase.RCPT)
    assert line.hand_over(ME, "zoe@bücher.example", DATA).verdict == Verdict.TAKEN
    assert line.hand_over(ME, "two\r\nlines@example.org", DATA).verdict == Verdict.SOFT
    assert line.hand_over(ME, YOU, DATA + "Zoë\r\n".encode()).verdict == Verdict.TAKEN


@pytest.mark.parametrize(
    ("step", "said", "error"),
    [
        ("connect", "drop", NoServer),
        ("mail", "550 5.7.1 No", NotTaken),
        ("rcpt", "450 4.2.0 Later", NotTaken),
        ("rcpt", "550 5.1.1 Nobody", Rejected),
        ("dot", "drop", Uncertain),
    ],
)
def test_whoever_sends_one_mail_is_told_in_an_exception(server, step, said, error):
    server.faults[step] = said
    with pytest.raises(error):
        send(EmailMessage("Hello", "Words.", ME, [f"Charlie <{YOU}>"]))


def test_other_ways_to_send_take_bytes_as_well(settings, tmp_path):
    assert Elsewhere().hand_over(ME, YOU, DATA).verdict == Verdict.TAKEN
    (sent,) = mail.outbox
    assert sent.recipients() == [YOU]
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", tmp_path
    assert Elsewhere().hand_over(ME, YOU, DATA).verdict == Verdict.TAKEN
    (file,) = tmp_path.iterdir()
    assert b"Subject: Hello\n\nWords.\n" in file.read_bytes()
