"""What there is to tell."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from forum.models import Comment, Post, PostUpdate


class DigestEvent(models.Model):
    """Something became readable for the first time: a post, a comment, or an update of a post. One event for each.

    `seq` is given by the sealer, to committed events only, so nothing can later appear below a number that a
    digest has passed.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+", null=True)
    update = models.ForeignKey(PostUpdate, on_delete=models.CASCADE, related_name="+", null=True)
    seq = models.PositiveBigIntegerField(null=True, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comment"], condition=Q(comment__isnull=False), name="one_event_per_comment"
            ),
            models.UniqueConstraint(fields=["update"], condition=Q(update__isnull=False), name="one_event_per_update"),
            models.UniqueConstraint(fields=["post"], condition=Q(comment=None, update=None), name="one_event_per_post"),
        ]
        indexes = [
            models.Index(fields=["post", "seq"], name="event_by_post"),
            # What is not sealed yet is little; the rest of the table is not looked at for it.
            models.Index(fields=["id"], condition=Q(seq=None), name="event_unsealed"),
        ]
