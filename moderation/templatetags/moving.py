"""The form that moves a comment, for wherever a moderator meets one."""

from __future__ import annotations

from typing import Any

from django import template

from forum.models import Comment, Post
from moderation.models import Topic
from moderation.models.topics import topics_of

register = template.Library()


@register.inclusion_tag("moderation/_move.html", takes_context=True)
def move_form(context: Any, comment: Comment) -> dict[str, Any]:
    """Move it with its replies: to a topic's post (those it looks like first), the open thread, or any post."""
    alike = {topic.pk for topic in topics_of(comment.post_id, comment.source)}
    topics = sorted(Topic.objects.exclude(post=comment.post_id), key=lambda topic: topic.pk not in alike)
    open_thread = Post.objects.published().filter(kind=Post.Kind.OPEN_THREAD).exclude(pk=comment.post_id).first()
    return {
        "comment": comment,
        "topics": [(topic, topic.pk in alike) for topic in topics],
        "open_thread": open_thread,
        "can_move": comment.state not in (Comment.State.MOVED, Comment.State.WITHDRAWN),
        "csrf_token": context.get("csrf_token"),
    }
