"""The form for each kind of rule: only what that kind needs, checked and cleaned."""

from __future__ import annotations

import copy
import re
from typing import Any

from django import forms

from forum.identifiers.watched import MOST_NAMES, words_of
from forum.models import SiteSettings
from forum.source import clean_title
from moderation.models import Rule
from moderation.patterns import BadPattern, Pattern

Kind = Rule.Kind
HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W_]{2,}")
MOST_IN_ALL = 20_000

SUGGESTED = {
    Kind.WORDS: "It has a word that a moderator looks at first.",
    Kind.PATTERN: "It has a turn of phrase that a moderator looks at first.",
    Kind.LINKS: "A moderator looks first at comments with such links.",
    Kind.NAME: "It may name a person or a live case, so a moderator looks at it first.",
    Kind.AGE: "A moderator looks first at comments on posts as old as this one.",
    Kind.HOURS: "At this hour a moderator looks at comments first.",
}


def lines(label: str, help_text: str, *, required: bool = True) -> forms.CharField:
    """A list, one item a line."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=MOST_IN_ALL,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Enter at least one line."},
    )


def number(label: str, least: int, most: int, *, required: bool = True, help_text: str = "") -> forms.IntegerField:
    wrong = f"Enter a whole number from {least} to {most:,}."
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=required,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"class": "short"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )


def clock(label: str, help_text: str = "") -> forms.TimeField:
    wrong = "Enter a time such as 22:30."
    return forms.TimeField(
        label=label,
        help_text=help_text,
        widget=forms.TimeInput(attrs={"class": "short", "autocomplete": "off"}, format="%H:%M"),
        error_messages={"required": wrong, "invalid": wrong},
    )


# What each kind of rule needs beside its answer.
FIELDS: dict[Kind, dict[str, forms.Field]] = {
    Kind.WORDS: {
        "wanted": lines(
            "Words and phrases",
            "One a line. Whole words only: “ass” finds neither “class” nor “Cafcass”. Capitals do not matter.",
        )
    },
    Kind.PATTERN: {
        "wanted": forms.CharField(
            label="Pattern",
            help_text="A regular expression such as v[i1]agra or \\d{11}. Capitals do not matter.",
            widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}),
            error_messages={"required": "Enter a pattern."},
        )
    },
    Kind.LINKS: {
        "number": number("More links than (optional)", 0, 100, required=False),
        "wanted": lines(
            "Or a link to one of these hosts (optional)",
            "One a line, such as example.org; www.example.org is found too. A rule that publishes wants all links to "
            "lead to them.",
            required=False,
        ),
    },
    Kind.NAME: {
        "wanted": lines(
            "Names and live cases", "One a line. They are found whatever their capitals, gaps and look-alike letters."
        )
    },
    Kind.AGE: {"number": number("Posts older than this many days", 1, 36_500)},
    Kind.HOURS: {
        "begins": clock("From", "UK time, such as 22:30."),
        "ends": clock("Until", "It may be on the next day."),
    },
}


def host_in(line: str) -> str:
    """The host of an address, or what was typed as one.

    Raises:
        ValidationError: it is none.
    """
    host = re.sub(r"^[a-z]+://", "", line.casefold()).split("/")[0].removeprefix("www.")
    if not HOST.fullmatch(host):
        raise forms.ValidationError(f"“{line}” is no host. Enter it as in example.org.")
    return host


class RuleForm(forms.Form):
    """A rule of one kind."""

    answer = forms.ChoiceField(
        label="What happens then", choices=Rule.Answer.choices, initial=Rule.Answer.HOLD, widget=forms.RadioSelect
    )
    why = forms.CharField(
        label="What its author is told",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="A whole sentence. Whoever is refused is also told which words to take out.",
    )

    def __init__(self, rule: Rule, sent: Any = None) -> None:
        self.rule, self.kind = rule, Kind(rule.kind)
        stored = {name: getattr(rule, name) for name in (*FIELDS[self.kind], "answer", "why")}
        super().__init__(sent, initial=stored | {"why": rule.why or SUGGESTED[self.kind]})
        self.fields = copy.deepcopy(FIELDS[self.kind]) | self.fields

    def clean_wanted(self) -> str:
        typed = self.cleaned_data["wanted"]
        if self.kind is Kind.PATTERN:
            return self._pattern(typed.strip())
        listed = list(dict.fromkeys(line for line in map(clean_title, typed.splitlines()) if line))
        if self.kind is Kind.LINKS:
            listed = list(dict.fromkeys(map(host_in, listed)))
        if len(listed) > MOST_NAMES:
            raise forms.ValidationError(f"Enter at most {MOST_NAMES} lines. You have {len(listed)}.")
        if self.kind is Kind.NAME and (short := [line for line in listed if not words_of(line)]):
            raise forms.ValidationError(f"A name needs three letters: {', '.join(short)}.")
        return "\n".join(listed)

    def _pattern(self, typed: str) -> str:
        try:
            pattern = Pattern(typed)
        except BadPattern as error:
            raise forms.ValidationError(str(error)) from None
        if pattern.find(""):
            raise forms.ValidationError("This pattern finds something in every text, even an empty one.")
        return typed

    def clean_why(self) -> str:
        return clean_title(self.cleaned_data["why"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") != Rule.Answer.PUBLISH and not data.get("why") and "why" not in self.errors:
            self.add_error("why", "Enter what its author is told.")
        if self.kind is Kind.LINKS and data.get("number") is None and not (data.get("wanted") or self.errors):
            self.add_error("number", "Enter a number of links, or hosts, or both.")
        if self.kind is Kind.HOURS and data.get("begins") == data.get("ends") and not self.errors:
            self.add_error("ends", "Enter another time than the first: this would be no hour, or the whole day.")
        return data

    def filled(self) -> Rule:
        """The rule with what was typed; not stored."""
        for name, value in self.cleaned_data.items():
            setattr(self.rule, name, value)
        return self.rule


class ModeForm(forms.Form):
    """What holds for the whole site, and when moderators count as away."""

    comments = forms.ChoiceField(
        label="New comments on the whole site",
        choices=SiteSettings.Comments.choices,
        widget=forms.RadioSelect,
        help_text="Each post can be stricter; you choose that where you write it. Readers are told by the form.",
    )
    away_after_hours = number(
        "Hold everything when nobody has opened the queue for this many hours",
        0,
        720,
        help_text="0 for never. Readers are told that no moderator is here; opening the queue ends it at once.",
    )
