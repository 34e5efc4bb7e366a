"""The owner's page for reasons: what moderators choose from, and what readers then see."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from forum.source import clean_title
from forum.staff import WRITE_POSTS, staff_only
from moderation.models import Reason
from moderation.services.listing import move_row, store_row

LIST = "/moderation/reasons/"


class ReasonForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Reason
        fields = ["label", "sentence", "active"]
        labels = {"label": "Short label", "sentence": "What readers see", "active": "Moderators can choose it"}
        help_texts = {
            "label": "Only moderators see it.",
            "sentence": "It stands where the comment stood and with its author’s receipt. No full stop at the end.",
        }
        error_messages = {
            "label": {"required": "Enter a label."},
            "sentence": {
                "required": "Enter what readers see.",
                "unique": "Another reason says the same to readers. Change that one, or enter other words.",
            },
        }

    def clean_label(self) -> str:
        return clean_title(self.cleaned_data["label"])

    def clean_sentence(self) -> str:
        return clean_title(self.cleaned_data["sentence"]).rstrip(".")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def reasons(request: HttpRequest) -> HttpResponse:
    """All reasons in their order, and the form for a new one."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        store_row(form.save(commit=False))
        return to_list(request, "The reason is added.")
    context = {"form": form, "reasons": Reason.objects.all()}
    return render(request, "moderation/reasons.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def reason(request: HttpRequest, pk: int) -> HttpResponse:
    """Change or delete a reason. What was decided with it keeps the words that it had then."""
    found = get_object_or_404(Reason, pk=pk)
    if request.method == "POST" and request.POST.get("do") == "delete":
        found.delete()
        return to_list(request, "The reason is deleted.")
    form = ReasonForm(request.POST if request.method == "POST" else None, instance=found)
    if form.is_valid():
        store_row(form.save(commit=False))
        return to_list(request, "Saved.")
    return render(request, "moderation/reason.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@staff_only(WRITE_POSTS)
def move_reason(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    move_row(get_object_or_404(Reason, pk=pk), up=request.POST.get("to") == "up")
    return HttpResponseRedirect(f"{LIST}#reason-{pk}", status=303)


def to_list(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(LIST, status=303)
