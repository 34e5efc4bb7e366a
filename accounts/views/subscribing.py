"""Asking for digests: what, how often, and how much of it. The mail that is sent then says how to confirm."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.addresses import AddressField, is_at_work
from accounts.looks import LooksForm
from accounts.models import Cadence, Detail
from accounts.what_is_followed import THREAD, Place, place_in
from forum import limits
from forum.errors import ForumError


class SubscribeForm(LooksForm):
    """Everything but the address has an answer already."""

    what = forms.ChoiceField(label="What do you want to follow?", required=False, widget=forms.RadioSelect)
    comment = forms.CharField(
        label="Number of a comment in the conversation",
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
        help_text="If you chose one conversation. It stands in the corner of each comment, such as #14.",
    )
    updates_only = forms.BooleanField(
        label="New posts and updates only", required=False, help_text="Nothing about comments."
    )
    email = AddressField(
        label="E-mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="Better not a work address: your employer can read its mail.",
    )
    cadence = forms.ChoiceField(
        label="How often?", choices=Cadence.choices, initial=Cadence.DAILY, widget=forms.RadioSelect
    )
    # The work address about which somebody was asked already.
    asked_about = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, place: Place, sent: QueryDict | None = None) -> None:
        super().__init__(sent)
        self.place = place
        what: Any = self.fields["what"]
        what.choices, what.initial = place.choices, place.nearest
        self.fields["comment"].initial = place.number
        self.fields["detail"].required = False

    def clean_what(self) -> str:
        return self.cleaned_data["what"] or self.place.nearest

    def clean_detail(self) -> str:
        return self.cleaned_data["detail"] or Detail.EXCERPTS

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("what") == THREAD:
            if self.place.thread is None:
                self.add_error("comment", "Enter the number of a comment on this post, such as 14.")
            if data.get("updates_only"):
                self.add_error("updates_only", "A conversation has comments only: untick this, or follow the post.")
        return data

    def must_ask(self) -> bool:
        """Whether the address is at work, and its mails would say more than numbers without anybody being asked."""
        data = self.cleaned_data
        return data["detail"] != Detail.COUNTS and is_at_work(data["email"]) and data["asked_about"] != data["email"]


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Ask for digests of the whole site, or of what `?post=`, `?post=&comment=` or `?label=` name."""
    if request.method != "POST":
        if "sent" in request.GET:
            return render(request, "accounts/check_mail.html")
        return page(request, SubscribeForm(place_in(request.GET)), place_in(request.GET))
    place = place_in(request.POST)
    form = SubscribeForm(place, request.POST)
    if not form.is_valid():
        return page(request, form, place, status=422)
    if form.must_ask():
        return page(request, asking(form, place, request.POST), place, status=422, at_work=form.cleaned_data["email"])
    try:
        limits.spend(limits.SUBSCRIBE, request)
        follow(form.cleaned_data, place)
    except ForumError as error:
        form.add_error(None, str(error))
        return page(request, form, place, status=error.status)
    return HttpResponseRedirect(f"{request.path}?sent", status=303)


def follow(data: dict[str, Any], place: Place) -> None:
    services.follow(
        email=data["email"],
        what=place.followed(data["what"], updates_only=data["updates_only"]),
        cadence=Cadence(data["cadence"]),
        detail=Detail(data["detail"]),
        telling=data["telling"],
        hour=data["hour"],
        weekday=data["weekday"],
    )


def asking(form: SubscribeForm, place: Place, sent: QueryDict) -> SubscribeForm:
    """The same form once more, with numbers only chosen; what is chosen then is taken."""
    again = sent.copy()
    again["detail"], again["asked_about"] = Detail.COUNTS, form.cleaned_data["email"]
    return SubscribeForm(place, again)


def page(
    request: HttpRequest, form: SubscribeForm, place: Place, *, status: int = 200, at_work: str = ""
) -> HttpResponse:
    context = {"form": form, "place": place, "at_work": at_work}
    return render(request, "accounts/subscribe.html", context, status=status)
