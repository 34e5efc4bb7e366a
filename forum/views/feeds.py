"""Atom feeds. Links name the site as `SITE_URL` has it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from forum import quotations
from forum.models import Post
from forum.site import current

POSTS_IN_FEED = 25


def categories(post: Post) -> list[str]:
    """Its labels, and what it is where it is not simply a post."""
    kind = [] if post.kind == Post.Kind.OWNER else [post.get_kind_display()]
    return kind + [label.name for label in post.labels.all()]


@require_safe
def posts(request: HttpRequest) -> HttpResponse:
    """The newest posts, whole."""
    site = current()
    feed = Atom1Feed(
        title=site.name,
        link=settings.SITE_URL + "/",
        description=site.tagline,
        subtitle=site.tagline,
        feed_url=settings.SITE_URL + "/feed.atom",
        language="en-GB",
    )
    listed = list(Post.objects.published().prefetch_related("labels")[:POSTS_IN_FEED])
    texts = quotations.fill([post.html + post.updates_html for post in listed])
    for post, text in zip(listed, texts, strict=True):
        feed.add_item(
            title=f"{post.title} (updated)" if post.last_update_at else post.title,
            link=post.address,
            description=text,
            pubdate=post.published_at,
            updateddate=max(post.published_at, post.updated_at) if post.published_at else None,
            categories=categories(post),
            unique_id=post.address,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
