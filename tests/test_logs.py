"""What programs print: where something failed, never what was typed or by whom."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings
from django.core import mail
from django.db import IntegrityError
from django.test import override_settings

from config.environment import BASE_DIR
from config.logs import ScrubbedFormatter, ScrubbedGunicornLogger
from forum.models import Comment
from tests.scenery import write

MARKS = ["203.0.113.199", "MARKAGENT", "/2026/01/marked.html", "A marked text"]
STRANGERS = (
    "django.request django.security.DisallowedHost django.security.csrf django.db.backends django.server django.template "
    "django.core.mail gunicorn.error gunicorn.access celery.app.trace celery.worker.strategy celery.beat kombu amqp "
    "allauth allauth.account allauth.mfa psycopg psycopg.pool redis whitenoise markdown_it bleach html5lib PIL py.warnings "
    "asyncio concurrent.futures multiprocessing urllib3 csp mptt fido2"
)


def all_loggers() -> list[logging.Logger]:
    known = [one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    return [logging.root, *known]


def printed(name: str, level: int, *, error: Exception | None = None) -> str:
    """What our handlers would print of a message full of marks."""
    said = "%s from %s with %s: %s"
    record = logging.LogRecord(name, level, "/x.py", 7, said, tuple(MARKS), None)
    if error is not None:
        try:
            raise error
        except Exception:
            record.exc_info = sys.exc_info()
    return ScrubbedFormatter().format(record)


def test_no_handler_prints_in_another_way_and_none_mails():
    names = {type(handler).__name__ for logger in all_loggers() for handler in logger.handlers}
    assert "AdminEmailHandler" not in names
    assert "AdminEmailHandler" not in repr(settings.LOGGING)
    assert settings.LOGGING_CONFIG is None, "Django's own handlers are never set up"
    assert not settings.ADMINS
    assert not settings.MANAGERS
    ours = [h["formatter"] for h in settings.LOGGING["handlers"].values()]
    assert ours == ["scrubbed"]


@pytest.mark.parametrize("name", STRANGERS.split())
def test_others_are_never_quoted(name):
    levels = [logging.WARNING, logging.ERROR, logging.CRITICAL]
    if not name.startswith(("gunicorn", "celery")) or name == "celery.app.trace":
        levels.append(logging.INFO)
    for level in levels:
        for error in (None, ValueError("A marked text"), psycopg.errors.UniqueViolation("Key (x)=(A marked text)")):
            line = printed(name, level, error=error)
            assert not [mark for mark in MARKS if mark in line]
            assert "\n" not in line


def test_an_error_says_where():
    line = printed("django.request", logging.ERROR, error=KeyError("A marked text"))
    assert "(KeyError at tests/test_logs.py:" in line


def test_gunicorn_prints_no_access_and_no_peer():
    logger = ScrubbedGunicornLogger.__new__(ScrubbedGunicornLogger)
    assert logger.access(None, None, {"REMOTE_ADDR": MARKS[0]}, None) is None


def test_an_error_in_a_request_prints_one_clean_line_and_mails_nobody(client, post):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ScrubbedFormatter())
    logging.root.addHandler(handler)
    client.raise_request_exception = False
    try:
        with override_settings(FORUM_SCREENER="tests.test_headers.fails", ADMINS=[("A", "alice@example.org")]):
            answer = client.post(f"{post.get_absolute_url()}/comments", {"text": "A marked text"})
    finally:
        logging.root.removeHandler(handler)
    assert answer.status_code == 500
    assert "RuntimeError at tests/test_headers.py" in stream.getvalue()
    assert not [mark for mark in (*MARKS, post.slug) if mark in stream.getvalue()]
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_what_a_database_says_of_a_row_is_not_printed(post):
    write(post, "A marked text")
    row = Comment.objects.get()
    with pytest.raises(IntegrityError) as refused:
        Comment.objects.bulk_create(
            [Comment(post=post, state="published", source="A marked text", tree_id=9, lft=1, rght=2, level=0)]
        )
    assert row.number == 1
    assert "A marked text" not in printed("django.db.backends", logging.ERROR, error=refused.value)


@pytest.mark.parametrize("thread", [False, True], ids=["program", "thread"])
def test_a_program_that_dies_says_only_where(thread):
    die = "raise ValueError('A marked text')"
    script = f"import django; django.setup()\ndef die():\n    {die}\n"
    script += "import threading; t = threading.Thread(target=die); t.start(); t.join()" if thread else "die()"
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    died = subprocess.run(
        [sys.executable, "-c", script], env=env, cwd=BASE_DIR, capture_output=True, text=True, check=False
    )
    assert "died of ValueError at <string>:3" in died.stderr
    assert "marked" not in died.stderr
