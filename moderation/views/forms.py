"""What a moderator's forms send."""

from __future__ import annotations

from typing import Any

from django import forms

from moderation.models import Action, reasons_shown
from moderation.services import NEEDS_REASON, Ruling


def numbered_reasons() -> list[tuple[int, str, str]]:
    """Each reason with the number that chooses it, what readers will see, and what the button says."""
    return [(number, reason.sentence, reason.label) for number, reason in enumerate(reasons_shown(), 1)]


def reason_choices() -> list[tuple[str, str]]:
    return [("", "No reason chosen"), *((sentence, label) for _, sentence, label in numbered_reasons())]


class DecisionForm(forms.Form):
    """A decision about a case. A pressed reason says by itself that the comment goes.

    `note` are the public words that go with a reason, or the answer to an appeal; `remark` is the note that a comment
    is kept with; `words` are those to take out, one a line.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    action = forms.ChoiceField(choices=Action.choices, required=False)
    reason = forms.ChoiceField(choices=reason_choices, required=False)
    note = forms.CharField(max_length=300, required=False)
    remark = forms.CharField(max_length=400, required=False)
    words = forms.CharField(max_length=5000, required=False, strip=False)
    internal_note = forms.CharField(max_length=400, required=False)
    # Whether the note is an answer to an appeal, which goes with every decision.
    answers_author = False
    # What a reason alone means: the action that takes this comment away.
    goes: Action | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("action") and data.get("reason") and self.goes:
            data["action"] = self.goes
        if "action" in data and not data["action"]:
            raise forms.ValidationError("Press one of the answers.")
        action = Action(data["action"]) if data.get("action") else None
        self._check_that_words_fit(action, data)
        return data

    def _check_that_words_fit(self, action: Action | None, data: dict[str, Any]) -> None:
        """What was typed goes with one answer only: with another one it would be lost."""
        for name, what, goes_with in (
            ("reason", "gave a reason", NEEDS_REASON),
            ("note", "wrote words for readers", set(Action) if self.answers_author else NEEDS_REASON),
            ("remark", "wrote a note to keep it with", {Action.NOTE}),
            ("words", "wrote words to take out", {Action.REDACT}),
        ):
            if action and data.get(name, "").strip() and action not in goes_with:
                chosen = f"You {what}, but pressed “{action.label}”."
                raise forms.ValidationError(f"{chosen} Take that back, or press the button that goes with it.")

    def ruling(self) -> Ruling:
        """What was chosen, as the services want it."""
        data = self.cleaned_data
        action = Action(data["action"])
        words = tuple(line.strip() for line in data["words"].splitlines() if line.strip())
        reason = _one_line(data["remark"]) if action is Action.NOTE else self._public_reason()
        return Ruling(action, reason, _one_line(data["internal_note"]), words)

    def _public_reason(self) -> str:
        """The reason as readers will see it, without its last full stop; "" if none of the list was chosen.

        An answer to an appeal needs none of the list.
        """
        note = _one_line(self.cleaned_data["note"]).rstrip(".")
        reason: str = self.cleaned_data["reason"]
        if self.answers_author and not reason:
            return note
        return f"{reason}. {note}" if reason and note else reason


class BulkForm(forms.Form):
    """One answer for many cases: `stays`, `goes` with a reason, or an action by name."""

    answer = forms.ChoiceField(
        choices=[("stays", "Keep or publish them"), ("goes", "Remove or refuse them"), ("off_topic", "Off topic")],
        required=False,
    )
    reason = forms.ChoiceField(choices=reason_choices, required=False)
    internal_note = forms.CharField(max_length=400, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["answer"] = data.get("answer") or ("goes" if data.get("reason") else "")
        if not data["answer"]:
            raise forms.ValidationError("Press one of the answers.")
        if data["answer"] == "goes" and not data.get("reason"):
            raise forms.ValidationError("Choose a reason: readers, and the authors, will see it.")
        return data


def _one_line(text: str) -> str:
    return " ".join(text.split())
