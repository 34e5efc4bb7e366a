"""Named sets of posts and comments."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from forum.typed_mptt import TreeQuerySet

if TYPE_CHECKING:
    from forum.models import Comment, Post  # noqa: F401 - named in strings below


class PostQuerySet(models.QuerySet["Post"]):
    def published(self) -> PostQuerySet:
        """Posts that readers can read, newest first."""
        return self.filter(state=self.model.State.PUBLISHED).order_by("-published_at", "-pk")

    def due(self, now: datetime.datetime | None = None) -> PostQuerySet:
        """Scheduled posts whose minute has come."""
        return self.filter(state=self.model.State.SCHEDULED, published_at__lte=now or timezone.now())

    def at(self, year: int, month: int, slug: str) -> PostQuerySet:
        """The post with this permalink."""
        return self.filter(year=year, month=month, slug=slug)


class CommentQuerySet(TreeQuerySet["Comment"]):
    def published(self) -> CommentQuerySet:
        """Comments that readers can read."""
        return self.filter(state=self.model.State.PUBLISHED)

    def in_thread_order(self) -> CommentQuerySet:
        """Parents before their replies, siblings in the order in which they joined."""
        return self.order_by("tree_id", "lft")

    def like(self, comment: Comment, *, since: datetime.datetime) -> CommentQuerySet:
        """Comments with the same text in the same place, begun at `since` or later."""
        return self.filter(post=comment.post, parent=comment.parent, source=comment.source, posted_at__gte=since)
