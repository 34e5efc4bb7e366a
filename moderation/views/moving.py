"""Moving a comment with its replies to another post: by its title or address, to a topic's post, or many at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from forum.errors import ForumError
from forum.models import Comment, Post
from forum.source import small_number
from forum.staff import MODERATE, staff_only
from moderation.addresses import posts_called
from moderation.models import Decision, Topic
from moderation.services import move_comment, park, park_all, undo_batch
from moderation.services.topics import Parked, alike

MOST_REASON = 400


@require_POST
@staff_only(MODERATE)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move it to the post with the key `post` or called `to` (of several, one is asked for), or park it on `topic`."""
    comment = get_object_or_404(Comment.objects.select_related("post"), pk=pk)
    sent = request.POST
    reason = " ".join(sent.get("reason", "").split())[:MOST_REASON]
    try:
        if "topic" in sent:
            topic = get_object_or_404(Topic.objects.select_related("post"), pk=small_number(sent["topic"]))
            return _moved(request, park(topic=topic, comment_id=pk, moderator=request.user))
        posts = _posts(request)
        if len(posts) == 1:
            line = move_comment(comment_id=pk, to_post=posts[0], moderator=request.user, reason=reason)
            return _moved(request, line)
        error, status = "" if posts else "No published post has this title or address.", 422
    except ForumError as problem:
        posts, error, status = [], str(problem), problem.status
    context = {"comment": comment, "posts": posts, "error": error, "to": sent.get("to", ""), "reason": reason}
    return render(request, "moderation/move.html", context, status=status)


def _posts(request: HttpRequest) -> list[Post]:
    if "post" in request.POST:
        return list(Post.objects.published().filter(pk=small_number(request.POST["post"]) or 0))
    return posts_called(request.POST.get("to", ""), host=request.get_host())


def _moved(request: HttpRequest, line: Decision) -> HttpResponse:
    comment = Comment.objects.select_related("post").get(decisions=line)
    number = line.after["moved"]
    said = f"{number} comments" if number > 1 else "1 comment"
    way = format_html('<a href="{}">{}</a>', comment.get_absolute_url(), comment.post.title)
    messages.success(request, format_html("Moved {} to {}.", said, way))
    return HttpResponseRedirect("/moderation/", status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(MODERATE)
def park_page(request: HttpRequest, pk: int, post_pk: int) -> HttpResponse:
    """The comments of a post that look like a topic: one press parks those that are ticked, another takes it back."""
    topic = get_object_or_404(Topic.objects.select_related("post"), pk=pk)
    post = get_object_or_404(Post, pk=post_pk)
    parked, undone = None, None
    if request.method == "POST" and "undo" in request.POST:
        batch = request.POST["undo"]
        undone = undo_batch(batch=batch, moderator=request.user) if batch else None
    elif request.method == "POST":
        chosen = {small_number(value) or 0 for value in request.POST.getlist("comment")}
        # Only what stands under this post: a form cannot reach further.
        there = Comment.objects.filter(post=post, pk__in=chosen).values_list("pk", flat=True)
        parked = park_all(topic=topic, comment_ids=set(there), moderator=request.user)
    context = {"topic": topic, "post": post, "comments": alike(topic, post), "undone": undone}
    return render(request, "moderation/park.html", context | _said(parked))


def _said(parked: Parked | None) -> dict[str, object]:
    return {"parked": parked, "count": parked.comments if parked else 0}
