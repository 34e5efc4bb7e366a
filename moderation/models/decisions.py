"""What moderators can decide, and the append-only log of it."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone

from forum.clock import this_minute


class Action(models.TextChoices):
    """What a moderator can do with a case; the value is the verb."""

    APPROVE = "approve", "Publish it"
    REFUSE = "refuse", "Refuse it"
    KEEP = "keep", "Keep it"
    REMOVE = "remove", "Remove it"
    RESTORE = "restore", "Restore it"
    DISMISS = "dismiss", "Close the case"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The log of decisions is append-only.")

    def delete(self) -> NoReturn:
        raise TypeError("The log of decisions is append-only.")


class Decision(models.Model):
    """One line of the append-only log. Triggers in the database refuse to change or delete one."""

    case = models.ForeignKey("moderation.Case", on_delete=models.RESTRICT, related_name="decisions")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+")
    action = models.CharField(max_length=10, choices=Action.choices)
    reason = models.CharField(max_length=400, blank=True)
    decided_at = models.DateTimeField(default=this_minute)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    @property
    def past_tense(self) -> str:
        return {
            Action.APPROVE: "published",
            Action.REFUSE: "refused",
            Action.KEEP: "kept",
            Action.REMOVE: "removed",
            Action.RESTORE: "restored",
            Action.DISMISS: "closed",
        }[Action(self.action)]

    @property
    def sentence(self) -> str:
        """What was decided, for the staff: `removed, 02:21: Spam`."""
        when = f"{timezone.localtime(self.decided_at):%H:%M}"
        return f"{self.past_tense}, {when}" + (f": {self.reason}" if self.reason else "")
