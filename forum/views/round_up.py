"""The owner's round-up: ticking comments, putting them in order, and quoting one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from forum import receipts, threads
from forum.errors import BadTitle, ForumError
from forum.models import Comment, Pick, Post
from forum.services.round_ups import (
    MOST_PICKS,
    feature_comment,
    make_round_up,
    newest_besides,
    order_picks,
    quoting,
    set_picks,
)
from forum.source import small_number
from forum.staff import WRITE_POSTS, staff_only
from forum.thread_html import Frame, thread_html
from forum.views.before_posting import check_of
from forum.views.editing import tab_of


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def collect(request: HttpRequest, pk: int) -> HttpResponse:
    """A thread with a box to tick beside each comment."""
    post = get_object_or_404(Post.objects.published(), pk=pk)
    if request.method == "POST":
        ids = [number for text in request.POST.getlist("pick") if (number := small_number(text))]
        return collected(request, set_picks(post_id=pk, comment_ids=ids))
    picked = frozenset(Pick.objects.filter(comment__post=post).values_list("comment_id", flat=True))
    rows = threads.prune(threads.read_rows(post))
    frame = Frame(post.get_absolute_url(), post.year or 0, can_reply=False, picked=picked)
    return render(request, "forum/collect.html", {"post": post, "thread": thread_html(rows, frame)})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def round_up(request: HttpRequest) -> HttpResponse:
    """What is collected: put it in order, write a lead-in, make a draft of it."""
    if request.method != "POST":
        return round_up_page(request)
    positions = {pick.pk: small_number(request.POST.get(f"position-{pick.pk}")) for pick in Pick.objects.all()}
    dropped = [number for text in request.POST.getlist("drop") if (number := small_number(text))]
    order_picks(positions={pk: place for pk, place in positions.items() if place is not None}, dropped=dropped)
    if "make" not in request.POST:
        return round_up_page(request)
    title, lead_in = request.POST.get("title", ""), request.POST.get("lead_in", "")
    try:
        return redirect("forum:edit_post", make_round_up(title=title, lead_in=lead_in, nonce=tab_of(request)).pk)
    except ForumError as error:
        field = "title" if isinstance(error, BadTitle) else "lead_in"
        return round_up_page(request, errors=[(field, str(error))], status=error.status)


def round_up_page(
    request: HttpRequest, *, errors: list[tuple[str, str]] | None = None, status: int = 200
) -> HttpResponse:
    title, lead_in = request.POST.get("title", ""), request.POST.get("lead_in", "")
    context = {
        "picks": Pick.objects.select_related("comment__post", "comment__voice"),
        "errors": errors or [],
        "tab": receipts.new_nonce(),
        "title": title,
        "lead_in": lead_in,
        "check": check_of(request, title=title, text=lead_in),
        "posts": Post.objects.published().filter(comment_count__gt=0)[:10],
    }
    return render(request, "forum/round_up.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def quote(request: HttpRequest, pk: int) -> HttpResponse:
    """One comment: collect it, show it under the newest post, or begin a post with it."""
    comment = get_object_or_404(Comment.objects.published().select_related("post"), pk=pk)
    if request.method != "POST":
        return quote_page(request, comment)
    if "feature" in request.POST:
        try:
            post = feature_comment(comment_id=pk)
        except ForumError as error:
            return quote_page(request, comment, error=str(error), status=error.status)
        messages.success(request, f"It stands at the end of “{post.title}” now.")
        return redirect(post)
    picked = set(Pick.objects.filter(comment__post=comment.post_id).values_list("comment_id", flat=True))
    return collected(request, set_picks(post_id=comment.post_id, comment_ids=picked | {pk}))


def collected(request: HttpRequest, left_out: int) -> HttpResponse:
    if left_out:
        messages.warning(request, f"At most {MOST_PICKS} comments are collected. Not taken: {left_out}.")
    return HttpResponseRedirect("/desk/round-up/", status=303)


def quote_page(request: HttpRequest, comment: Comment, *, error: str = "", status: int = 200) -> HttpResponse:
    # Not "block": inside {% block %} that is the template's own.
    context = {"comment": comment, "post": comment.post, "lines": quoting(comment), "error": error}
    return render(request, "forum/quote.html", context | {"newest": newest_besides(comment)}, status=status)
