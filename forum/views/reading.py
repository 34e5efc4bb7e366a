"""Home, archive, labels, and a post with its thread."""

from __future__ import annotations

import datetime

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from forum import quotations, reader_cookies, seen
from forum.around_thread import GAP, filled
from forum.asked import CONVERSATIONS, Asked, read_query
from forum.marks import marked_html
from forum.models import Comment, Label, Post
from forum.moved import comment_now, is_gone
from forum.new_since import WORDS, counts_since_last_visit, news_of
from forum.permalinks import readable_post
from forum.querysets import PostQuerySet
from forum.reader_cookies import SEEN, seen_by, settings_of
from forum.source import small_number
from forum.staff import staff_role
from forum.thread_page import Reader, conversation_html, places_for, thread_page
from forum.views.write_form import shared_form

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
    """The page of posts that `?page=` names, with what came since this reader's visits; 404 for none that exists."""
    try:
        page = Paginator(posts.prefetch_related("labels"), POSTS_A_PAGE).page(request.GET.get("page", 1))
    except InvalidPage:
        raise Http404("There is no such page.") from None
    if seen_so_far := seen_by(request):
        came = counts_since_last_visit(list(page), seen_so_far)
        for post in page:
            post.came = came.get(post.pk, 0)
    return page


@require_safe
def post(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    """A post and the part of its thread that the address asks for, with what is new to this reader marked."""
    found = readable_post(year, month, slug)
    role, now, seen_so_far = staff_role(request), timezone.now(), seen_by(request)
    if seen_so_far is not None:
        seen_so_far = seen.look(seen_so_far, post=found.pk, newest=found.last_number, now=now)
    try:
        asked = read_query(request.GET, settings_of(request).view or CONVERSATIONS)
        if is_gone(found, asked.number):
            raise Http404("It was moved.")
        news = news_of(found, asked=asked.since, seen=seen_so_far, now=now)
        featured = quotations.featured_in(found) if found.is_quoted else {}
        reader = Reader(bool(role), role == Comment.StaffRole.OWNER, featured, news.numbers)
        context = {"asked": asked, "news": news, "since_words": WORDS, "now": now, "role": role, "gap": GAP}
        # One that is kept for everybody shows the settings that it is kept under.
        request.site_settings = getattr(request, "site_settings", found.site_settings)  # type: ignore[attr-defined]
        context |= _shown_of(found, asked) | {"write_form": shared_form(request, found)}
        with places_for(found, asked) as places:
            around = render_to_string("forum/post.html", context, request)
        thread = thread_page(found, asked, reader, places)
    except Http404:
        if moved := comment_now(found, small_number(request.GET.get("c"))):
            return redirect(moved)
        return render(request, "404.html", {"post": found}, status=404)
    response = HttpResponse(filled(around, found, asked, thread))
    if seen_so_far is not None:
        reader_cookies.keep(response, SEEN, seen.write(seen_so_far))
    return response


def _shown_of(post: Post, asked: Asked) -> dict[str, object]:
    """The post and its labels for the template, with what its text quotes and the words marked that were sought."""
    texts = quotations.fill([post.html, post.updates_html])
    if asked.words and asked.number is None:
        texts = [marked_html(text, asked.words) for text in texts]
    post.html, post.updates_html = texts
    return {"post": post, "labels": list(post.labels.all()) if post.is_labelled else []}


@require_safe
def comment(request: HttpRequest, year: int, month: int, slug: str, number: int) -> HttpResponse:
    """One comment in its conversation: what it answers, itself, and what answers it."""
    found = readable_post(year, month, slug)
    thread = None if is_gone(found, number) else conversation_html(found, number, Reader(bool(staff_role(request))))
    if thread is None and (moved := comment_now(found, number)):
        return redirect(f"{moved.post.get_absolute_url()}/c/{moved.number}")
    if thread is None:
        raise Http404("There is no such comment.")
    return render(request, "forum/comment.html", {"post": found, "number": number, "thread": thread})
