"""What the owner fills in about digests."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from accounts.models import Cadence, Detail, PostOffice

MOST_CHARACTERS = 2000
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}", re.ASCII)


class LookForm(forms.Form):
    """Whose mail is to be shown."""

    cadence = forms.ChoiceField(label="How often", choices=Cadence.choices, initial=Cadence.DAILY)
    detail = forms.ChoiceField(label="How much", choices=Detail.choices, initial=Detail.EXCERPTS)
    telling = forms.BooleanField(label="With the site and titles in the subject", required=False)

    @classmethod
    def read(cls, query: QueryDict) -> LookForm:
        """The choice in an address or a form; the usual where it says nothing that could be chosen."""
        form = cls(query)
        if not form.is_valid():
            form = cls({"cadence": Cadence.DAILY, "detail": Detail.EXCERPTS})
            form.full_clean()
        return form

    @property
    def chosen(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("cadence", "detail", "telling")}

    @property
    def query(self) -> str:
        return urlencode({name: value if value is not True else "on" for name, value in self.chosen.items() if value})


class OfficeForm(forms.ModelForm):  # type: ignore[type-arg]
    """What holds for all mails."""

    class Meta:
        model = PostOffice
        fields = ["when_uncertain", "words_to_avoid", "employer_domains"]
        labels = {
            "when_uncertain": "When nobody knows whether a mail arrived",
            "words_to_avoid": "Words to avoid",
            "employer_domains": "Domains of employers",
        }
        help_texts = {
            "when_uncertain": "The server fell silent, or the process died, after the mail was handed over. Sent once "
            "more, a reader may get it twice; left alone, it waits below.",
            "words_to_avoid": "With commas between. No subject, sender or first line holds one, unless a reader asked "
            "for titles; they show on locked screens.",
            "employer_domains": "With commas between. Whoever gives an address there is asked for another, and is "
            "offered numbers only.",
        }
        widgets = {
            "when_uncertain": forms.RadioSelect,
            "words_to_avoid": forms.Textarea(attrs={"rows": 3, "maxlength": MOST_CHARACTERS}),
            "employer_domains": forms.Textarea(attrs={"rows": 3, "maxlength": MOST_CHARACTERS}),
        }

    def clean_words_to_avoid(self) -> str:
        return ", ".join(self._listed("words_to_avoid"))

    def clean_employer_domains(self) -> str:
        domains = [name.lower().removeprefix("@") for name in self._listed("employer_domains")]
        for name in domains:
            if not DOMAIN.fullmatch(name):
                raise forms.ValidationError(f"“{name[:60]}” is no domain. Enter names such as justice.gov.uk.")
        return ", ".join(domains)

    def _listed(self, name: str) -> list[str]:
        text = self.cleaned_data[name]
        if len(text) > MOST_CHARACTERS:
            raise forms.ValidationError(f"Enter {MOST_CHARACTERS:,} characters or fewer.")
        words = (" ".join(word.split()) for word in re.split(r"[,\n]", text))
        return list(dict.fromkeys(word for word in words if word))

    def keep(self) -> None:
        """Store these alone: the breaker counts in the same row."""
        PostOffice.objects.filter(pk=1).update(**self.cleaned_data)
