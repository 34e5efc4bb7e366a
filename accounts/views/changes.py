"""What the buttons of a subscriber's pages do, one function each.

Each answers with the key of a sentence for the page it came from, with a page of its own, or with a form that has
something to complain about.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts import services, undo
from accounts.fresh_links import send_fresh_link
from accounts.looks import LooksForm
from accounts.models import Cadence, Subscriber, Subscription
from accounts.what_is_followed import NAMED, name_of
from forum.source import small_number

Answer = HttpResponse | LooksForm | str
Change = Callable[[HttpRequest, Subscriber], Answer]

DONE = {
    "confirmed": "Confirmed. The next mail brings what is new from now on.",
    "asked": "Nothing is confirmed yet. Say which: more than one waits.",
    "changed": "Changed.",
    "resumed": "Mails come again.",
    "paused": "Paused. No mail comes until you resume. One that was already on its way may still arrive.",
    "link": "The link is on its way to you. It works for an hour. If you asked for one a few minutes ago, use that.",
}


def confirm(request: HttpRequest, subscriber: Subscriber) -> Answer:
    """Begin to send what the button stands beside; a bare press means the only one that waits."""
    if "subscription" not in request.POST:
        waiting = list(subscriber.subscriptions.waiting())
        if len(waiting) == 1:
            services.confirm(subscription=waiting[0])
        # Pressed again, it is still confirmed; which of several is meant, only the page can ask.
        return "confirmed" if len(waiting) < 2 else "asked"
    services.confirm(subscription=meant(request, subscriber))
    return "confirmed"


def decline(request: HttpRequest, subscriber: Subscriber) -> Answer:
    """Somebody else asked for this."""
    subscription = meant(request, subscriber)
    if subscription.confirmed_at:
        raise Http404("This is confirmed already.")
    services.end_subscription(subscription=subscription)
    return render(request, "accounts/declined.html")


def end(request: HttpRequest, subscriber: Subscriber) -> Answer:
    """Stop one; the page that says so can bring it back."""
    subscription = meant(request, subscriber)
    sealed, name = undo.seal(subscriber, [subscription]), name_of(subscription)[0]
    services.end_subscription(subscription=subscription)
    gone = not Subscriber.objects.filter(pk=subscriber.pk).exists()
    context = {"name": name, "sealed": sealed, "gone": gone, "back": "" if gone else request.path}
    return render(request, "accounts/stopped.html", context)


def cadence(request: HttpRequest, subscriber: Subscriber) -> Answer:
    """How often one comes."""
    if request.POST["cadence"] not in Cadence.values:
        raise Http404("There is no such change.")
    services.change_cadence(subscription=meant(request, subscriber), cadence=Cadence(request.POST["cadence"]))
    return "changed"


def looks(request: HttpRequest, subscriber: Subscriber) -> Answer:
    """When mails come, and how much they say."""
    form = LooksForm(request.POST)
    if not form.is_valid():
        return form
    services.change(subscriber=subscriber, **form.cleaned_data)
    return "changed"


def pause(request: HttpRequest, subscriber: Subscriber) -> Answer:
    """Send nothing for now; the page that says so can take it back, which other pages of an old mail cannot."""
    services.pause(subscriber=subscriber)
    context = {"paused": True, "sealed": undo.seal_pause(subscriber), "back": request.path}
    return render(request, "accounts/stopped.html", context)


def resume(request: HttpRequest, subscriber: Subscriber) -> Answer:
    """Send again: with what came meanwhile, or from now on."""
    services.resume(subscriber=subscriber, catch_up=request.POST["resume"] != "from now")
    return "resumed"


def link(request: HttpRequest, subscriber: Subscriber) -> Answer:
    """Mail a link that shows and changes everything."""
    send_fresh_link(subscriber)
    return "link"


def erase(request: HttpRequest, subscriber: Subscriber) -> Answer:
    """Forget everything about this address, for good."""
    services.erase(subscriber_id=subscriber.pk)
    return render(request, "accounts/unsubscribed.html", {"erased": True})


def meant(request: HttpRequest, subscriber: Subscriber) -> Subscription:
    """The subscription that the button stands beside; 404 if it is not this subscriber's."""
    mine = Subscription.objects.select_related("subscriber", *NAMED)
    asked = small_number(request.POST.get("subscription")) or 0
    return get_object_or_404(mine, subscriber=subscriber, pk=asked)
