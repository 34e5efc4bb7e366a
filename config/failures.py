"""What a person sees when something fails here: a clear sentence, and whatever they had typed."""

import sys

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from forum.context import site
from forum.errors import PostGone
from forum.typed import send_again, typed_fields


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF check failed: mostly a sign-in in another tab, which renews the token."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return send_again(request, session_ended=False)
    # No form with a token here: it would set a cookie, also for a reader who only took a wrong turning.
    return render(request, "403.html", {"no_cookie": True, "typed": typed_fields(request)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, or 410 for a post that was taken down; with whatever was typed for it."""
    gone = exception.post if isinstance(exception, PostGone) else None
    context = {"gone": gone, "typed": typed_fields(request)}
    return render(request, "410.html" if gone else "404.html", context, status=410 if gone else 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database cannot be reached or written; built without database, session or cache."""
    stored_nothing = isinstance(sys.exc_info()[1], DatabaseError | InterfaceError)
    context = site(request) | {"typed": typed_fields(request), "stored_nothing": stored_nothing}
    response = HttpResponse(render_to_string("500.html", context), status=503 if stored_nothing else 500)
    response["Cache-Control"] = "no-store"
    if stored_nothing:
        response["Retry-After"] = "60"
    return response
