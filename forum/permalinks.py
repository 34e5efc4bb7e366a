"""The post that has its page at a permalink."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404

from forum.errors import PostGone
from forum.models import Post, Quotation, SiteSettings
from forum.querysets import PostQuerySet
from forum.site import SHOWN, shown
from forum.statements import Statement, instance_of


def _at(year: int, month: int, slug: str) -> PostQuerySet:
    """The post, whether labels and quotations of its comments are worth a query of their own, the site's `SHOWN`."""
    quoted = Quotation.objects.filter(comment__post=OuterRef("pk"))
    labels = Post.labels.through.objects.filter(post=OuterRef("pk"))
    of_site = {f"site_{name}": Subquery(SiteSettings.objects.filter(pk=1).values(name)) for name in SHOWN}
    return Post.objects.at(year, month, slug).annotate(labelled=Exists(labels), quoted=Exists(quoted), **of_site)


AT = Statement(_at, int, int, str)


def readable_post(year: int, month: int, slug: str) -> Post:
    """The post for readers.

    Raises:
        PostGone: it was taken down.
        Http404: there never was one.
    """
    rows = AT.rows(year, month, slug)
    if not rows:
        raise Http404("There is no such post.")
    found = instance_of(Post, rows[0][: -len(SHOWN)], "is_labelled", "is_quoted")
    found.site_settings = shown(*rows[0][-len(SHOWN) :])
    if not found.is_readable:
        raise PostGone(found)
    return found
