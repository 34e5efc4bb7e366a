"""Handing back what a person typed when a form could not be taken."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

NEVER_SHOWN_AGAIN = ("csrfmiddlewaretoken", "password", "credential")


# What a person types, in the words of the forms; other fields are the machine's and are sent along unseen.
LABELS = {
    "title": "Title",
    "body": "Text",
    "text": "Text",
    "labels": "Labels",
    "refusal": "Reason for refusing",
    "name": "Name",
    "note": "In your words",
    "wanted": "What the rule looks for",
    "why": "What its author is told",
    "label": "Short label",
    "sentence": "What readers see",
    "extract": "The words that you answer",
    "answer_text": "Your answer",
    "address": "Address",
    "email": "E-mail address",
    "alt": "Alternative text",
    "caption": "Caption",
    "credit": "Credit",
    "tagline": "Line below it",
    "sender": "Sender of the mails",
    "open_thread_text": "Text of the open thread",
    "watched_names": "Names that should not stand in a comment",
}


@dataclass(frozen=True)
class Typed:
    """One field of a form that could not be taken."""

    name: str
    value: str

    @property
    def label(self) -> str:
        return LABELS.get(self.name, "")

    @property
    def is_long(self) -> bool:
        return len(self.value) > 60 or "\n" in self.value


def typed_fields(request: HttpRequest) -> list[Typed]:
    """All that the form held, in its order, but passwords and tokens."""
    try:
        lists = list(request.POST.lists())
    except Exception:  # noqa: BLE001 - a body that broke off in the middle: nothing can be read from it
        return []
    return [
        Typed(name, str(value))
        for name, values in lists
        for value in values
        if not any(part in name for part in NEVER_SHOWN_AGAIN)
    ]


def send_again(request: HttpRequest, *, session_ended: bool, second_factor: bool = False) -> HttpResponse:
    """Hand back a staff form that came without a session, a second factor or a fresh token, ready to be sent again."""
    context = {"typed": typed_fields(request), "session_ended": session_ended, "second_factor": second_factor}
    response = render(request, "send_again.html", context, status=403)
    response["Cache-Control"] = "no-store"
    return response
