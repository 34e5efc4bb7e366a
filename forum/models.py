"""Posts, comments, and the short-lived tickets behind the page shown after posting.

Nothing here says who wrote a comment: no user, session, address, user agent or e-mail, and no time finer than
a minute on a comment or on any row that points at one.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from forum.markup import extract
from forum.querysets import PostQuerySet
from forum.tree import ForestManager
from forum.typed_mptt import MPTTModel, TreeForeignKey


class Label(models.Model):
    """A word that the owner files posts under."""

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("forum:label", args=[self.slug])


class Post(models.Model):
    """What the owner writes. Its permalink (`/2026/01/a-title.html`) is fixed when it is first published."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SCHEDULED = "scheduled", "Scheduled"
        PUBLISHED = "published", "Published"

    title = models.CharField(max_length=200)
    body = models.TextField("text")
    html = models.TextField(editable=False)
    labels = models.ManyToManyField(Label, related_name="posts", blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    year = models.PositiveSmallIntegerField(null=True, editable=False)
    month = models.PositiveSmallIntegerField(null=True, editable=False)
    slug = models.SlugField(max_length=80, blank=True, editable=False)
    comments_open = models.BooleanField(default=True)
    hold_comments = models.BooleanField(default=False)
    comment_count = models.PositiveIntegerField(default=0, editable=False)
    last_number = models.PositiveIntegerField(default=0, editable=False)
    # Raised by each save at the desk, so that the second of two editors is told.
    version = models.PositiveIntegerField(default=1, editable=False)
    # The form that made it, so that pressing twice makes one post.
    nonce = models.CharField(max_length=32, null=True, unique=True, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    # What an import recognises the post by; see forum/imports.
    import_key = models.CharField(max_length=64, blank=True, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "month", "slug"], name="post_permalink"),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(published_at__isnull=False, year__isnull=False, month__isnull=False) & ~Q(slug=""),
                name="published_post_has_permalink",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(published_at__isnull=False),
                name="scheduled_post_has_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "-published_at"], name="post_newest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/{self.year:04d}/{self.month:02d}/{self.slug}.html" if self.slug else ""

    @property
    def address(self) -> str:
        """The canonical address, with the site's name."""
        return settings.SITE_URL + self.get_absolute_url()

    @property
    def extract(self) -> str:
        """The beginning of the text, for lists."""
        return extract(self.html, 280)

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def takes_comments(self) -> bool:
        return self.is_published and self.comments_open


class Comment(MPTTModel):
    """What a reader writes under a post, or a member of staff with a mark."""

    class State(models.TextChoices):
        PUBLISHED = "published", "Published"
        HELD = "held", "Waiting for a moderator"
        REFUSED = "refused", "Refused by a moderator"
        REMOVED = "removed", "Removed by a moderator"
        WITHDRAWN = "withdrawn", "Withdrawn by its author"

    class StaffRole(models.TextChoices):
        NONE = "", ""
        OWNER = "owner", "Blog owner"
        MODERATOR = "moderator", "Moderator"

    # Its own index would be the fourth that begins with the post.
    post = models.ForeignKey(Post, on_delete=models.RESTRICT, related_name="comments", db_index=False)
    parent = TreeForeignKey("self", on_delete=models.RESTRICT, null=True, blank=True, related_name="replies")
    number = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices)
    posted_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=40, blank=True)
    staff_role = models.CharField(max_length=10, choices=StaffRole.choices, blank=True)
    source = models.TextField()
    html = models.TextField()
    # Why it is held, refused or removed, in words for readers and its author; and since when.
    reason = models.CharField(max_length=400, blank=True)
    state_since = models.DateTimeField(null=True)
    receipt_hash = models.CharField(max_length=64, null=True, unique=True)
    import_key = models.CharField(max_length=64, blank=True)
    # mptt would add an index of its own, which the one on (tree_id, lft) makes superfluous.
    tree_id = models.PositiveIntegerField(editable=False)

    objects = ForestManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "number"], name="comment_number"),
            models.CheckConstraint(
                condition=Q(number__isnull=True, published_at__isnull=True)
                | Q(number__isnull=False, published_at__isnull=False),
                name="comment_numbered_when_published",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(number__isnull=False), name="published_comment_has_number"
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(source="", html="", name=""),
                name="withdrawn_comment_is_empty",
            ),
        ]
        indexes = [
            models.Index(fields=["post", "tree_id", "lft"], name="comment_thread_order"),
            models.Index(fields=["post", "posted_at"], name="comment_latest"),
            models.Index(fields=["import_key"], condition=~Q(import_key=""), name="imported_comment"),
        ]

    def __str__(self) -> str:
        return f"comment {self.number or self.pk}"

    def get_absolute_url(self) -> str:
        """Where readers find it; the post itself for one that was never readable."""
        path = self.post.get_absolute_url()
        return f"{path}?c={self.number}#c{self.number}" if self.number else path

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def shown_name(self) -> str:
        return "" if self.state == self.State.WITHDRAWN else self.name or "Anonymous"


class Ticket(models.Model):
    """The page shown after posting: two minutes long the way from an address to a comment.

    The database holds only a hash of the ticket, and the receipt code sealed with the ticket itself, so that
    nobody can read the code who has only the database.
    """

    token_hash = models.CharField(max_length=64, primary_key=True)
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")
    # Empty where the visitor is not proved to be the author: the same text was there already.
    sealed_code = models.BinaryField(default=b"")
    expires_at = models.DateTimeField(db_index=True)
