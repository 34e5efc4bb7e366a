"""All open work on one comment or post, and what readers, authors and others said to open it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from forum.clock import this_minute
from forum.models import Comment, Post
from moderation.models.decisions import Action


class Category(models.TextChoices):
    """What a reader may say is wrong with a comment; the worst first."""

    RACISM_OR_HATE = "racism_or_hate", "Racism or hate"
    IDENTIFIES_SOMEONE = "identifies_someone", "Identifies someone"
    PERSONAL_ATTACK = "personal_attack", "Personal attack"
    LIBEL = "libel", "Libel"
    OFF_TOPIC = "off_topic", "Off topic or grade war"
    SPAM = "spam", "Spam"
    OTHER = "other", "Something else"


URGENT = (Category.RACISM_OR_HATE, Category.IDENTIFIES_SOMEONE, Category.LIBEL)


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> CaseQuerySet:
        return self.filter(closed_at__isnull=True)

    def waiting(self) -> CaseQuerySet:
        """Open cases, urgent reports and removal requests first, then the longest waiting."""
        return self.open().annotate(urgent=self._is_urgent()).order_by("-urgent", "opened_at", "pk")

    def urgent(self) -> CaseQuerySet:
        return self.filter(self._is_urgent())

    @staticmethod
    def _is_urgent() -> Q:
        reported = Report.objects.filter(case=models.OuterRef("pk"), category__in=URGENT)
        asked = RemovalRequest.objects.filter(case=models.OuterRef("pk"))
        return Q(models.Exists(reported) | models.Exists(asked))

    def decided(self) -> CaseQuerySet:
        return self.filter(closed_at__isnull=False).order_by("-closed_at", "-pk")


class Case(models.Model):
    """All open work on one comment, or on one post as a whole. There is at most one open case for each."""

    post = models.ForeignKey(Post, on_delete=models.RESTRICT, related_name="cases")
    comment = models.ForeignKey(Comment, on_delete=models.RESTRICT, related_name="cases", null=True)
    opened_at = models.DateTimeField(default=this_minute)
    closed_at = models.DateTimeField(null=True)
    # How it ended: an action, or "withdrawn" by the comment's author.
    outcome = models.CharField(max_length=10, blank=True)
    held_by_rule = models.CharField(max_length=40, blank=True)
    held_detail = models.CharField(max_length=300, blank=True)
    # Raised by each decision and by all that comes in (a report, a change of the text), so that nobody decides on what
    # they have not seen.
    version = models.PositiveIntegerField(default=1)

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
        if asked := len(self.removal_requests.all()):
            said.append("Removal request" if asked == 1 else f"{asked} removal requests")
        if self.is_appealed:
            said.append("Appeal")
        if self.held_by_rule:
            said.append(f"Held: {self.held_by_rule}")
        return ", ".join(said) or "Opened by staff"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_appealed(self) -> bool:
        """Whether the author of the comment asked for this; then a decision is an answer to them."""
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
            Comment.State.HELD: [Action.APPROVE, Action.REFUSE],
            Comment.State.PUBLISHED: [Action.KEEP, Action.REMOVE] if self.is_open else [Action.REMOVE],
            Comment.State.REMOVED: [Action.RESTORE, Action.DISMISS] if self.is_open else [Action.RESTORE],
            Comment.State.REFUSED: [Action.RESTORE, Action.DISMISS] if self.is_open else [Action.RESTORE],
            Comment.State.WITHDRAWN: [Action.DISMISS] if self.is_open else [],
        }[Comment.State(self.comment.state)]


class Report(models.Model):
    """What one reader said is wrong with a comment."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reports")
    category = models.CharField(max_length=20, choices=Category.choices)
    text = models.TextField(blank=True)
    created_at = models.DateTimeField(default=this_minute)

    class Meta:
        ordering = ["created_at", "pk"]


class RemovalRequest(models.Model):
    """Somebody, perhaps no reader at all, asks that something be taken down."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="removal_requests")
    text = models.TextField()
    created_at = models.DateTimeField(default=this_minute)

    class Meta:
        ordering = ["created_at", "pk"]


class Appeal(models.Model):
    """The author of a removed or refused comment asks that it be looked at again; decided like any other case.

    The text is erased when its author withdraws the comment.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="appeals")
    text = models.TextField()
    created_at = models.DateTimeField(default=this_minute)

    class Meta:
        ordering = ["created_at", "pk"]
