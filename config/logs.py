"""Log lines that cannot say who was reading or writing.

Django, gunicorn and the database drivers put addresses, paths, headers and even submitted text into their
messages. So only messages of our own loggers are printed; of all others the logger, the kind of exception and
the line of code where it arose. Times are cut to the minute, since a log line beside a comment would date it.
Nothing is ever mailed: Django's handler for that (AdminEmailHandler) would send the request with what was typed.
"""

import logging
import sys
import threading
import time
import traceback
from types import TracebackType

from django.core.management import CommandError
from gunicorn.glogging import Logger as GunicornLogger

OWN_LOGGERS = ("forum", "moderation", "accounts", "config")


class ScrubbedFormatter(logging.Formatter):
    """`2026-01-13 10:15 ERROR django.request: OperationalError at forum/tree.py:41`."""

    def format(self, record: logging.LogRecord) -> str:
        minute = time.strftime("%Y-%m-%d %H:%M", time.localtime(record.created))
        said = record.getMessage() if self.may_speak(record) else "message withheld"
        if record.exc_info and record.exc_info[0]:
            said += f" ({record.exc_info[0].__name__} at {place(record.exc_info[2])})"
        return f"{minute} {record.levelname} {record.name}: {said}"

    @staticmethod
    def may_speak(record: logging.LogRecord) -> bool:
        """Our own messages, and what gunicorn and Celery say of their own start and end."""
        top = record.name.split(".", 1)[0]
        if record.name == "celery.app.trace":  # What a task was given, gave back, or failed with.
            return False
        return top in OWN_LOGGERS or (top in ("gunicorn", "celery") and record.levelno == logging.INFO)


def place(trace: TracebackType | None) -> str:
    """File and line where an exception arose, without anything it carried."""
    frames = traceback.extract_tb(trace)
    return "/".join(frames[-1].filename.split("/")[-2:]) + f":{frames[-1].lineno}" if frames else "unknown place"


def guard_last_words() -> None:
    """Say only where a program died, too, unless somebody sits at the terminal or runs a command by hand.

    Python's own last words are the whole exception, and a database's holds the row that it did not take.
    """
    if sys.argv[0].endswith("manage.py") and sys.argv[1:2] != ["send_digests"]:
        return
    sys.excepthook = _say_where
    threading.excepthook = lambda died: _say_where(died.exc_type, died.exc_value, died.exc_traceback)
    sys.unraisablehook = lambda died: _say_where(died.exc_type, died.exc_value, died.exc_traceback)


def _say_where(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if sys.stderr is None or sys.stderr.isatty() or issubclass(kind, KeyboardInterrupt | CommandError):
        sys.__excepthook__(kind, error or kind(), trace)
    else:
        minute = time.strftime("%Y-%m-%d %H:%M")
        sys.stderr.write(f"{minute} CRITICAL python: died of {kind.__name__} at {place(trace)}\n")


class ScrubbedGunicornLogger(GunicornLogger):  # type: ignore[misc]
    """gunicorn's logger, which otherwise prints peer addresses and paths with its warnings."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(ScrubbedFormatter())

    def access(self, *args: object, **kwargs: object) -> None:
        """Never write an access log."""
