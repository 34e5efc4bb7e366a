"""E-mail addresses: the form field, whose they are, and how they are shown to others."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import PostOffice
from accounts.same_address import normalised


class AddressField(forms.EmailField):
    """An address that a mail can be sent to, as it is stored."""

    def __init__(self, **options: Any) -> None:
        sentences = {
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address in the correct form, such as name@example.org.",
        }
        options["error_messages"] = sentences | options.get("error_messages", {})
        super().__init__(max_length=254, **options)

    def clean(self, value: Any) -> str:
        name = str(value or "").strip().rpartition("@")[0]
        if name and not name.isascii():
            raise forms.ValidationError(
                "Before the @ stands a letter that our mail server cannot send to. Give an address with plain letters."
            )
        email: str = super().clean(value)
        # Quoted local parts may hold control characters, which would break the header of a mail.
        if '"' in email or not email.isprintable():
            raise forms.ValidationError(self.error_messages["invalid"])
        try:
            return normalised(email)
        except UnicodeError:
            raise forms.ValidationError(self.error_messages["invalid"]) from None


def is_at_work(email: str) -> bool:
    """Whether the owner listed the domain of this address, or one above it, as an employer's."""
    office = PostOffice.objects.filter(pk=1).first() or PostOffice()
    domain = email.rpartition("@")[2].lower()
    listed = [name.strip().lower() for name in office.employer_domains.split(",")]
    return any(domain == name or domain.endswith(f".{name}") for name in listed if name)


def masked(email: str) -> str:
    """As much as its owner needs to know it again: `c•••@e•••.org`."""
    name, _, domain = email.rpartition("@")
    host, _, top = domain.rpartition(".")
    return f"{name[:1]}•••@{host[:1]}•••.{top}"
