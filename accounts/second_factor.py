"""A second factor for staff, wherever the owner or production asks for one."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accounts.models import User
from forum.site import current
from forum.typed import send_again

GetResponse = Callable[[HttpRequest], HttpResponseBase]

WORK = ("/desk/", "/moderation/")
# Recovery codes alone are no factor: they are for the day when one is lost.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
WHY = "Before you go on, add an authenticator app or a passkey: this site asks its staff for a second factor."


def is_asked() -> bool:
    """Whether staff must have a second factor: in production always, else where the settings say so."""
    return settings.PRODUCTION or current().ask_second_factor


def with_factor() -> set[int]:
    """The ids of the staff who have one."""
    return set(Authenticator.objects.filter(type__in=FACTORS).values_list("user_id", flat=True))


class SecondFactor:
    """Lead staff without a second factor to the page that adds one, before they reach the desk or the queue.

    A form that they sent comes back with everything that was typed.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        # Not `path`: some servers take the part before it from a header of the client's.
        if not request.path_info.startswith(WORK) or not is_asked() or not lacks_factor(request):
            return None
        if request.method == "POST":
            return send_again(request, session_ended=False, second_factor=True)
        messages.warning(request, WHY)
        return redirect("mfa_index")


def lacks_factor(request: HttpRequest) -> bool:
    """Whether this is a signed-in member of staff who never added a second factor."""
    user = request.user
    return isinstance(user, User) and not Authenticator.objects.filter(user=user, type__in=FACTORS).exists()
