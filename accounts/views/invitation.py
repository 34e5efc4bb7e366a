"""What an invited person sees: one page with a password to choose."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import tokens
from accounts.invitations import InvitationOver, accept, ends_at, read_token
from accounts.models import Invitation, User
from forum.errors import ForumError


class PasswordForm(forms.Form):
    password1 = forms.CharField(
        label="Password",
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 10 characters. Four words that do not belong together are good.",
        error_messages={"required": "Choose a password."},
    )
    password2 = forms.CharField(
        label="The same again",
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter the password a second time."},
    )

    def __init__(self, sent: QueryDict | None, invitation: Invitation) -> None:
        super().__init__(sent)
        self.user = User(email=invitation.email, role=invitation.role)

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def clean_password2(self) -> str:
        again: str = self.cleaned_data["password2"]
        if "password1" in self.cleaned_data and again != self.cleaned_data["password1"]:
            raise ValidationError("The two passwords are not the same.")
        return again


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who is invited as what; choosing a password makes the account and signs in."""
    if tokens.claimed_id(token) is None:
        raise Http404("This link is not complete. Copy it whole from the mail.")
    found = read_token(token)
    if found is None:
        return over(request, InvitationOver())
    form = PasswordForm(request.POST if request.method == "POST" else None, found)
    if form.is_valid():
        try:
            user = accept(token=token, password=form.cleaned_data["password1"])
        except ForumError as error:
            return over(request, error)
        response: HttpResponse = perform_password_login(request, {"email": user.email}, Login(user=user))
        return response
    context = {"form": form, "invitation": found, "ends_at": ends_at(found)}
    return render(request, "accounts/invitation.html", context, status=422 if form.errors else 200)


def over(request: HttpRequest, error: ForumError) -> HttpResponse:
    return render(request, "accounts/invitation_over.html", {"sentence": str(error)}, status=error.status)
