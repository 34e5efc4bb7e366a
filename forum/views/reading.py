"""Home, archive, labels, and a post with its thread."""

from __future__ import annotations

import datetime

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from forum import quotations, threads
from forum.models import Comment, Label, Post
from forum.querysets import PostQuerySet
from forum.source import small_number
from forum.staff import staff_role
from forum.thread_html import Frame, thread_html
from forum.views.writing import blank_form, readable_post

POSTS_A_PAGE = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Posts, newest first; with `?from=readers` only the discussions that readers began."""
    posts, from_readers = Post.objects.published(), request.GET.get("from") == "readers"
    page = posts_page(request, posts.from_readers() if from_readers else posts)
    context = {"page": page, "from_readers": from_readers, "filter": "from=readers&" if from_readers else ""}
    return render(request, "forum/home.html", context)


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """The months that have posts, newest first, and the labels."""
    months = Post.objects.published().values("year", "month").annotate(posts=Count("pk")).order_by("-year", "-month")
    listed = [{"first": datetime.date(row["year"], row["month"], 1), "posts": row["posts"]} for row in months]
    labels = Label.objects.filter(posts__state=Post.State.PUBLISHED).annotate(count=Count("posts")).order_by("name")
    return render(request, "forum/archive.html", {"months": listed, "labels": labels})


@require_safe
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """The posts of one month."""
    posts = Post.objects.published().filter(year=year, month=month)
    if not posts.exists():
        raise Http404("No post was published in that month.")
    context = {"page": posts_page(request, posts), "first": datetime.date(year, month, 1)}
    return render(request, "forum/month.html", context)


@require_safe
def label(request: HttpRequest, slug: str) -> HttpResponse:
    """The posts with one label."""
    found = get_object_or_404(Label, slug=slug)
    return render(request, "forum/label.html", {"page": posts_page(request, posts_with(found)), "label": found})


def posts_with(label: Label) -> PostQuerySet:
    """The published posts with this label; 404 if there is none."""
    posts = Post.objects.published().filter(labels=label)
    if not posts.exists():
        raise Http404("No published post has this label.")
    return posts


def posts_page(request: HttpRequest, posts: PostQuerySet) -> Page[Post]:
    """The page of posts that `?page=` names; 404 for one that does not exist."""
    try:
        return Paginator(posts.prefetch_related("labels"), POSTS_A_PAGE).page(request.GET.get("page", 1))
    except InvalidPage:
        raise Http404("There is no such page.") from None


@require_safe
def post(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    """A post and the page of its thread that `?page=` or `?c=` asks for."""
    found = readable_post(year, month, slug)
    try:
        asked_for = number_from(request.GET.get("c"))
        rows = threads.prune(threads.read_rows(found), keep=asked_for)
        pages = threads.pages(rows)
        at = page_index(request.GET.get("page"), pages, asked_for)
    except Http404:
        return render(request, "404.html", {"post": found}, status=404)
    role = staff_role(request)
    found.html, found.updates_html = quotations.fill([found.html, found.updates_html])
    frame = Frame(
        found.get_absolute_url(),
        found.year or 0,
        found.takes_comments,
        moderate=bool(role),
        quote=role == Comment.StaffRole.OWNER,
        featured=quotations.featured_in(found),
    )
    context = {
        "post": found,
        "labels": list(found.labels.all()),
        "thread": thread_html(threads.mark_gaps(rows if at is None else pages[at]), frame),
        "page_number": None if at is None else at + 1,
        "page_numbers": range(1, len(pages) + 1) if len(pages) > 1 else None,
        "next_page": None if at is None or at + 1 == len(pages) else at + 2,
        "form": blank_form(found, role=role),
        "role": role,
    }
    return render(request, "forum/post.html", context)


@require_safe
def comment(request: HttpRequest, year: int, month: int, slug: str, number: int) -> HttpResponse:
    """One comment in its conversation: what it answers, itself, and what answers it."""
    found = readable_post(year, month, slug)
    rows = threads.prune(threads.read_rows(found), keep=number)
    target = next((row for row in rows if row.number == number), None)
    if target is None:
        raise Http404("There is no such comment.")
    role = staff_role(request)
    frame = Frame(
        found.get_absolute_url(), found.year or 0, found.takes_comments, moderate=bool(role), target=target.id
    )
    part = threads.mark_gaps(threads.conversation(rows, target))
    context = {"post": found, "number": number, "thread": thread_html(part, frame)}
    return render(request, "forum/comment.html", context)


def number_from(text: str | None) -> int | None:
    """A comment's or page's number from an address, None where there is none; 404 if it is not one."""
    number = small_number(text)
    if text is not None and number is None:
        raise Http404("That is not a number.")
    return number


def page_index(asked: str | None, pages: list[list[threads.Row]], number: int | None) -> int | None:
    """Which page to show, from 0; None for all on one page. A comment's number decides before a page's."""
    if number is not None:
        for index, page in enumerate(pages):
            if any(row.number == number for row in page):
                return index
        raise Http404("There is no such comment under this post.")
    if asked == "all":
        return None
    wanted = number_from(asked) if asked else 1
    if not wanted or wanted > len(pages):
        raise Http404("There is no such page.")
    return wanted - 1
