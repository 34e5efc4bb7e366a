"""The step before posting: what may identify someone, and what reads like a report, on one page that asks once.

The owner is asked in the editor itself: never about a draft, and once before readers see it.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from forum import limits, site
from forum.before_posting import CHECKED, Check, look_over
from forum.models import Comment
from forum.typed import Typed, typed_fields

# The buttons of the step itself.
CHANGE = "change"


def check_of(request: HttpRequest, *, report: str = "", **texts: str) -> Check:
    """What there is to ask about the texts of a form, each by what people call it."""
    return look_over(texts, watched=site.of(request).watched_names, report=report)


def asks_before_publishing(request: HttpRequest, check: Check, earlier: Check | None = None) -> bool:
    """Whether the owner is to be asked once more: not about what readers could see before (`earlier`)."""
    if not check.may_identify or check.was_seen(request.POST):
        return False
    return earlier is None or check.goes_beyond(earlier)


def asked_before_posting(
    request: HttpRequest, check: Check, *, thing: str, held: bool, parent: Comment | None = None
) -> HttpResponse:
    """The page of the step; its form sends all that was sent, to the same address.

    `thing` is what people call the text; `held` says that a moderator reads it first if it is posted as it is.

    Raises:
        TooMany: this was asked for too often.
    """
    limits.spend(limits.PREVIEW, request)
    context = {"check": check, "thing": thing, "held": held, "parent": parent, "carried": carried(request)}
    response = render(request, "forum/before_posting.html", context, status=422)
    response["Cache-Control"] = "no-store"
    return response


def carried(request: HttpRequest) -> list[Typed]:
    """Every field of the form, whoever put it there, but those of this step."""
    return [one for one in typed_fields(request) if one.name not in (CHECKED, CHANGE)]
