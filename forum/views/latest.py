"""The latest comments of the whole site."""

from __future__ import annotations

import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from forum.extracts import extract, own_words, plain_text
from forum.latest import page_before, read_cursor, row_of
from forum.models import Comment
from forum.staff import staff_role
from forum.thread_html import Frame, listed_html

# Longer texts, in characters and lines, are shown by their beginning only.
LONGEST = 300
MOST_LINES = 12
# A post that is older than this says of which year it is.
OLD = datetime.timedelta(days=365)


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """Comments that readers can read, newest first; `?before=` goes on behind a place that a page before named."""
    asked = request.GET.get("before")
    place = None if asked is None else read_cursor(asked)
    if asked is not None and place is None:
        raise Http404("There is no such page.")
    comments, after = page_before(place)
    moderate = bool(staff_role(request))
    context = {
        "comments": [listed(comment, timezone.localtime(), moderate=moderate) for comment in comments],
        "after": after,
        "is_first": place is None,
    }
    return render(request, "forum/latest.html", context)


def listed(comment: Comment, now: datetime.datetime, *, moderate: bool) -> SafeString:
    """One comment of the list, with the year where it is not this one."""
    post = comment.post
    frame = Frame(post.get_absolute_url(), now.year, can_reply=post.takes_comments, moderate=moderate, title=post.title)
    is_old = post.published_at is not None and now - post.published_at > OLD
    is_long = len(plain_text(comment.html)) > LONGEST or comment.html.count("\n") > MOST_LINES
    return listed_html(
        row_of(comment),
        frame,
        post_year=str(post.year) if is_old else "",
        extract=extract(own_words(comment.html), LONGEST) if is_long else "",
    )
