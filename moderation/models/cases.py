"""All open work on one comment or post, and what readers, authors and others said to open it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from forum.clock import this_minute
from forum.models import Comment, Post
from moderation.models.categories import SERIOUS, URGENT, Category, Ground, Severity
from moderation.models.decisions import Action


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> CaseQuerySet:
        return self.filter(closed_at__isnull=True)

    def waiting(self, moderator: int | None = None) -> CaseQuerySet:
        """Open cases: what should have been answered by now, then by the harm that waiting may do, then the longest
        waiting. Removal requests are urgent. What this moderator (by key) left to a colleague comes last.
        """
        severity = models.Case(
            models.When(self._is_urgent(), then=Severity.URGENT.value),
            models.When(self._is_serious(), then=Severity.SERIOUS.value),
            default=Severity.ORDINARY.value,
            output_field=models.PositiveSmallIntegerField(),
        )
        marked = self.open().annotate(urgent=self._is_urgent(), severity=severity, late=self._is_late())
        if moderator is None:
            return marked.order_by("-late", "-severity", "opened_at", "pk")
        left = models.ExpressionWrapper(Q(left_by__isnull=False, left_by=moderator), models.BooleanField())
        return marked.annotate(left=left).order_by("left", "-late", "-severity", "opened_at", "pk")

    def urgent(self) -> CaseQuerySet:
        return self.filter(self._is_urgent())

    @staticmethod
    def _is_urgent() -> Q:
        reported = Report.objects.filter(case=models.OuterRef("pk"), category__in=URGENT)
        asked = RemovalRequest.objects.filter(case=models.OuterRef("pk"))
        return Q(models.Exists(reported) | models.Exists(asked))

    @staticmethod
    def _is_serious() -> Q:
        """A personal attack, or an author who waits for an answer."""
        reported = Report.objects.filter(case=models.OuterRef("pk"), category__in=SERIOUS)
        asked = Appeal.objects.filter(case=models.OuterRef("pk"))
        return Q(models.Exists(reported) | models.Exists(asked))

    @staticmethod
    def _is_late() -> models.Exists:
        asked = RemovalRequest.objects.filter(case=models.OuterRef("pk"), answered_at=None)
        return models.Exists(asked.filter(due_at__lt=timezone.now()))

    def decided(self) -> CaseQuerySet:
        return self.filter(closed_at__isnull=False).order_by("-closed_at", "-pk")


class Case(models.Model):
    """All open work on one comment, or on one post as a whole. There is at most one open case for each."""

    post = models.ForeignKey(Post, on_delete=models.RESTRICT, related_name="cases")
    comment = models.ForeignKey(Comment, on_delete=models.RESTRICT, related_name="cases", null=True)
    opened_at = models.DateTimeField(default=this_minute)
    closed_at = models.DateTimeField(null=True)
    # How it ended: an action, or "withdrawn" by the comment's author.
    outcome = models.CharField(max_length=12, blank=True)
    held_by_rule = models.CharField(max_length=40, blank=True)
    held_detail = models.CharField(max_length=300, blank=True)
    # Raised by each decision and by all that comes in (a report, a change of the text), so that nobody decides on what
    # they have not seen.
    version = models.PositiveIntegerField(default=1)
    # Who left it to a colleague; their note stands in the log.
    left_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment"], condition=Q(closed_at=None), name="one_open_case_per_comment"),
            models.UniqueConstraint(
                fields=["post"], condition=Q(closed_at=None, comment=None), name="one_open_case_per_post"
            ),
        ]
        indexes = [models.Index(fields=["closed_at", "opened_at"], name="case_queue")]

    def get_absolute_url(self) -> str:
        return reverse("moderation:case", args=[self.pk])

    @property
    def title(self) -> str:
        """What it is about, for headings."""
        if self.comment is None:
            return f"“{self.post.title}” as a whole"
        return f"Comment {self.comment.number or ''}".strip() + f" on “{self.post.title}”"

    @property
    def why(self) -> str:
        """What opened it, the gravest first, for the queue."""
        categories = {report.category for report in self.reports.all()}
        said: list[str] = [str(category.label) for category in Category if category in categories]
        if asked := self.removal_requests.all():
            clock = min((one.clock for one in asked if one.clock), key=lambda each: "late" not in each, default="")
            name = "Removal request" if len(asked) == 1 else f"{len(asked)} removal requests"
            said.append(f"{name}, {clock}" if clock else name)
        if self.is_appealed:
            said.append("Appeal")
        elif self.appeals.all():
            said.append("Asked to look again")
        if self.held_by_rule:
            said.append(f"Held: {self.held_by_rule}")
        return ", ".join(said) or "Opened by staff"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_folded(self) -> bool:
        """Whether its text is shown only to who asks for it: hate weighs on whoever reads it, and names spread."""
        said = {Category(report.category) for report in self.reports.all()}
        return any(category is Category.RACISM_OR_HATE or category.says_who for category in said)

    @property
    def is_appealed(self) -> bool:
        """Whether the author asked for this, as their receipt proves; then a decision is an answer to them."""
        return any(appeal.is_proved for appeal in self.appeals.all())

    @property
    def is_asked_again(self) -> bool:
        """Whether its author, or somebody who says so without a receipt, asked that it be looked at again."""
        return bool(self.appeals.all())

    @property
    def newer(self) -> Case | None:
        """The open case on the same comment or post, where this one is closed."""
        if self.is_open:
            return None
        return Case.objects.open().filter(post=self.post_id, comment=self.comment_id).first()

    @property
    def possible_actions(self) -> list[Action]:
        """What can be decided now, judged by the state of the comment; nothing here while a newer case is open."""
        if self.newer:
            return []
        if self.comment is None:
            return [Action.DISMISS] if self.is_open else []
        return {
            Comment.State.HELD: [Action.APPROVE, Action.REFUSE, Action.REDACT],
            Comment.State.PUBLISHED: self._for_readable(),
            Comment.State.COVERED: [Action.KEEP, Action.REMOVE, Action.REDACT],
            Comment.State.REMOVED: [Action.RESTORE, Action.DISMISS] if self.is_open else [Action.RESTORE],
            Comment.State.REFUSED: [Action.RESTORE, Action.DISMISS] if self.is_open else [Action.RESTORE],
            Comment.State.WITHDRAWN: [Action.DISMISS] if self.is_open else [],
            Comment.State.MOVED: [Action.DISMISS] if self.is_open else [],
        }[Comment.State(self.comment.state)]

    def _for_readable(self) -> list[Action]:
        topic = Action.ON_TOPIC if self.comment and self.comment.off_topic else Action.OFF_TOPIC
        more = [Action.REMOVE, Action.NOTE, topic, Action.REDACT]
        return [Action.KEEP, *more, Action.COVER] if self.is_open else more


class Report(models.Model):
    """What one reader said is wrong with a comment."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reports")
    category = models.CharField(max_length=20, choices=Category.choices)
    text = models.TextField(blank=True)
    created_at = models.DateTimeField(default=this_minute)
    # Of the code that tells whoever reported what became of it.
    receipt_hash = models.CharField(max_length=64, null=True, unique=True)

    class Meta:
        ordering = ["created_at", "pk"]


