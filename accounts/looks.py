"""When mails come and how much they say: the same questions at the sign-up and later."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Detail
from forum.models import SiteSettings
from forum.site import current

HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]


def or_none(value: str) -> int | None:
    return int(value) if value else None


def choice(label: str) -> forms.TypedChoiceField:
    """A number, or the site's own; what there is to choose is known when the form is made."""
    short = forms.Select(attrs={"class": "short"})
    return forms.TypedChoiceField(label=label, coerce=or_none, empty_value=None, required=False, widget=short)


class LooksForm(forms.Form):
    """The settings of a subscriber, which hold for everything that is followed."""

    hour = choice("Hour of daily and weekly mails")
    weekday = choice("Day of weekly mails")
    detail = forms.ChoiceField(
        label="How much should stand in the mail?",
        choices=Detail.choices,
        initial=Detail.EXCERPTS,
        widget=forms.RadioSelect,
    )
    telling = forms.BooleanField(
        label="Name the site and its posts in the subject",
        required=False,
        help_text="Without this, subject and sender say only how much is new: they show on locked screens and shared "
        "desks.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        site = current()
        usual_day = SiteSettings.Weekday(site.digest_weekday).label
        for name, usual, choices in (
            ("hour", f"{site.digest_hour:02d}:00, as usual here", HOURS),
            ("weekday", f"{usual_day}, as usual here", SiteSettings.Weekday.choices),
        ):
            field: Any = self.fields[name]
            field.choices = [("", usual), *choices]
