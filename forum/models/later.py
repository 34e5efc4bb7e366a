"""Comments whose authors chose that they appear later."""

from __future__ import annotations

import uuid

from django.db import models

from forum.models.comments import Comment
from forum.models.names import PenName, Voice
from forum.models.posts import Post


class LaterComment(models.Model):
    """A comment that appears at a random moment to come, and is none until then.

    When it arrived is stored nowhere: its key is random, and what is made of it, a `Comment`, is stored at its
    release with the time of that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="later_comments")
    parent = models.ForeignKey(Comment, on_delete=models.RESTRICT, related_name="+", null=True)
    source = models.TextField()
    name = models.CharField(max_length=40, blank=True)
    voice = models.ForeignKey(Voice, on_delete=models.RESTRICT, related_name="+", null=True)
    pen_name = models.ForeignKey(PenName, on_delete=models.RESTRICT, related_name="+", null=True)
    by_starter = models.BooleanField(default=False)
    receipt_hash = models.CharField(max_length=64, unique=True)
    release_at = models.DateTimeField(db_index=True)
    # The rule that holds it then, and what it says to its author and to moderators; "" if it is to be published.
    held_by_rule = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    held_detail = models.CharField(max_length=300, blank=True)
