"""Atom feeds of posts and comments. Links name the site as `SITE_URL` has it."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from forum import quotations
from forum.feed import Feed
from forum.latest import newest
from forum.models import Comment, Label, Post
from forum.moved import comment_now
from forum.permalinks import readable_post
from forum.querysets import CommentQuerySet, PostQuerySet
from forum.site import current
from forum.views.reading import posts_with

POSTS_IN_FEED = 25
COMMENTS_IN_FEED = 50


@require_safe
def posts(request: HttpRequest) -> HttpResponse:
    """The newest posts, whole."""
    site = current()
    feed = Feed(title=site.name, subtitle=site.tagline, path="/feed.atom", page="/")
    add_posts(feed, Post.objects.published())
    return feed.answer(request)


@require_safe
def posts_with_label(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest posts with one label, whole."""
    label = get_object_or_404(Label, slug=slug)
    page = label.get_absolute_url()
    feed = Feed(title=f"{label.name} - {current().name}", path=f"{page}feed.atom", page=page)
    add_posts(feed, posts_with(label))
    return feed.answer(request)


@require_safe
def comments(request: HttpRequest) -> HttpResponse:
    """The newest comments of the whole site."""
    feed = Feed(title=f"Comments - {current().name}", path="/comments.atom", page="/comments/")
    add_comments(feed, newest())
    return feed.answer(request)


@require_safe
def comments_of_post(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    """The newest comments of one post; 404 and 410 as its page."""
    post = readable_post(year, month, slug)
    page = post.get_absolute_url()
    title = f"Comments on “{post.title}” - {current().name}"
    feed = Feed(title=title, path=f"{page}/comments.atom", page=f"{page}#comments")
    add_comments(feed, newest(post))
    return feed.answer(request)


@require_safe
def replies(request: HttpRequest, year: int, month: int, slug: str, number: int) -> HttpResponse:
    """The newest comments below one, whatever became of itself: for who wrote it, and anybody else."""
    post = readable_post(year, month, slug)
    comment = Comment.objects.filter(post=post, number=number).exclude(state=Comment.State.MOVED).first()
    if comment is None and (moved := comment_now(post, number)):
        return redirect(f"{moved.post.get_absolute_url()}/c/{moved.number}/replies.atom")
    if comment is None:
        raise Http404("There is no such comment.")
    page = f"{post.get_absolute_url()}/c/{number}"
    title = f"Replies to number {number} on “{post.title}” - {current().name}"
    feed = Feed(title=title, path=f"{page}/replies.atom", page=page)
    add_comments(feed, newest(post).below(comment))
    return feed.answer(request)


def add_posts(feed: Feed, posts: PostQuerySet) -> None:
    listed = list(posts.prefetch_related("labels")[:POSTS_IN_FEED])
    texts = quotations.fill([post.html + post.updates_html for post in listed])
    for post, text in zip(listed, texts, strict=True):
        feed.add_entry(
            title=f"{post.title} (updated)" if post.last_update_at else post.title,
            address=post.address,
            html=text,
            published=post.published_at,
            updated=max(post.published_at, post.updated_at) if post.published_at else None,
            categories=categories(post),
        )


def categories(post: Post) -> list[str]:
    """Its labels, and what it is where it is not simply a post."""
    kind = [] if post.kind == Post.Kind.OWNER else [post.get_kind_display()]
    return kind + [label.name for label in post.labels.all()]


def add_comments(feed: Feed, comments: CommentQuerySet) -> None:
    for comment in comments[:COMMENTS_IN_FEED]:
        feed.add_entry(
            title=title_of(comment),
            address=settings.SITE_URL + comment.get_absolute_url(),
            html=comment.html,
            published=comment.published_at,
            updated=comment.edited_at or comment.published_at,
            author=comment.signature,
        )


def title_of(comment: Comment) -> str:
    """`10:15, 22 November, number 14 on A post`, with the year where it is not that of the post."""
    edited = f" (edited {timezone.localtime(comment.edited_at):%H:%M})" if comment.edited_at else ""
    said = f"number {comment.number} on {comment.post.title}{edited}"
    if comment.posted_at is None:
        return said[0].upper() + said[1:]
    local = timezone.localtime(comment.posted_at)
    year = "" if local.year == comment.post.year else f" {local.year}"
    return f"{local:%H:%M}, {local.day} {local:%B}{year}, {said}"
