"""Answering a held comment from its case."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from forum.errors import ForumError
from forum.models import Comment
from forum.source import small_number
from forum.staff import MODERATE, staff_only, staff_role
from moderation.models import Case
from moderation.services.answering import Reply, answer_held
from moderation.views.case_page import case_page


@require_POST
@staff_only(MODERATE)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish an answer to a held comment with an extract from it; the next case follows."""
    get_object_or_404(Case, pk=pk)
    said = Reply(request.POST.get("extract", ""), request.POST.get("answer_text", ""), staff_role(request))
    version = small_number(request.POST.get("version")) or 0
    try:
        line = answer_held(case_id=pk, version=version, moderator=request.user, reply=said)
    except ForumError as error:
        found = Case.objects.select_related("post", "comment").get(pk=pk)
        return case_page(request, found, status=error.status, errors=[str(error)], sent=request.POST)
    made = Comment.objects.select_related("post").get(pk=line.after["answer"])
    link = format_html('<a href="{}">comment {}</a>', made.get_absolute_url(), made.number)
    messages.success(request, format_html("Answered in {}. The rest stays held.", link))
    return HttpResponseRedirect("/moderation/", status=303)
