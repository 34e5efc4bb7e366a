"""Answering removal requests; whoever asked reads the answer with their receipt (moderation/views/receipts.py)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from forum.errors import ForumError
from forum.staff import MODERATE, staff_only
from moderation.models import Action, RemovalRequest
from moderation.reach import reach_of
from moderation.services import Answer, answer_request
from moderation.views.case_page import case_page

MOST_CHARACTERS = 2000
DOES = {"remove": Action.REMOVE, "redact": Action.REDACT, "": None}


class AnswerForm(forms.Form):
    """`does` is what happens to the comment with it; `words`, one a line, are those to take out."""

    version = forms.IntegerField()
    outcome = forms.ChoiceField(
        choices=RemovalRequest.Outcome.choices, error_messages={"required": "Choose: granted or refused."}
    )
    does = forms.ChoiceField(choices=[(name, name) for name in DOES], required=False)
    words = forms.CharField(max_length=MOST_CHARACTERS, required=False)
    answer = forms.CharField(max_length=MOST_CHARACTERS, required=False)

    def read(self) -> Answer:
        """What was typed, of a form that is valid."""
        said = self.cleaned_data
        words = tuple(line.strip() for line in said["words"].splitlines() if line.strip())
        granted = said["outcome"] == RemovalRequest.Outcome.GRANTED
        action = DOES[said["does"]] if granted else None
        outcome = RemovalRequest.Outcome(said["outcome"])
        return Answer(outcome, said["answer"], said["version"], action, words=words)


@require_POST
@staff_only(MODERATE)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a removal request; back to its case, with what the decision reached."""
    asked = get_object_or_404(RemovalRequest.objects.select_related("case__post", "case__comment__post"), pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        sentences = [str(error) for errors in form.errors.values() for error in errors]
        return case_page(request, asked.case, status=422, errors=sentences, answering=pk, answered=request.POST)
    places = reach_of(asked.case.comment) if asked.case.comment else []
    try:
        made = answer_request(request_id=pk, moderator=request.user, answer=form.read())
    except ForumError as error:
        asked.refresh_from_db()
        return case_page(
            request, asked.case, status=error.status, errors=[str(error)], answering=pk, answered=request.POST
        )
    messages.success(request, "Answered. Whoever asked reads it with their receipt.")
    if made and made.action in {Action.REMOVE, Action.REDACT} and places:
        messages.success(request, f"It reached {', '.join(map(str, places))}.")
    return HttpResponseRedirect(asked.case.get_absolute_url(), status=303)
