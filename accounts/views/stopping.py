"""Stopping mail, by a person or by a mail program (RFC 8058): one POST, which is answered with 200 and no cookie."""

from __future__ import annotations

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts import services
from accounts import undo as undoing
from accounts.models import Subscriber, Subscription
from accounts.tokens import STOP, UNSUBSCRIBE, Opened
from accounts.views.links import by_link
from accounts.what_is_followed import NAMED, name_of
from forum.errors import ForumError


@by_link(UNSUBSCRIBE, STOP)
def unsubscribe(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Stop everything, or one subscription, whatever the body of the POST says; reading changes nothing."""
    return stop_one(request, opened.pk) if opened.purpose == STOP else stop_all(request, opened.pk)


def stop_all(request: HttpRequest, pk: int) -> HttpResponse:
    subscriber = Subscriber.objects.filter(pk=pk).first()
    if request.method != "POST":
        return render(request, "accounts/unsubscribe.html", {"known": subscriber is not None})
    by_hand = subscriber is not None and is_by_hand(request)
    sealed = undoing.seal(subscriber, list(subscriber.subscriptions.all())) if subscriber and by_hand else ""
    services.unsubscribe(subscriber_id=pk)
    return render(request, "accounts/unsubscribed.html", {"sealed": sealed})


def stop_one(request: HttpRequest, pk: int) -> HttpResponse:
    subscription = Subscription.objects.select_related("subscriber", *NAMED).filter(pk=pk).first()
    name = name_of(subscription)[0] if subscription else ""
    if request.method != "POST":
        return render(request, "accounts/unsubscribe.html", {"known": subscription is not None, "name": name})
    sealed = ""
    if subscription is not None:
        sealed = undoing.seal(subscription.subscriber, [subscription]) if is_by_hand(request) else ""
        services.end_subscription(subscription=subscription)
    return render(request, "accounts/stopped.html", {"name": name, "sealed": sealed})


def is_by_hand(request: HttpRequest) -> bool:
    """Whether a person pressed the button of our page: only they can press another, and a program may send anything."""
    try:
        return "by_hand" in request.POST
    except (MultiPartParserError, SuspiciousOperation, BadRequest):
        return False


@csrf_exempt
@never_cache
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what was pressed by mistake; what to bring back is in the form, sealed."""
    try:
        undoing.undo(request.POST.get("sealed", ""))
    except ForumError as error:
        return render(request, "accounts/not_undone.html", {"sentence": str(error)}, status=error.status)
    return render(request, "accounts/undone.html")


# The pages with this form let browsers say no origin; the seal is the key.
undo.any_origin = True  # type: ignore[attr-defined]