class RemovalRequest(models.Model):
    """Somebody, perhaps no reader at all, asks that something be taken down.

    The text is erased with the words that it had taken out, when these can no longer be put back.
    """

    class Outcome(models.TextChoices):
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="removal_requests")
    ground = models.CharField(max_length=20, choices=Ground.choices, default=Ground.OTHER)
    text = models.TextField()
    created_at = models.DateTimeField(default=this_minute)
    receipt_hash = models.CharField(max_length=64, null=True, unique=True)
    # By when the law asks for an answer (moderation/deadlines.py); null where it names no time.
    due_at = models.DateTimeField(null=True)
    # What whoever asked reads with their receipt.
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "pk"]

    @property
    def clock(self) -> str:
        """How long there is to answer: `due in 20 h`, `12 h late`; "" where no time is set or it was answered."""
        if self.due_at is None or self.answered_at:
            return ""
        left = self.due_at - timezone.now()
        hours = round(abs(left).total_seconds() / 3600)
        length = f"{hours} h" if hours < 72 else f"{round(hours / 24)} days"
        return f"due in {length}" if left.total_seconds() >= 0 else f"{length} late"


class Appeal(models.Model):
    """The author of a removed or refused comment asks that it be looked at again; decided like any other case.

    The text is erased when its author withdraws the comment.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="appeals")
    text = models.TextField()
    created_at = models.DateTimeField(default=this_minute)
    # By the receipt. Without it, somebody says that the comment was theirs, or that it was wrongly removed.
    is_proved = models.BooleanField(default=True)

    class Meta:
        ordering = ["created_at", "pk"]
