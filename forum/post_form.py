"""The form in which the owner writes a post."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from forum.clock import YEARS
from forum.errors import BadTitle
from forum.models import Post
from forum.modes import Mode
from forum.services.posts import PostDraft, slug_of_label
from forum.source import clean_headline, clean_title

PUBLISH_CHOICES = [("draft", "Keep as a draft"), ("now", "Publish now"), ("later", "Publish later")]


class TitleField(forms.CharField):
    """A title on one line."""

    def clean(self, value: Any) -> str:
        try:
            return clean_headline(value or "")
        except BadTitle as error:
            raise forms.ValidationError(str(error)) from None


class LondonTimeField(forms.DateTimeField):
    """A date and time as the clock on the wall shows it in the UK; optional."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            error_messages={"invalid": "Enter a date and time such as 14/01/2026 06:30."},
            input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M"],
            **options,
        )

    def to_python(self, value: Any) -> datetime.datetime | None:
        try:
            moment: datetime.datetime | None = super().to_python(value)
        except forms.ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            sentence = "In that night the clocks change: this time comes twice or not at all. Choose another hour."
            raise forms.ValidationError(sentence) from None
        if moment and moment.year not in YEARS:
            raise forms.ValidationError(f"Enter a year from {YEARS[0]} to {YEARS[-1]}.")
        return moment


class PostForm(forms.Form):
    """What the owner types; it saves nothing itself."""

    title = TitleField()
    body = forms.CharField(
        label="Text",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18}),
        max_length=500_000,
        error_messages={"required": "Enter the text of the post."},
    )
    labels = forms.CharField(required=False, help_text="Separate with commas.")
    publish = forms.ChoiceField(choices=PUBLISH_CHOICES, initial="draft", widget=forms.RadioSelect)
    publish_at = LondonTimeField(label="Date and time", help_text="UK time. Only for “Publish later”.")
    comments = forms.ChoiceField(
        label="New comments", choices=Mode.choices, initial=Mode.OPEN, required=False, widget=forms.RadioSelect
    )
    comments_close_at = LondonTimeField(
        label="Close the comments on", help_text="UK time. Leave it empty to keep them open."
    )

    def clean_labels(self) -> list[str]:
        return label_names(self.cleaned_data["labels"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("publish") == "later" and not data.get("publish_at") and "publish_at" not in self.errors:
            self.add_error("publish_at", "Enter the date and time at which the post is to appear.")
        return data

    def draft(self) -> PostDraft:
        data = self.cleaned_data
        times = {"now": timezone.now(), "later": data["publish_at"]}
        return PostDraft(
            title=data["title"],
            body=data["body"].replace("\r\n", "\n"),
            labels=data["labels"],
            publish_at=times.get(data["publish"]),
            comments_open=data["comments"] != Mode.CLOSED,
            comments_close_at=data["comments_close_at"],
            hold_comments=data["comments"] == Mode.HOLD_ALL,
            hold_links=data["comments"] == Mode.HOLD_LINKS,
        )


def label_names(typed: str) -> list[str]:
    """The labels in a line of them.

    Raises:
        ValidationError: one of them could have no address.
    """
    names = [name for name in map(clean_title, typed.split(",")) if name]
    if unusable := [name for name in names if not slug_of_label(name)]:
        raise forms.ValidationError(f"Labels need letters from A to Z or numbers: {', '.join(unusable)}.")
    return names


def initial_for(post: Post) -> dict[str, Any]:
    """What the form shows for a post as it is stored."""
    choices = {Post.State.SCHEDULED: "later", Post.State.PUBLISHED: "now"}
    return {
        "title": post.title,
        "body": post.body,
        "labels": ", ".join(label.name for label in post.labels.all()),
        "publish": choices.get(Post.State(post.state), "draft"),
        "publish_at": post.published_at if post.state == Post.State.SCHEDULED else None,
        "comments": post.mode,
        "comments_close_at": post.comments_close_at,
    }
