"""The moderators' queue: its first case, lists of cases, and one case."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from forum.errors import ForumError
from forum.models import Comment
from forum.moved import comment_now
from forum.services.away import note_queue_opened
from forum.source import small_number
from forum.staff import MODERATE, staff_only
from moderation.looking import look_at
from moderation.models import Case
from moderation.queue_order import LISTED, Wanted, choices
from moderation.services import open_case
from moderation.services.bulk import MOST
from moderation.views.case_page import case_page, just_done
from moderation.views.forms import numbered_reasons

SHOWN_AT_ONCE = 50


@require_safe
@staff_only(MODERATE)
def queue(request: HttpRequest) -> HttpResponse:
    """The case that comes first; or a list: of all that wait, or of the cases decided last."""
    note_queue_opened()
    if request.GET.get("show") == "decided":
        return decided_page(request)
    if request.GET.get("view") == "list":
        return list_page(request)
    wanted = Wanted.by(request.user, request.GET)
    first = wanted.cases().select_related("post", "comment").first()
    if first is None:
        waiting = 0 if wanted.is_all else Case.objects.open().count()
        context = {"done": just_done(request), "waiting": waiting, "wanted": wanted}
        return render(request, "moderation/nothing_waits.html", context)
    return case_page(request, first)


def decided_page(request: HttpRequest) -> HttpResponse:
    listed = Case.objects.decided().select_related("post", "comment")
    listed = listed.prefetch_related(*LISTED, "decisions__moderator")
    page = Paginator(listed, SHOWN_AT_ONCE).get_page(request.GET.get("page"))
    context = {"page": page, "waiting": Case.objects.open().count()}
    return render(request, "moderation/decided.html", context)


def list_page(request: HttpRequest, *, status: int = 200, **context: object) -> HttpResponse:
    """All that wait, or those of a post or a rule, to decide many at once. Each row carries the version of its case."""
    wanted = Wanted.by(request.user, request.GET)
    listed = wanted.cases().select_related("post", "comment").prefetch_related(*LISTED)
    page = Paginator(listed, MOST).get_page(request.GET.get("page"))
    picked = set(request.POST.getlist("pick"))
    rows = [(case, f"{case.pk}:{case.version}" in picked) for case in page]
    posts, rules = choices()
    waiting = page.paginator.count if wanted.is_all else Case.objects.open().count()
    context |= {"page": page, "rows": rows, "reasons": numbered_reasons(), "waiting": waiting}
    context |= {"wanted": wanted, "posts": posts, "rules": rules}
    return render(request, "moderation/list.html", context, status=status)


@require_safe
@staff_only(MODERATE)
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: the comment in its conversation, what was said about it, what was decided before."""
    found = get_object_or_404(Case.objects.select_related("post", "comment"), pk=pk)
    if newer := found.newer:
        return redirect(newer)
    return case_page(request, found)


@require_safe
@staff_only(MODERATE)
def waiting(request: HttpRequest) -> HttpResponse:
    """How much waits, and who else looks at the case that is open; pages ask every thirty seconds."""
    pk = small_number(request.GET.get("case"))
    is_open = pk and Case.objects.open().filter(pk=pk).exists()
    others = look_at(pk, request.user) if pk and is_open else []
    return JsonResponse({"waiting": Case.objects.open().count(), "looking": ", ".join(others)})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(MODERATE)
def about_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """From a comment to its case: the open one, else the last one, else a new one on the moderator's word."""
    comment = get_object_or_404(Comment.objects.select_related("post"), pk=pk)
    if comment.state == Comment.State.MOVED and (moved := comment_now(comment.post, comment.number)):
        return redirect("moderation:about_comment", moved.pk)
    if request.method == "POST":
        try:
            return redirect(open_case(post=comment.post, comment=comment))
        except ForumError as error:
            messages.error(request, str(error))
            return redirect("moderation:about_comment", pk)
    if found := comment.cases.order_by("closed_at").filter(closed_at=None).first() or comment.cases.last():
        return redirect(found)
    return render(request, "moderation/open_case.html", {"comment": comment, "post": comment.post})
