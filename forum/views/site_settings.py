"""What the owner decides about the whole site, on one page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from forum import site
from forum.characters import without_shape
from forum.identifiers import MOST_NAMES
from forum.models import SiteSettings
from forum.source import MAX_LENGTH, clean_title
from forum.staff import WRITE_POSTS, staff_only

HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]
# What would end the name in the header of a mail, or pretend to be another address.
NOT_IN_A_SENDER = '<>@"\r\n'


def days(label: str, least: int, most: int, help_text: str) -> forms.IntegerField:
    wrong = f"{label}: enter a whole number from {least} to {most:,}."
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"class": "short"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Every field says in its hint what it does."""

    digest_hour = forms.TypedChoiceField(
        label="Hour of the digests",
        choices=HOURS,
        coerce=int,
        widget=forms.Select(attrs={"class": "short"}),
        help_text="When the daily and the weekly mail go out, UK time. After a change the next one may come at once "
        "or a little later; none is left out and none comes twice.",
    )
    digest_weekday = forms.TypedChoiceField(
        label="Day of the weekly digests",
        choices=SiteSettings.Weekday.choices,
        coerce=int,
        widget=forms.Select(attrs={"class": "short"}),
        help_text="The day on which the weekly mail goes out.",
    )
    days_to_confirm = days(
        "Days until an unconfirmed address is forgotten",
        1,
        30,
        "An address that somebody typed under “Subscribe” is deleted after this time, unless its link was used.",
    )
    days_of_versions = days(
        "Days that earlier versions of posts are kept",
        30,
        3650,
        "Older ones are deleted, but never the newest version of a post.",
    )

    class Meta:
        model = SiteSettings
        fields = [
            "name",
            "tagline",
            "sender",
            "digest_hour",
            "digest_weekday",
            "days_to_confirm",
            "days_of_versions",
            "open_thread",
            "open_thread_text",
            "voices_by_default",
            "later_for_all",
            "watched_names",
            "strict_check",
            "ask_second_factor",
        ]
        labels = {
            "name": "Name of the site",
            "tagline": "Line below it",
            "sender": "Sender of the mails",
            "open_thread": "Begin an open thread each week",
            "open_thread_text": "Text of the open thread",
            "voices_by_default": "Give comments a voice, unless their authors say no",
            "later_for_all": "Let all comments appear later",
            "watched_names": "Names that should not stand in a comment",
            "strict_check": "Hold what may identify someone",
            "ask_second_factor": "Ask staff for a second factor",
        }
        help_texts = {
            "watched_names": "Offices, teams, people; one on each line. Whoever types one is asked before it is "
            "posted, whatever its capitals, gaps and look-alike letters. Nobody else sees this list.",
            "strict_check": "If the check finds something, such as a case number, and its author posts it as it is, a "
            "moderator reads it first; the author is told so before. Without this it is published.",
            "name": "It stands at the top of every page, in the feed and in every mail.",
            "tagline": "It stands on the first page and in the feed. It may be empty.",
            "sender": "The name that mails come from. If it is empty, they come from the name of the site.",
            "open_thread": "A post for whatever fits nowhere else appears by itself once a week.",
            "open_thread_text": "What the open thread begins with, in Markdown.",
            "voices_by_default": "The box “Keep one voice in this post” is then ticked from the beginning: readers see "
            "which comments under a post are one person’s, and writers get a cookie until they close the browser.",
            "later_for_all": "Each at a random quarter of an hour within the next hour, together with others, so that "
            "nobody who watches a page learns who was at a keyboard then. Your own comments appear at once.",
            "ask_second_factor": "Whoever has neither an authenticator app nor a passkey is asked to add one before "
            "they reach the desk or the queue; that may be you. On a site with HTTPS this is always so.",
        }
        error_messages = {
            "name": {"required": "Enter a name for the site."},
        }
        widgets = {
            "open_thread_text": forms.Textarea(attrs={"rows": 6, "maxlength": MAX_LENGTH}),
            "watched_names": forms.Textarea(attrs={"rows": 6, "maxlength": MAX_LENGTH}),
        }

    def clean_name(self) -> str:
        name = self.one_line("name")
        if not name:
            raise forms.ValidationError("Enter a name for the site.")
        return name

    def clean_tagline(self) -> str:
        return self.one_line("tagline")

    def clean_sender(self) -> str:
        if any(character in self.cleaned_data["sender"] for character in NOT_IN_A_SENDER):
            raise forms.ValidationError('The sender of the mails may hold none of < > @ " and no line break.')
        return self.one_line("sender")

    def clean_open_thread_text(self) -> str:
        text: str = self.cleaned_data["open_thread_text"].replace("\r\n", "\n")
        if len(text) > MAX_LENGTH:
            raise forms.ValidationError(f"The text of the open thread must be {MAX_LENGTH:,} characters or fewer.")
        return text

    def clean_watched_names(self) -> str:
        names = [clean_title(line) for line in self.cleaned_data["watched_names"].splitlines()]
        names = [name for name in names if not all(map(without_shape, name))]
        if len(names) > MOST_NAMES:
            raise forms.ValidationError(f"Enter at most {MOST_NAMES} names. You have {len(names)}.")
        return "\n".join(names)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("open_thread") and data.get("open_thread_text") == "":
            self.add_error("open_thread_text", "Enter a text for the open thread, or switch the open thread off.")
        return data

    def one_line(self, field: str) -> str:
        """The text on one line, or "" where a reader would see nothing."""
        line = clean_title(self.cleaned_data[field])
        return "" if all(map(without_shape, line)) else line


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def site_settings(request: HttpRequest) -> HttpResponse:
    """Change the settings; of two tabs the last one wins, and sees what is stored now."""
    sent = request.POST if request.method == "POST" else None
    form = SettingsForm(sent, instance=site.stored())
    if form.is_valid():
        site.save(form.save(commit=False))
        messages.success(request, "Saved.")
        return redirect("forum:settings")
    return render(request, "forum/settings.html", {"form": form}, status=422 if form.errors else 200)
