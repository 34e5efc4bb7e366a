"""What a subscriber follows. Which link was opened decides what can be done; reading any of them changes nothing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from accounts import tokens
from accounts.addresses import masked
from accounts.looks import LooksForm
from accounts.models import Cadence, Subscriber
from accounts.tokens import CONFIRM, FRESH, MANAGE, Opened
from accounts.views import changes
from accounts.views.links import by_link
from accounts.what_is_followed import NAMED, name_of

# What each link may do, by the names of the buttons, and the page that it opens.
MAY: dict[str, dict[str, changes.Change]] = {
    CONFIRM: {"confirm": changes.confirm, "end": changes.decline, "link": changes.link},
    MANAGE: {"end": changes.end, "pause": changes.pause, "link": changes.link},
    FRESH: {
        "end": changes.end,
        "cadence": changes.cadence,
        "looks": changes.looks,
        "pause": changes.pause,
        "resume": changes.resume,
        "erase": changes.erase,
    },
}
# When its hour is over, it still came by a mail to this address.
OVER: dict[str, dict[str, changes.Change]] = {CONFIRM: {}, FRESH: {"link": changes.link}}
PAGES = {CONFIRM: "accounts/confirm.html", MANAGE: "accounts/less_mail.html", FRESH: "accounts/subscriptions.html"}


@by_link(CONFIRM, MANAGE, FRESH)
def subscriptions(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Confirm what waits; or see what is followed, and get less of it; or, for an hour, see and change everything."""
    subscriber = Subscriber.objects.filter(pk=opened.pk).first()
    if subscriber is None:
        return render(request, "accounts/unsubscribed.html", {"before": True}, status=410)
    if opened.is_over and "link" not in request.POST:
        return over(request, opened)
    if request.method == "POST":
        answer = change(request, subscriber, opened)
        if isinstance(answer, HttpResponse):
            return answer
        if isinstance(answer, str):
            return HttpResponseRedirect(f"{request.path}?done={answer}", status=303)
        return page(request, subscriber, opened, form=answer, status=422)
    return page(request, subscriber, opened)


def change(request: HttpRequest, subscriber: Subscriber, opened: Opened) -> changes.Answer:
    """Do what the button says, if this link may; a bare press confirms what waits."""
    may = OVER[opened.purpose] if opened.is_over else MAY[opened.purpose]
    pressed = [name for name in may if name in request.POST or (name == "confirm" and not request.POST)]
    if not pressed:
        raise Http404("There is no such change.")
    return may[pressed[0]](request, subscriber)


def page(
    request: HttpRequest, subscriber: Subscriber, opened: Opened, *, form: LooksForm | None = None, status: int = 200
) -> HttpResponse:
    listed = subscriber.subscriptions.select_related(*NAMED).order_by("pk")
    shown = listed.waiting() if opened.purpose == CONFIRM else listed.confirmed()
    context: dict[str, Any] = {
        "subscriber": subscriber,
        "masked": masked(subscriber.email),
        "subscriptions": [(subscription, *name_of(subscription)) for subscription in shown],
        "cadences": Cadence.choices,
        "stop_all": f"/unsubscribe/{tokens.sign(tokens.UNSUBSCRIBE, subscriber.pk)}/",
        "form": form or LooksForm(initial=vars(subscriber)),
    }
    return render(request, PAGES[opened.purpose], context | told(request), status=status)


def over(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The page of a link whose time is over."""
    return render(request, "accounts/link_over.html", {"opened": opened} | told(request), status=410)


def told(request: HttpRequest) -> dict[str, str]:
    return {"done": changes.DONE.get(request.GET.get("done", ""), "")}
