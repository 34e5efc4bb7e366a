"""Posts, their updates and versions, and what the owner has typed and not saved yet.

Nothing here says who sent a reader's discussion: no user, session, address, user agent or e-mail, and no time
finer than a minute.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from forum.clock import this_minute
from forum.extracts import extract
from forum.models.site import SiteSettings
from forum.querysets import PostQuerySet


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
    """What the owner publishes. Its permalink (`/2026/01/a-title.html`) is fixed when it is first published.

    The owner writes most; a reader's discussion waits as HELD until the owner publishes or refuses it; the open
    thread of a week makes itself.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SCHEDULED = "scheduled", "Scheduled"
        PUBLISHED = "published", "Published"
        UNPUBLISHED = "unpublished", "Unpublished"
        HELD = "held", "Waiting for the owner"
        REFUSED = "refused", "Refused by the owner"
        WITHDRAWN = "withdrawn", "Withdrawn by its author"

    class Kind(models.TextChoices):
        OWNER = "owner", "By the owner"
        READER = "reader", "From a reader"
        OPEN_THREAD = "open_thread", "Open thread"

    title = models.CharField(max_length=200)
    body = models.TextField("text")
    html = models.TextField(editable=False)
    labels = models.ManyToManyField(Label, related_name="posts", blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.OWNER)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    year = models.PositiveSmallIntegerField(null=True, editable=False)
    month = models.PositiveSmallIntegerField(null=True, editable=False)
    slug = models.SlugField(max_length=80, blank=True, editable=False)
    comments_open = models.BooleanField(default=True)
    comments_close_at = models.DateTimeField(null=True, blank=True)
    hold_comments = models.BooleanField(default=False)
    hold_links = models.BooleanField(default=False)
    comment_count = models.PositiveIntegerField(default=0, editable=False)
    last_number = models.PositiveIntegerField(default=0, editable=False)
    # Raised by whoever changes what the page of this post shows (forum/page_version.py).
    thread_version = models.PositiveBigIntegerField(default=0, editable=False)
    # Raised by each save at the desk, so that the second of two editors is told.
    version = models.PositiveIntegerField(default=1, editable=False)
    # The form that made it, so that pressing twice makes one post.
    nonce = models.CharField(max_length=32, null=True, unique=True, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    # The dated updates as readers see them, below the text, and when the last one came.
    updates_html = models.TextField(blank=True, editable=False)
    last_update_at = models.DateTimeField(null=True, editable=False)
    # The moderators' words above the thread and above the form.
    pinned_note = models.CharField(max_length=400, blank=True, default="", editable=False)
    # A reader's discussion: the key to it, what was sent where the owner edited it, and why it was refused.
    receipt_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    sent_title = models.CharField(max_length=200, blank=True, editable=False)
    sent_body = models.TextField(blank=True, editable=False)
    reason = models.CharField(max_length=400, blank=True, editable=False)
    # What an import recognises the post by; see forum/imports.
    import_key = models.CharField(max_length=64, blank=True, editable=False)

    objects = PostQuerySet.as_manager()

    # How many comments came since the reader's last visit, on pages that know of one; in no column.
    came = 0
    # Whether asking for labels, and for posts that quote its comments, is worth it (forum/permalinks.py); neither.
    is_labelled = is_quoted = True
    # Those of the site's settings that its page shows (forum/permalinks.py).
    site_settings: SiteSettings | None = None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "month", "slug"], name="post_permalink"),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(published_at__isnull=False, year__isnull=False, month__isnull=False) & ~Q(slug=""),
                name="published_post_has_permalink",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(body="", html="", sent_title="", sent_body=""),
                name="withdrawn_discussion_is_empty",
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
    def is_readable(self) -> bool:
        """Whether it has a page: published, or a discussion that was taken back after its publication."""
        return self.is_published or (self.state == self.State.WITHDRAWN and bool(self.slug))

    @property
    def takes_comments(self) -> bool:
        closed = self.comments_close_at is not None and self.comments_close_at <= timezone.now()
        if self.site_settings and self.site_settings.comments == SiteSettings.Comments.CLOSED:
            return False
        return self.is_published and self.comments_open and not closed

    @property
    def mode(self) -> str:
        """What happens to new comments here, as a value of `SiteSettings.Comments`."""
        modes = SiteSettings.Comments
        if not self.comments_open:
            return modes.CLOSED
        return modes.HOLD_ALL if self.hold_comments else modes.HOLD_LINKS if self.hold_links else modes.OPEN

    @property
    def is_from_reader(self) -> bool:
        return self.kind == self.Kind.READER

    @property
    def was_edited(self) -> bool:
        """Whether the owner changed a reader's discussion."""
        return bool(self.sent_body) and (self.title, self.body) != (self.sent_title, self.sent_body)


class PostUpdate(models.Model):
    """A dated addition to a published post: `#update-1`. Never changed once it is there."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="updates")
    number = models.PositiveSmallIntegerField()
    headline = models.CharField(max_length=120, blank=True)
    body = models.TextField()
    html = models.TextField()
    posted_at = models.DateTimeField(default=this_minute)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="update_number")]

    @property
    def address(self) -> str:
        return f"{self.post.address}#update-{self.number}"

    @property
    def extract(self) -> str:
        return extract(self.html, 280)


class PostVersion(models.Model):
    """What a post said after one save."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["post", "version"], name="post_version")]


class Autosave(models.Model):
    """What stands in one open editor, kept every few seconds until it is saved or thrown away.

    `tab` names the editor: each tab has its own, so two never overwrite each other. `version` is that of the post
    when the tab opened it.
    """

    tab = models.CharField(max_length=32, primary_key=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="autosaves", null=True)
    version = models.PositiveIntegerField(default=0)
    title = models.TextField(blank=True)
    body = models.TextField(blank=True)
    labels = models.TextField(blank=True)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-saved_at"]


class Picture(models.Model):
    """A picture that the owner uploaded, encoded anew. Its name ends with its size: `3f9c…-1200x800`.

    It lies in the database, since web processes hold no state; with a size limit and one encoding that is small.
    """

    name = models.CharField(max_length=40, primary_key=True)
    data = models.BinaryField()
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-uploaded_at"]

    def get_absolute_url(self) -> str:
        return f"/pictures/{self.name}.webp"
