"""The form field for an e-mail address."""

from __future__ import annotations

from typing import Any

from django import forms


class AddressField(forms.EmailField):
    """An address that a mail can be sent to."""

    def __init__(self, **options: Any) -> None:
        sentences = {
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address in the correct form, such as name@example.org.",
        }
        options["error_messages"] = sentences | options.get("error_messages", {})
        super().__init__(max_length=254, **options)

    def clean(self, value: Any) -> str:
        email: str = super().clean(value)
        # Quoted local parts may hold control characters, which would break the header of a mail.
        if '"' in email or not email.isprintable():
            raise forms.ValidationError(self.error_messages["invalid"])
        return email
