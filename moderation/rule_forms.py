"""The form for each kind of rule: only what that kind needs, checked and cleaned."""

from __future__ import annotations

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
LINES = forms.Textarea(attrs={"rows": 6})
CLOCK = forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M")
NUMBER = forms.NumberInput(attrs={"class": "short"})
MOST_IN_ALL = 20_000

SUGGESTED = {
    Kind.WORDS: "It has a word that a moderator looks at first.",
    Kind.PATTERN: "It has a turn of phrase that a moderator looks at first.",
    Kind.LINKS: "A moderator looks first at comments with such links.",
    Kind.NAME: "It may name a person or a live case, so a moderator looks at it first.",
    Kind.AGE: "A moderator looks first at comments on posts as old as this one.",
    Kind.HOURS: "At this hour a moderator looks at comments first.",
}


class RuleForm(forms.Form):
    """A rule of one kind. Fields that the kind does not need are taken out."""

    wanted = forms.CharField(max_length=MOST_IN_ALL, widget=LINES)
    number = forms.IntegerField(min_value=0, max_value=36_500, widget=NUMBER)
    begins = forms.TimeField(label="From", widget=CLOCK)
    ends = forms.TimeField(label="Until", widget=CLOCK, help_text="UK time; it may be on the next day.")
    answer = forms.ChoiceField(choices=Rule.Answer.choices, initial=Rule.Answer.HOLD, widget=forms.RadioSelect)
    why = forms.CharField(
        label="What its author is told",
        max_length=300,
        required=False,
        help_text="A whole sentence. Whoever is refused is also told what the rule found, to take it out.",
    )

    def __init__(self, rule: Rule, sent: Any = None) -> None:
        self.rule, self.kind = rule, Kind(rule.kind)
        names = ("wanted", "number", "begins", "ends", "answer", "why")
        super().__init__(sent, initial={name: getattr(rule, name) for name in names})
        self.initial["why"] = rule.why or SUGGESTED[self.kind]
        for name, options in UNUSED_OR_SPECIAL[self.kind].items():
            if options is None:
                del self.fields[name]
            else:
                for option, value in options.items():
                    setattr(self.fields[name], option, value)
        if self.kind is Kind.PATTERN:
            self.fields["wanted"].widget = forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"})

    def clean_wanted(self) -> str:
        typed = self.cleaned_data["wanted"]
        if self.kind is Kind.PATTERN:
            return self._pattern(typed.strip())
        lines = list(dict.fromkeys(line for line in map(clean_title, typed.splitlines()) if line))
        if self.kind is Kind.LINKS:
            lines = [self._host(line) for line in lines]
        if len(lines) > MOST_NAMES:
            raise forms.ValidationError(f"Enter at most {MOST_NAMES} lines. You have {len(lines)}.")
        if self.kind is Kind.NAME and (short := [line for line in lines if not words_of(line)]):
            raise forms.ValidationError(f"A name needs three letters: {', '.join(short)}.")
        return "\n".join(lines)

    def _pattern(self, typed: str) -> str:
        try:
            pattern = Pattern(typed)
        except BadPattern as error:
            raise forms.ValidationError(str(error)) from None
        if pattern.find(""):
            raise forms.ValidationError("This pattern finds something in every text, even an empty one.")
        return typed

    def _host(self, line: str) -> str:
        host = re.sub(r"^[a-z]+://", "", line.casefold()).split("/")[0].removeprefix("www.")
        if not HOST.fullmatch(host):
            raise forms.ValidationError(f"“{line}” is no host. Enter it as in example.org.")
        return host

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


NO_LIST, NO_NUMBER, NO_HOURS = {"wanted": None}, {"number": None}, {"begins": None, "ends": None}
UNUSED_OR_SPECIAL: dict[Kind, dict[str, dict[str, Any] | None]] = {
    Kind.WORDS: {
        **NO_NUMBER,
        **NO_HOURS,
        "wanted": {
            "label": "Words and phrases",
            "help_text": "One a line. Whole words only: “ass” finds neither “class” nor “Cafcass”. Capitals do not "
            "matter.",
        },
    },
    Kind.PATTERN: {
        **NO_NUMBER,
        **NO_HOURS,
        "wanted": {
            "label": "Pattern",
            "help_text": "A regular expression such as v[i1]agra or \\d{11}. Capitals do not matter.",
        },
    },
    Kind.LINKS: {
        **NO_HOURS,
        "number": {"label": "More links than (optional)", "required": False, "max_value": 100},
        "wanted": {
            "label": "Or a link to one of these hosts (optional)",
            "help_text": "One a line, such as example.org; www.example.org is found too. A rule that publishes wants "
            "all links to lead to them.",
            "required": False,
        },
    },
    Kind.NAME: {
        **NO_NUMBER,
        **NO_HOURS,
        "wanted": {
            "label": "Names and live cases",
            "help_text": "One a line. They are found whatever their capitals, gaps and look-alike letters.",
        },
    },
    Kind.AGE: {
        **NO_LIST,
        **NO_HOURS,
        "number": {"label": "Posts older than this many days", "min_value": 1},
    },
    Kind.HOURS: {**NO_LIST, **NO_NUMBER},
}


class ModeForm(forms.Form):
    """What holds for the whole site, and when moderators count as away."""

    comments = forms.ChoiceField(
        label="New comments on the whole site",
        choices=SiteSettings.Comments.choices,
        widget=forms.RadioSelect,
        help_text="Each post can be stricter; you choose that where you write it. Readers are told by the form.",
    )
    away_after_hours = forms.IntegerField(
        label="Hold everything when nobody has opened the queue for this many hours",
        min_value=0,
        max_value=720,
        widget=NUMBER,
        help_text="0 for never. Readers are told that no moderator is here; opening the queue ends it at once.",
    )
