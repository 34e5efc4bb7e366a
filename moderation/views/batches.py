"""Deciding many cases with one press, what came of it, and undoing all of it."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from forum.errors import ForumError
from forum.source import small_number
from forum.staff import MODERATE, staff_only
from moderation.errors import DecidedMeanwhile, NeedsAnswer, NotPossible
from moderation.models import Action, Case, Decision
from moderation.services import Ruling, decide_many, undo_batch
from moderation.views.forms import BulkForm
from moderation.views.queue import list_page

PICKED = re.compile(r"(\d{1,9}):(\d{1,9})", re.ASCII)


@require_POST
@staff_only(MODERATE)
def bulk(request: HttpRequest) -> HttpResponse:
    """Decide the cases that were ticked, as they were on the page."""
    form = BulkForm(request.POST)
    found = [PICKED.fullmatch(each) for each in request.POST.getlist("pick")]
    picked = [(int(match[1]), int(match[2])) for match in found if match]
    if not form.is_valid() or not picked:
        errors = [str(error) for errors in form.errors.values() for error in errors] or ["Tick at least one case."]
        return list_page(request, status=422, errors=errors, sent=request.POST)
    sent = form.cleaned_data
    ruling = Ruling(Action.KEEP, sent["reason"] if sent["answer"] == "goes" else "", sent["internal_note"])
    try:
        done = decide_many(picked=picked, moderator=request.user, answer=sent["answer"], ruling=ruling)
    except ForumError as error:
        return list_page(request, status=error.status, errors=[str(error)], sent=request.POST)
    skipped = "".join(f"&{_why(error)}={pk}" for pk, error in done.skipped)
    return HttpResponseRedirect(f"{reverse('moderation:batch', args=[done.batch])}?{skipped[1:]}", status=303)


def _why(error: ForumError) -> str:
    return {DecidedMeanwhile: "changed", NeedsAnswer: "appeal"}.get(type(error), "unfit")


@require_safe
@staff_only(MODERATE)
def batch(request: HttpRequest, batch: str) -> HttpResponse:
    """What one press decided; the address says what was left alone, and why."""
    lines = Decision.objects.filter(batch=batch).select_related("comment__post", "post", "undone_by")
    skipped = _skipped(request)
    if not lines and not skipped:
        raise Http404
    context = {"batch": batch, "lines": lines, "skipped": skipped, "waiting": Case.objects.open().count()}
    context |= {"left": request.GET.getlist("left"), "standing": [line for line in lines if not line.is_undone]}
    return render(request, "moderation/batch.html", context)


def _skipped(request: HttpRequest) -> list[tuple[Case, str]]:
    """The cases that were left alone, with the sentence why, as the address names them."""
    asked = {
        name: [small_number(pk) or 0 for pk in request.GET.getlist(name)] for name in ("changed", "appeal", "unfit")
    }
    cases = Case.objects.select_related("comment", "post").prefetch_related("decisions__moderator")
    found = cases.in_bulk({pk for pks in asked.values() for pk in pks})
    return [(found[pk], _sentence(name, found[pk])) for name, pks in asked.items() for pk in pks if pk in found]


def _sentence(why: str, case: Case) -> str:
    if why == "changed":
        return DecidedMeanwhile.what_happened(case)
    return str(NeedsAnswer() if why == "appeal" else NotPossible())


@require_POST
@staff_only(MODERATE)
def undo(request: HttpRequest, batch: str) -> HttpResponse:
    """Undo all that one press decided, and say what stays as it is."""
    done = undo_batch(batch=batch, moderator=request.user)
    if not done.lines and not done.left:
        raise Http404
    left = "".join(f"&left={line.pk}" for line, _ in done.left)
    return HttpResponseRedirect(
        f"{reverse('moderation:batch', args=[batch])}?undone={len(done.lines)}{left}", status=303
    )
