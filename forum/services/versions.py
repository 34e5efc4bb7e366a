"""What posts said after each save: kept for a time, so that the owner can go back."""

from __future__ import annotations

import datetime

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from forum.models import PostVersion
from forum.site import current


def purge_versions() -> int:
    """Delete versions older than the settings say, but never the newest of a post; how many there were."""
    too_old = timezone.now() - datetime.timedelta(days=current().days_of_versions)
    newest = PostVersion.objects.filter(post=OuterRef("post")).order_by("-version").values("version")[:1]
    deleted, _ = PostVersion.objects.filter(saved_at__lt=too_old, version__lt=Subquery(newest)).delete()
    return deleted
