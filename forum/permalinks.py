"""The post that has its page at a permalink."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.http import Http404

from forum.errors import PostGone
from forum.models import Post, Quotation
from forum.querysets import PostQuerySet
from forum.statements import Statement, instance_of


def _at(year: int, month: int, slug: str) -> PostQuerySet:
    """The post, and whether labels and quotations of its comments are worth a query of their own."""
    quoted = Quotation.objects.filter(comment__post=OuterRef("pk"))
    labels = Post.labels.through.objects.filter(post=OuterRef("pk"))
    return Post.objects.at(year, month, slug).annotate(labelled=Exists(labels), quoted=Exists(quoted))


AT = Statement(_at, keys=3)


def readable_post(year: int, month: int, slug: str) -> Post:
    """The post for readers.

    Raises:
        PostGone: it was taken down.
        Http404: there never was one.
    """
    rows = AT.rows(year, month, slug)
    if not rows:
        raise Http404("There is no such post.")
    found = instance_of(Post, rows[0], "is_labelled", "is_quoted")
    if not found.is_readable:
        raise PostGone(found)
    return found
