"""Subscribing to digests, and stopping. The links in mails are the only key; reading one changes nothing."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import services, tokens
from accounts.addresses import AddressField
from accounts.models import Cadence, Subscriber, Subscription
from forum import limits
from forum.errors import ForumError
from forum.models import Post
from forum.source import small_number


class SubscribeForm(forms.Form):
    email = AddressField(
        label="E-mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="Better not a work address: your employer can read its mail.",
    )
    cadence = forms.ChoiceField(
        label="How often?", choices=Cadence.choices, initial=Cadence.DAILY, widget=forms.RadioSelect
    )

    post = forms.ModelChoiceField(Post.objects.published(), required=False, widget=forms.HiddenInput)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Ask for digests of the whole site, or of one post (`?post=`)."""
    if request.method != "POST":
        if "sent" in request.GET:
            return render(request, "accounts/check_mail.html")
        post = Post.objects.published().filter(pk=small_number(request.GET.get("post")) or 0).first()
        return render(request, "accounts/subscribe.html", {"form": SubscribeForm(initial={"post": post}), "post": post})
    form = SubscribeForm(request.POST)
    status = 422
    if form.is_valid():
        post, cadence = form.cleaned_data["post"], Cadence(form.cleaned_data["cadence"])
        try:
            limits.spend(limits.SUBSCRIBE, request)
            services.subscribe(email=form.cleaned_data["email"], post=post, cadence=cadence)
            return HttpResponseRedirect(f"{request.path}?sent", status=303)
        except ForumError as error:
            form.add_error(None, str(error))
            status = error.status
    return render(request, "accounts/subscribe.html", {"form": form}, status=status)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscriptions(request: HttpRequest, token: str) -> HttpResponse:
    """What one subscriber follows: confirm it, change how often, stop it."""
    pk = tokens.read(tokens.MANAGE, token)
    if pk is None:
        raise Http404("This link is not complete. Copy it whole from the mail.")
    subscriber = Subscriber.objects.filter(pk=pk).first()
    if subscriber is None:
        return render(request, "accounts/unsubscribed.html", status=410)
    if request.method == "POST":
        done = change(request, subscriber)
        return HttpResponseRedirect(f"{request.path}?done={done}", status=303)
    listed = subscriber.subscriptions.select_related("post").order_by("pk")
    context = {
        "subscriptions": listed,
        "waiting": any(subscription.confirmed_at is None for subscription in listed),
        "cadences": Cadence.choices,
        "done": request.GET.get("done"),
    }
    return render(request, "accounts/subscriptions.html", context)


def change(request: HttpRequest, subscriber: Subscriber) -> str:
    """Do what the button says to the subscription it stands beside; a bare press confirms the only one that waits."""
    if not request.POST:
        waiting = list(subscriber.subscriptions.waiting())
        if len(waiting) == 1:
            services.confirm(subscription=waiting[0])
        # Pressed again, it is still confirmed; which of several is meant, only the page can ask.
        return "confirmed" if len(waiting) < 2 else "asked"
    asked = small_number(request.POST.get("subscription")) or 0
    subscription = get_object_or_404(Subscription.objects.select_related("subscriber"), subscriber=subscriber, pk=asked)
    if "confirm" in request.POST:
        services.confirm(subscription=subscription)
        return "confirmed"
    if "end" in request.POST:
        services.end_subscription(subscription=subscription)
        return "ended"
    if request.POST.get("cadence") in Cadence.values:
        services.change_cadence(subscription=subscription, cadence=Cadence(request.POST["cadence"]))
        return "changed"
    raise Http404("There is no such change.")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop all mail to a subscriber: one POST, by a person or by a mail program (RFC 8058), no redirect."""
    pk = tokens.read(tokens.UNSUBSCRIBE, token)
    if pk is None:
        raise Http404("This link is not complete. Copy it whole from the mail.")
    if request.method == "POST":
        services.unsubscribe(subscriber_id=pk)
        return render(request, "accounts/unsubscribed.html")
    return render(request, "accounts/unsubscribe.html", {"known": Subscriber.objects.filter(pk=pk).exists()})


unsubscribe.any_origin = True  # type: ignore[attr-defined]
