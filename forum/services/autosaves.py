"""What is typed at the desk, kept every few seconds: a dead browser, server or database costs seconds, not evenings."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from forum.models import Autosave, Post

# What nobody took up again within this time was not wanted.
KEPT_FOR = datetime.timedelta(days=60)


@dataclass(frozen=True)
class Typed:
    """What stands in an editor now; `version` is the one of the post that it began with."""

    title: str
    body: str
    labels: str
    post_id: int | None = None
    version: int = 0


@transaction.atomic
def keep(*, tab: str, typed: Typed) -> Autosave:
    """Keep what stands in one tab, in place of what stood there before.

    Raises:
        Post.DoesNotExist: there is no such post (any more), or it is a reader's.
    """
    # Not of a reader's discussion: its author may take it back at this very moment, and it would stay here.
    of_owner = Post.objects.exclude(kind=Post.Kind.READER)
    post = of_owner.get(pk=typed.post_id) if typed.post_id else None
    fields = {"title": typed.title, "body": typed.body, "labels": typed.labels, "saved_at": timezone.now()}
    kept, _ = Autosave.objects.update_or_create(tab=tab, defaults=fields | {"post": post, "version": typed.version})
    return kept


def discard(*, tab: str) -> None:
    """Throw away what was kept of a tab: it was saved, or is not wanted."""
    Autosave.objects.filter(tab=tab).delete()


def purge_autosaves() -> int:
    """Forget what nobody took up again within 60 days; how many there were."""
    deleted, _ = Autosave.objects.filter(saved_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted
