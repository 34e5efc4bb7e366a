"""Names that readers may choose: a voice within one post, and a pen name that only its holder can use."""

from __future__ import annotations

import uuid

from django.db import models

from forum.models.posts import Post


class Voice(models.Model):
    """The same author within one post, and nothing beyond it.

    The key is made from a secret that only the author's browser holds, and from the post (forum/voices.py): it tells
    nobody whose it is, and no two posts share one. It goes when its last comment is withdrawn.
    """

    # Random: it may be stored before a comment that appears later, and must not tell when.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="voices", db_index=False)
    key = models.CharField(max_length=64)
    # The word that readers see.
    mark = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "key"], name="voice_key"),
            models.UniqueConstraint(fields=["post", "mark"], name="voice_mark"),
        ]

    def __str__(self) -> str:
        return self.mark


class PenName(models.Model):
    """A name that a secret phrase proves. Whoever took it first keeps it; no other name may look like it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=40)
    # What the name looks like (forum/look_alikes.py).
    skeleton = models.CharField(max_length=120, unique=True)
    # Argon2id of the phrase.
    phrase_hash = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name
