"""What moderators can decide, and the append-only log of it."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone

from forum.clock import this_minute
from forum.models import Comment, Post


class Action(models.TextChoices):
    """What a moderator can do; the value is the verb."""

    APPROVE = "approve", "Publish it"
    REFUSE = "refuse", "Refuse it"
    KEEP = "keep", "Keep it"
    NOTE = "note", "Keep it with a note"
    REMOVE = "remove", "Remove it"
    RESTORE = "restore", "Restore it"
    DISMISS = "dismiss", "Close the case"
    COVER = "cover", "Cover it until it is decided"
    OFF_TOPIC = "off_topic", "Mark it as off topic"
    ON_TOPIC = "on_topic", "It is on topic"
    REDACT = "redact", "Take words out"
    LOCK = "lock", "Lock its thread"
    UNLOCK = "unlock", "Unlock its thread"
    SLOW = "slow", "Slow its thread"
    UNSLOW = "unslow", "End slow mode"
    PIN = "pin", "Pin a note"
    UNPIN = "unpin", "Take the note down"
    MOVE = "move", "Move it with its replies"
    ANSWER = "answer", "Answer it"
    HAND_OVER = "hand_over", "Leave it to a colleague"
    UNDO = "undo", "Undo"


PAST_TENSE = {
    Action.APPROVE: "published",
    Action.REFUSE: "refused",
    Action.KEEP: "kept",
    Action.NOTE: "kept with a note",
    Action.REMOVE: "removed",
    Action.RESTORE: "restored",
    Action.DISMISS: "closed",
    Action.COVER: "covered",
    Action.OFF_TOPIC: "marked as off topic",
    Action.ON_TOPIC: "marked as on topic",
    Action.REDACT: "redacted",
    Action.LOCK: "thread locked",
    Action.UNLOCK: "thread unlocked",
    Action.SLOW: "thread slowed",
    Action.UNSLOW: "slow mode ended",
    Action.PIN: "note pinned",
    Action.UNPIN: "note taken down",
    Action.MOVE: "moved",
    Action.ANSWER: "answered",
    Action.HAND_OVER: "left to a colleague",
    Action.UNDO: "undone",
}


class DecisionQuerySet(models.QuerySet["Decision"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The log of decisions is append-only.")

    def delete(self) -> NoReturn:
        raise TypeError("The log of decisions is append-only.")


class Decision(models.Model):
    """One line of the append-only log. Triggers in the database refuse to change or delete one."""

    # The case that it was made in, if it was made in one; what it is about: a comment, or a post as a whole.
    case = models.ForeignKey("moderation.Case", on_delete=models.RESTRICT, related_name="decisions", null=True)
    post = models.ForeignKey(Post, on_delete=models.RESTRICT, related_name="+")
    comment = models.ForeignKey(Comment, on_delete=models.RESTRICT, related_name="decisions", null=True)
    # Null: a rule did it, or readers' reports together.
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", null=True)
    action = models.CharField(max_length=12, choices=Action.choices)
    # For readers and the author; and for moderators alone.
    reason = models.CharField(max_length=400, blank=True)
    internal_note = models.CharField(max_length=400, blank=True)
    decided_at = models.DateTimeField(default=this_minute)
    # The decision that this one undoes; and what several that were made with one press have in common.
    undoes = models.OneToOneField("self", on_delete=models.RESTRICT, related_name="undone_by", null=True)
    batch = models.CharField(max_length=32, blank=True, db_index=True)
    # The facts before it and after it, never a text (forum/services/decided.py).
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    # A hash of this line and of all before it (moderation/services/log.py).
    chain = models.CharField(max_length=64)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    @property
    def past_tense(self) -> str:
        return PAST_TENSE[Action(self.action)]

    @property
    def is_undone(self) -> bool:
        return hasattr(self, "undone_by")

    @property
    def sentence(self) -> str:
        """What was decided, for the staff: `removed, 02:21: Spam`."""
        when = f"{timezone.localtime(self.decided_at):%H:%M}"
        return f"{self.past_tense}, {when}" + (f": {self.reason}" if self.reason else "")

    @property
    def about(self) -> str:
        """What it is about, for the staff: `comment 87`."""
        if self.comment is None:
            return "the post"
        return f"comment {self.comment.number}" if self.comment.number else "a held comment"

    @property
    def where(self) -> Post:
        """The post under which it can be found by now: a comment may have been moved since."""
        return self.comment.post if self.comment else self.post

    @property
    def who(self) -> str:
        """Who decided, for the staff."""
        return self.moderator.get_short_name() if self.moderator else "the site itself"


class Redaction(models.Model):
    """What a comment said before words were taken out of it, kept for as long as that can be undone."""

    decision = models.OneToOneField(Decision, on_delete=models.RESTRICT, related_name="redaction")
    source = models.TextField()
    redacted = models.TextField()
    erase_at = models.DateTimeField(db_index=True)
