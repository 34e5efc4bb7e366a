"""The two cookies that a reader may ask for. Whoever asks for none gets none."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from forum import reading_settings, seen
from forum.reading_settings import ReadingSettings
from forum.seen import Seen

READING = "reading"  # forum/reading_settings.py
SEEN = "seen"  # forum/seen.py
NAMES = (READING, SEEN)
AGE = timedelta(days=90)


def has_any(request: HttpRequest) -> bool:
    """Whether this reader's pages may differ from everybody else's."""
    return any(request.COOKIES.get(name) for name in NAMES)


def settings_of(request: HttpRequest) -> ReadingSettings:
    """How this reader wants pages to look."""
    return reading_settings.read(request.COOKIES.get(READING, ""))


def seen_by(request: HttpRequest) -> Seen | None:
    """What this device remembers to have read; None where nobody asked it to."""
    value = request.COOKIES.get(SEEN)
    return seen.read(value) if value else None


def keep(response: HttpResponse, name: str, value: str) -> None:
    """Ask the browser to keep `value` for 90 days from now. No script needs to read it."""
    response.set_cookie(name, value, max_age=AGE, secure=settings.PRODUCTION, httponly=True, samesite="Lax")


def forget(response: HttpResponse, name: str) -> None:
    """Ask the browser to delete it."""
    response.delete_cookie(name, samesite="Lax")
