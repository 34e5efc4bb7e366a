"""What moderators answered to a comment that is held, for its author's own page."""

from __future__ import annotations

from django import template

from forum.models import Comment
from moderation.services.answering import answers_to

register = template.Library()


@register.simple_tag
def answer_to(comment: Comment) -> Comment | None:
    """The newest answer that readers can see; None if there is none."""
    return next((answer for answer in reversed(answers_to(comment)) if answer.is_published), None)
