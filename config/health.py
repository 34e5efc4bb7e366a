"""For monitoring: is the process alive, and can it work?"""

import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis

from accounts.digests.post_office import is_degraded

# Seconds; whoever asks all the time learns how fast this process is, not how fast the database.
MAIL_SECONDS = 10


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 from any process that serves requests; "degraded" where sending mail stopped by itself.

    It says no more than that, and says "ok" where the database does not answer: the process is alive.
    """
    return HttpResponse("degraded\n" if _mail_stopped() else "ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 if database and, where there is a Redis, cache and broker answer; else 503 and which does not."""
    checks: dict[str, Callable[[], object]] = {"database": _ask_database}
    if settings.REDIS_URL:
        checks |= {"cache": _ask_redis, "broker": _ask_redis}
    answers = {name: _works(check) for name, check in checks.items()}
    return JsonResponse(answers, status=200 if all(answers.values()) else 503)


def _works(check: Callable[[], object]) -> bool:
    try:
        check()
    except Exception:  # noqa: BLE001 - whatever is wrong, the part does not work
        return False
    return True


class Mail:
    """Whether sending stopped by itself, as this process knows it, and until when that is new enough."""

    stopped = False
    until = 0.0


def _mail_stopped() -> bool:
    if time.monotonic() > Mail.until:
        Mail.until = time.monotonic() + MAIL_SECONDS
        try:
            Mail.stopped = is_degraded()
        except (DatabaseError, InterfaceError):
            Mail.stopped = False
    return Mail.stopped


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_redis() -> None:
    with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
        client.ping()
