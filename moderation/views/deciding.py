"""Deciding: a case, a thread, a post; and undoing. The answer leads to where the next decision waits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from forum.errors import ForumError
from forum.models import Comment, Post
from forum.source import UNSTORABLE, small_number
from forum.staff import MODERATE, staff_only
from moderation.answers import answers_for
from moderation.errors import DecidedMeanwhile, RequestWaits
from moderation.looking import look_away
from moderation.models import Action, Case, Decision
from moderation.queue_order import Wanted, next_after
from moderation.services import decide, leave_to_colleague, lock_thread, pin_note, slow_down
from moderation.services import undo as undo_decision
from moderation.views.case_page import case_page
from moderation.views.forms import DecisionForm
from moderation.views.log import log_page

CASES = Case.objects.select_related("post", "comment")


@require_POST
@staff_only(MODERATE)
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide a case; the next one that waits follows. Whoever comes second sees what the first one did."""
    found = get_object_or_404(CASES, pk=pk)
    form = DecisionForm(request.POST)
    form.answers_author = found.is_open and found.is_appealed
    # Where it was decided meanwhile, a reason is still understood, and refused for that.
    form.goes = answers_for(found).goes or Action.REMOVE
    if not form.is_valid():
        sentences = [str(error) for errors in form.errors.values() for error in errors]
        return case_page(request, found, status=422, errors=sentences, sent=request.POST)
    wanted, ruling = Wanted.by(request.user, request.GET), form.ruling()
    behind = next_after(pk, wanted)
    try:
        made = decide(case_id=pk, version=form.cleaned_data["version"], moderator=request.user, ruling=ruling)
    except ForumError as error:
        said = request.user.pk, ruling.action, ruling.reason, ruling.internal_note
        if same := _pressed_twice(error, form.cleaned_data["version"], said):
            return _on_to(behind, same, wanted.query)
        asked = error.request_id if isinstance(error, RequestWaits) else None
        words: dict[str, Any] = {"errors": [str(error)], "sent": request.POST, "answering": asked}
        return case_page(request, CASES.get(pk=pk), status=error.status, **words)
    look_away(pk, request.user)
    stays_here = Case.objects.open().filter(pk=pk).exists()
    return _on_to(pk if stays_here else behind, made, wanted.query)


@require_POST
@staff_only(MODERATE)
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a case to a colleague, with a note; the next one that waits follows."""
    get_object_or_404(CASES, pk=pk)
    wanted, version = Wanted.by(request.user, request.GET), small_number(request.POST.get("version")) or 0
    note = " ".join(UNSTORABLE.sub("", request.POST.get("internal_note", "")).split())[:400]
    behind = next_after(pk, wanted)
    try:
        made = leave_to_colleague(case_id=pk, version=version, moderator=request.user, note=note)
    except ForumError as error:
        if same := _pressed_twice(error, version, (request.user.pk, Action.HAND_OVER, "", note)):
            return _on_to(behind, same, wanted.query)
        return case_page(request, CASES.get(pk=pk), status=error.status, errors=[str(error)], sent=request.POST)
    look_away(pk, request.user)
    return _on_to(behind or pk, made, wanted.query)


def _pressed_twice(error: ForumError, version: int, said: tuple[object, ...]) -> Decision | None:
    """The decision that the first press of the same button made, if this is the second.

    `said`: by whom, which action, the reason, the note.
    """
    if not isinstance(error, DecidedMeanwhile) or error.case.version != version + 1:
        return None
    line = error.case.decisions.last()
    same = line and said == (line.moderator_id, line.action, line.reason, line.internal_note)
    return line if same else None


def _on_to(case_id: int | None, made: Decision, query: str) -> HttpResponse:
    where = reverse("moderation:case", args=[case_id]) if case_id else reverse("moderation:queue")
    return HttpResponseRedirect(f"{where}?done={made.pk}{query and '&'}{query}", status=303)


@require_POST
@staff_only(MODERATE)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision back; from the log, back to the log, else to the case that waits again."""
    line = get_object_or_404(Decision.objects.select_related("case", "comment"), pk=pk)
    from_log = "log" in request.POST
    try:
        made = undo_decision(decision_id=pk, moderator=request.user)
    except ForumError as error:
        if from_log or line.case_id is None:
            return log_page(request, status=error.status, errors=[str(error)])
        return case_page(request, CASES.get(pk=line.case_id), status=error.status, errors=[str(error)])
    if from_log:
        page = small_number(request.POST.get("page")) or 1
        return HttpResponseRedirect(f"{reverse('moderation:log')}?page={page}&done={made.pk}#d{pk}", status=303)
    return _back_to(line.case, line.comment, made, Wanted.by(request.user, request.GET).query)


@require_POST
@staff_only(MODERATE)
def slow(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the thread of a comment slow, or end that (`minutes` 0); back to the comment's case."""
    comment = get_object_or_404(Comment, pk=pk)
    minutes = small_number(request.POST.get("minutes"))
    try:
        made = slow_down(comment=comment, moderator=request.user, minutes=-1 if minutes is None else minutes)
    except ForumError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("moderation:about_comment", args=[pk]), status=303)
    return _back_to(_case_of(comment), comment, made)


@require_POST
@staff_only(MODERATE)
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """The thread of a comment takes no more replies; or with `unlock`, it takes them again."""
    comment = get_object_or_404(Comment, pk=pk)
    try:
        made = lock_thread(comment=comment, moderator=request.user, locked="unlock" not in request.POST)
    except ForumError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("moderation:about_comment", args=[pk]), status=303)
    return _back_to(_case_of(comment), comment, made)


@require_POST
@staff_only(MODERATE)
def pin(request: HttpRequest, pk: int) -> HttpResponse:
    """Put words above the thread and the form of a post; none take them down. Back to the case they came from."""
    post = get_object_or_404(Post, pk=pk)
    found = CASES.filter(post=post, pk=small_number(request.POST.get("case")) or 0).first()
    try:
        made = pin_note(post=post, moderator=request.user, text=UNSTORABLE.sub("", request.POST.get("text", "")))
    except ForumError as error:
        if found is None:
            return log_page(request, status=error.status, errors=[str(error)])
        return case_page(request, found, status=error.status, errors=[str(error)], pinned=request.POST.get("text"))
    return _back_to(found, None, made)


def _case_of(comment: Comment) -> Case | None:
    """Its open case, else its last one."""
    found: Case | None = comment.cases.filter(closed_at=None).first() or comment.cases.last()
    return found


def _back_to(case: Case | None, comment: Comment | None, made: Decision, query: str = "") -> HttpResponse:
    if case:
        where = case.get_absolute_url()
    else:
        where = reverse("moderation:about_comment", args=[comment.pk]) if comment else reverse("moderation:log")
    return HttpResponseRedirect(f"{where}?done={made.pk}{query and '&'}{query}", status=303)
