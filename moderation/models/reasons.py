"""The owner's templates for what readers are told when a comment goes."""

from __future__ import annotations

from django.db import models


class Reason(models.Model):
    """A reason that moderators choose: a short label for them, and the sentence for readers and the author."""

    label = models.CharField(max_length=60)
    # Without its last full stop: it stands behind "Removed by a moderator."
    sentence = models.CharField(max_length=200, unique=True)
    position = models.PositiveIntegerField()
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.label


def reasons_shown() -> list[Reason]:
    """The reasons that moderators can choose, in the owner's order; the first six have keys."""
    return list(Reason.objects.filter(active=True))
