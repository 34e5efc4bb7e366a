"""The page of one case, with the queue beside it: what answers to it come back to."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from forum import threads
from forum.slow_mode import pause_around
from forum.source import small_number
from forum.thread_html import Frame, thread_html
from moderation.answers import answers_for
from moderation.looking import look_at
from moderation.models import Action, Case, Decision
from moderation.queue_order import LISTED, Wanted, place_of
from moderation.reach import reach_of
from moderation.services.deciding import may_be_undone
from moderation.services.judging import is_alone
from moderation.sitting import should_pause
from moderation.views.forms import numbered_reasons

# Minutes between two comments from one network in a slow thread.
PAUSES = [2, 5, 10, 30, 60]
# Whoever undoes step by step is to come to no older work by one press too many.
SAME_SITTING = datetime.timedelta(hours=1)
WORDS = ("note", "remark", "words", "internal_note")


def case_page(request: HttpRequest, found: Case, *, status: int = 200, **context: Any) -> HttpResponse:
    """The page of a case. Readers' replies and neighbours stand around the comment, whatever their state."""
    prefetch_related_objects([found], *LISTED)
    if found.comment:
        context |= in_conversation(found)
    wanted = Wanted.by(request.user, request.GET)
    about = {"post": found.post_id, "comment": found.comment_id}
    requests = list(found.removal_requests.all())
    context |= {
        "case": found,
        "answers": answers_for(found),
        "reports": found.reports.all(),
        "removal_requests": requests,
        "reach": reach_of(found.comment) if found.comment and requests else [],
        "appeals": found.appeals.all(),
        "log": Decision.objects.filter(**about).select_related("moderator"),
        "reasons": numbered_reasons(),
        "queue": (queue := place_of(found.pk, wanted)),
        "wanted": wanted,
        "waiting": queue.count if wanted.is_all else Case.objects.open().count(),
        "left": last_left(found) if found.is_open and found.left_by_id else None,
        "can_leave": found.is_open and not is_alone(),
        "looking": look_at(found.pk, request.user) if found.is_open else [],
        "done": just_done(request),
        "typed": typed_words(request.POST),
    }
    return render(request, "moderation/case.html", context, status=status)


def in_conversation(found: Case) -> dict[str, Any]:
    """The comment with what stands around it, and how its thread is set."""
    assert found.comment
    rows = threads.read_rows(found.post)
    target = next(row for row in rows if row.id == found.comment_id)
    part = threads.surroundings(rows, target)
    path, year = found.post.get_absolute_url(), found.post.year or 0
    frame = Frame(path, year, can_reply=False, reveal=True, target=target.id, target_folded=found.is_folded)
    return {
        "thread": thread_html(part, frame),
        "pause": pause_around(found.comment),
        "pauses": PAUSES,
        "locked": found.comment.locked,
    }


def last_left(found: Case) -> Decision | None:
    """The line of the log that says who left it to a colleague, and why."""
    lines = found.decisions.filter(action=Action.HAND_OVER, undone_by=None, moderator=found.left_by_id)
    return lines.select_related("moderator").last()


def just_done(request: HttpRequest) -> dict[str, Any] | None:
    """What the address says was decided just now, and what can be undone from where the moderator is.

    That is the decision itself; or after an undo, this moderator's one before it, if they made it in the same hour.
    """
    pk = small_number(request.GET.get("done"))
    lines = Decision.objects.select_related("comment", "post", "undone_by", "undoes")
    line = lines.filter(pk=pk).first() if pk else None
    if line is None:
        return None
    to_undo: Decision | None = line
    if line.undoes:
        standing = lines.filter(moderator=line.moderator_id, undone_by=None, pk__lt=line.undoes.pk, batch="")
        standing = standing.filter(decided_at__gte=timezone.now() - SAME_SITTING)
        to_undo = standing.exclude(action=Action.UNDO).order_by("-pk").first()
    pause = 0 if line.undoes else should_pause(request.user)
    return {"line": line, "undo": to_undo if to_undo and may_be_undone(to_undo) else None, "pause": pause}


def typed_words(sent: QueryDict) -> list[str]:
    """What came with a form that was not carried out, to be handed back where no form is left for it."""
    return [text for name in WORDS if (text := str(sent.get(name, "")))]
