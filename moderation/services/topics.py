"""Topics at work: reminding writers, counting, and parking what looks like one on its own post."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils import timezone

from forum.errors import ForumError
from forum.models import Comment, Post
from forum.reminding import Reminder
from moderation.models import Action, Decision, Topic, TopicMonth
from moderation.models.topics import topics_of
from moderation.services.moving import move_comment


@dataclass
class Parked:
    """What came of parking several with one press: the new lines, how many comments went, and why others stayed."""

    batch: str
    lines: list[Decision] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def comments(self) -> int:
        return sum(line.after["moved"] for line in self.lines)


def remind(post: Post, text: str) -> Sequence[Reminder]:
    """The answer to `FORUM_REMINDER`."""
    # Without its text: only what a link to it needs.
    topics = topics_of(post.pk, text) if post.pk else []
    posts = Post.objects.in_bulk([topic.post_id for topic in topics]) if topics else {}
    return [
        Reminder(topic.name, topic.rule, posts[topic.post_id].title, posts[topic.post_id].get_absolute_url())
        for topic in topics
    ]


def count_matches(comment: Comment) -> None:
    """A comment came: count it for each topic that it looks like. Its post is locked by the caller."""
    month = timezone.localdate().replace(day=1)
    for topic in sorted(topics_of(comment.post_id, comment.source), key=lambda topic: int(topic.pk)):
        row, _ = TopicMonth.objects.get_or_create(topic_id=topic.pk, month=month)
        TopicMonth.objects.filter(pk=row.pk).update(matched=F("matched") + 1)


def park(*, topic: Topic, comment_id: int, moderator: Any, batch: str = "") -> Decision:
    """Move a comment with its replies to the topic's own post.

    Raises:
        CannotMove, MovedMeanwhile: see forum/services/moving.py.
    """
    return move_comment(
        comment_id=comment_id,
        to_post=topic.post,
        moderator=moderator,
        reason=f"Parked: {topic.name}",
        batch=batch,
        topic=topic.pk,
    )


def park_all(*, topic: Topic, comment_ids: Collection[int], moderator: Any) -> Parked:
    """Park these comments and their replies with one press; what went along with another is not moved twice."""
    done = Parked(secrets.token_hex(16))
    chosen = Comment.objects.filter(pk__in=comment_ids).in_thread_order()
    for pk in chosen.values_list("pk", flat=True):
        if Comment.objects.filter(pk=pk, post=topic.post).exists():
            continue
        try:
            done.lines.append(park(topic=topic, comment_id=pk, moderator=moderator, batch=done.batch))
        except ForumError as error:
            done.left.append(str(error))
    return done


def alike(topic: Topic, post: Post) -> list[Comment]:
    """The readable comments of a post that look like a topic, in thread order."""
    comments = Comment.objects.filter(post=post).published().in_thread_order()
    return [comment for comment in comments.select_related("post", "voice") if topic.is_meant_by(comment.source)]


def numbers_of(topic: Topic) -> list[tuple[datetime.date, int, int]]:
    """Month, comments that looked like it, comments parked and not moved back; the newest month first."""
    matched = dict(topic.months.values_list("month", "matched"))
    parked: dict[datetime.date, int] = {}
    for line in Decision.objects.filter(action=Action.MOVE, after__topic=topic.pk, undone_by=None):
        month = timezone.localdate(line.decided_at).replace(day=1)
        parked[month] = parked.get(month, 0) + line.after["moved"]
    months = sorted({*matched, *parked}, reverse=True)
    return [(month, matched.get(month, 0), parked.get(month, 0)) for month in months]
