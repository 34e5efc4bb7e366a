"""The open thread of the week, which makes itself: for what fits nowhere else."""

from __future__ import annotations

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from forum import site
from forum.clock import last_time
from forum.markup import render_post
from forum.models import Post
from forum.services.posts import publish

OPENS_AT = datetime.time(6, 0)
MONDAY = 0


def open_weekly_thread(*, now: datetime.datetime | None = None) -> Post | None:
    """Publish the open thread of this week, if the owner wants one and there is none yet; None otherwise.

    It is dated Monday, 06:00 in London. After weeks without a pass only the newest one is made. Of several
    processes at work at once, one makes it: the name of the week is the nonce of its post.
    """
    settings = site.current()
    start = last_time(now or timezone.now(), OPENS_AT, weekday=MONDAY)
    year, week, _ = start.isocalendar()
    nonce = f"open-thread-{year}-W{week:02d}"
    if not settings.open_thread or Post.objects.filter(nonce=nonce).exists():
        return None
    text = settings.open_thread_text
    post = Post(kind=Post.Kind.OPEN_THREAD, title=f"Open thread, week of {start.day} {start:%B %Y}", nonce=nonce)
    post.body, post.html, post.published_at, post.updated_at = text, render_post(text), start, start
    try:
        with transaction.atomic():
            publish(post)
    except IntegrityError:
        if Post.objects.filter(nonce=nonce).exists():
            return None
        raise
    return post
