"""Named sets of posts and comments."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from forum.typed_mptt import TreeQuerySet

if TYPE_CHECKING:
    from forum.models import Comment, Post  # noqa: F401 - named in strings below


class PostQuerySet(models.QuerySet["Post"]):
    def published(self) -> PostQuerySet:
        """Posts that readers can read, newest first."""
        return self.filter(state=self.model.State.PUBLISHED).order_by("-published_at", "-pk")

    def readable(self) -> PostQuerySet:
        """Posts that have a page: published ones, and discussions that were taken back after their publication."""
        states = self.model.State
        return self.filter(Q(state=states.PUBLISHED) | Q(state=states.WITHDRAWN) & ~Q(slug=""))

    def from_readers(self) -> PostQuerySet:
        """Discussions that readers began, in any state."""
        return self.filter(kind=self.model.Kind.READER)

    def waiting(self) -> PostQuerySet:
        """Discussions that the owner has not decided on, the longest wait first."""
        return self.from_readers().filter(state=self.model.State.HELD).order_by("submitted_at", "pk")

    def refused(self) -> PostQuerySet:
        """Discussions that the owner refused and may publish yet, the last refusal first."""
        return self.from_readers().filter(state=self.model.State.REFUSED).order_by("-updated_at", "-pk")

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

    def newest_first(self) -> CommentQuerySet:
        """By when readers could first read them: a late approval stands where it appeared."""
        return self.order_by("-published_at", "-pk")

    def behind(self, published_at: datetime.datetime, pk: int) -> CommentQuerySet:
        """What `newest_first` puts after the comment `pk`. The first condition alone bounds the walk in an index."""
        return self.filter(published_at__lte=published_at).filter(Q(published_at__lt=published_at) | Q(pk__lt=pk))

    def below(self, comment: Comment) -> CommentQuerySet:
        """Replies to a comment, and to them, and so on."""
        return self.filter(tree_id=comment.tree_id, lft__gt=comment.lft, rght__lt=comment.rght)
