"""The owner's page about the team: who is on it, who is invited, who is signed in where."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import invitations, sessions, team
from accounts.addresses import AddressField
from accounts.models import Invitation, User
from accounts.roles import Role
from accounts.second_factor import with_factor
from forum.errors import ForumError
from forum.source import small_number
from forum.staff import WRITE_POSTS, staff_only


class InviteForm(forms.Form):
    email = AddressField(label="E-mail address", error_messages={"required": "Enter the e-mail address to invite."})
    role = forms.ChoiceField(label="As what?", choices=Role.choices, initial=Role.MODERATOR, widget=forms.RadioSelect)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def the_team(request: HttpRequest) -> HttpResponse:
    """Everybody on the team; inviting somebody."""
    if request.method != "POST":
        return team_page(request, InviteForm())
    form = InviteForm(request.POST)
    if not form.is_valid():
        return team_page(request, form, status=422)
    try:
        invited = invitations.invite(email=form.cleaned_data["email"], role=Role(form.cleaned_data["role"]))
    except ForumError as error:
        form.add_error("email", str(error))
        return team_page(request, form, status=error.status)
    return told(request, *invited)


@require_POST
@staff_only(WRITE_POSTS)
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back, or make a new link."""
    if request.POST.get("action") == "take back":
        invitations.take_back(invitation_id=pk)
        messages.success(request, "Taken back. The link does not work any more.")
        return redirect("accounts:team")
    try:
        anew = invitations.invite_anew(invitation_id=pk, invited_at=request.POST.get("invited_at", ""))
    except ForumError as error:
        return team_page(request, InviteForm(), status=error.status, trouble=str(error))
    return told(request, *anew)


def told(request: HttpRequest, invited: Invitation, mail_is_due: bool) -> HttpResponse:
    """Send the mail, and show the link, which the owner can hand over in any other way."""
    if mail_is_due and invitations.send_invitation(invited):
        messages.success(request, f"The invitation was sent to {invited.email}.")
    elif mail_is_due:
        messages.warning(request, f"The mail to {invited.email} could not be sent. Hand over the link below yourself.")
    return redirect(f"/desk/team/?invited={invited.pk}")


@require_POST
@staff_only(WRITE_POSTS)
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """Deactivate or activate somebody, or end their sessions."""
    user = get_object_or_404(User, pk=pk)
    try:
        messages.success(request, change(request, user))
    except ForumError as error:
        return team_page(request, InviteForm(), status=error.status, trouble=str(error))
    return redirect("accounts:team")


def change(request: HttpRequest, user: User) -> str:
    """Do what the button says; what was done, in a sentence."""
    action, mark = request.POST.get("action"), request.POST.get("session", "")
    if action == "deactivate":
        team.deactivate(user_id=user.pk, by_id=request.user.pk or 0)
        return f"{user.email} is deactivated and signed out everywhere."
    if action == "activate":
        team.activate(user_id=user.pk)
        return f"{user.email} can sign in again."
    if action == "end sessions":
        sessions.end_sessions(user=user)
        if user.pk != request.user.pk:
            return f"{user.email} is signed out everywhere."
        update_session_auth_hash(request, user)
        return "You are signed out everywhere but here."
    if mark:
        return "The session is ended." if sessions.end_session(user=user, mark=mark) else "That session was over."
    raise Http404("There is no such change.")


def team_page(request: HttpRequest, form: InviteForm, *, status: int = 200, trouble: str = "") -> HttpResponse:
    users = list(User.objects.order_by("-is_active", "-role", "email"))
    signed_in, factors = sessions.open_sessions(users), with_factor()
    people = [{"user": user, "has_factor": user.pk in factors, "sessions": signed_in.get(user.pk)} for user in users]
    invited = list(Invitation.objects.order_by("invited_at"))
    context: dict[str, Any] = {"form": form, "people": people, "trouble": trouble, "here": request.session.session_key}
    context["invitations"] = [{"row": row, "ends_at": invitations.ends_at(row)} for row in invited]
    shown = small_number(request.GET.get("invited"))
    context["invited"] = next((row for row in invited if row.pk == shown), None)
    context["link"] = context["invited"] and invitations.address_of(context["invited"])
    return render(request, "accounts/team.html", context, status=status)
