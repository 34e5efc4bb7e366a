"""Comments, the short-lived tickets behind the page shown after posting, and comments that posts quote.

Nothing here says who wrote a comment: no user, session, address, user agent or e-mail, and no time finer than
a minute on a comment or on any row that points at one.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from forum import names
from forum.models.names import PenName, Voice
from forum.models.posts import Post
from forum.tree import ForestManager
from forum.typed_mptt import MPTTModel, TreeForeignKey


class Comment(MPTTModel):
    """What a reader writes under a post, or a member of staff with a mark."""

    class State(models.TextChoices):
        PUBLISHED = "published", "Published"
        HELD = "held", "Waiting for a moderator"
        REFUSED = "refused", "Refused by a moderator"
        REMOVED = "removed", "Removed by a moderator"
        WITHDRAWN = "withdrawn", "Withdrawn by its author"
        COVERED = "covered", "Covered until a moderator decides"
        # What stands where a branch was moved away: no text, no author.
        MOVED = "moved", "Moved by a moderator"

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
    voice = models.ForeignKey(Voice, on_delete=models.RESTRICT, related_name="comments", null=True, db_index=False)
    # Its name stands in `name` as well.
    pen_name = models.ForeignKey(PenName, on_delete=models.RESTRICT, related_name="comments", null=True, db_index=False)
    staff_role = models.CharField(max_length=10, choices=StaffRole.choices, blank=True)
    source = models.TextField()
    html = models.TextField()
    # The whole article as the page of its thread shows it, if it is published; and by which look it was made.
    fragment = models.TextField(blank=True, default="")
    look = models.PositiveSmallIntegerField(default=0)
    # Why it is held, refused or removed, in words for readers and its author; and since when.
    reason = models.CharField(max_length=400, blank=True)
    state_since = models.DateTimeField(null=True)
    # Written by whoever began this discussion, as the receipt proved.
    by_starter = models.BooleanField(default=False)
    # When its author changed it; and whether they have used their one appeal.
    edited_at = models.DateTimeField(null=True)
    appealed = models.BooleanField(default=False)
    # On a top-level comment: minutes between two comments from one visitor bucket in its thread; 0 for no pause.
    slow_minutes = models.PositiveSmallIntegerField(default=0)
    # What moderators say of it: folded as off topic, no replies in its whole thread, and their words below it.
    off_topic = models.BooleanField(default=False)
    locked = models.BooleanField(default=False)
    note = models.CharField(max_length=400, blank=True, default="")
    receipt_hash = models.CharField(max_length=64, null=True, unique=True)
    import_key = models.CharField(max_length=64, blank=True)
    # What it counts as among its siblings where that is not its id: a moved comment joined late, its signpost early.
    joined_as = models.PositiveBigIntegerField(null=True)
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
                condition=~Q(state="withdrawn")
                | Q(source="", html="", name="", fragment="", voice__isnull=True, pen_name__isnull=True),
                name="withdrawn_comment_is_empty",
            ),
            models.CheckConstraint(
                condition=~Q(state="moved")
                | Q(source="", html="", name="", fragment="", voice__isnull=True, pen_name__isnull=True)
                & Q(receipt_hash__isnull=True),
                name="signpost_is_empty",
            ),
        ]
        indexes = [
            models.Index(fields=["post", "tree_id", "lft"], name="comment_thread_order"),
            models.Index(fields=["post", "posted_at"], name="comment_latest"),
            # Not a partial index: SQLite would not use one for the first page of the newest comments.
            models.Index(fields=["state", "-published_at", "-id"], name="comment_newest"),
            models.Index(fields=["look"], name="comment_look"),
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

    @property
    def name_note(self) -> str:
        """What is known about its name."""
        return names.note(self.name, is_pen_name=self.pen_name_id is not None, staff_role=self.staff_role)

    @property
    def signature(self) -> str:
        """Name, what is known about it, and voice, in one line."""
        return names.signature(self)


class MovedComment(models.Model):
    """A number that a comment had before a moderator moved it: it stays taken, and leads to where the comment is now.

    The rows of one signpost, in the order of their ids, are the branch as it was moved; the first is its top.
    """

    post = models.ForeignKey(Post, on_delete=models.RESTRICT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(null=True)
    comment = models.ForeignKey(Comment, on_delete=models.RESTRICT, related_name="moves")
    # Null: it was moved from here back to where it came from.
    signpost = models.ForeignKey(Comment, on_delete=models.RESTRICT, related_name="moved", null=True)
    # A mark that is true under the old post alone.
    by_starter = models.BooleanField(default=False)

    class Meta:
        # Not unique: a signpost that is carried on has the number of what it leads to.
        indexes = [models.Index(fields=["post", "number"], name="moved_number")]


class TimeReference(models.Model):
    """A clock time in a comment that names another one: “@10:15”; see forum/references.

    One row for each comment that it may mean: one row is a link, several are a question. A row without a target
    waits for a comment of that minute, since one may be approved late.
    """

    # Its own index would be the second that begins with the post.
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+", db_index=False)
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="references")
    target = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="named_in", null=True)
    # Where the time stands in the source, and which minute of the day it is.
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    minute = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["comment", "start", "target"]
        indexes = [models.Index(fields=["post", "minute"], name="reference_minute")]


class Ticket(models.Model):
    """The page shown after posting: two minutes long the way from an address to a comment.

    The database holds only a hash of the ticket, and the receipt code sealed with the ticket itself, so that
    nobody can read the code who has only the database.
    """

    token_hash = models.CharField(max_length=64, primary_key=True)
    # One of the three: a comment, a discussion that a reader began, or a comment that appears later.
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+", null=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+", null=True)
    later = models.ForeignKey("LaterComment", on_delete=models.CASCADE, related_name="+", null=True)
    # Empty where the visitor is not proved to be the author: the same text was there already.
    sealed_code = models.BinaryField(default=b"")
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(comment__isnull=False, post__isnull=True, later__isnull=True)
                | Q(comment__isnull=True, post__isnull=False, later__isnull=True)
                | Q(comment__isnull=True, post__isnull=True, later__isnull=False),
                name="ticket_leads_to_one_thing",
            )
        ]


class Quotation(models.Model):
    """A comment that a post quotes (a round-up), so that its removal or withdrawal reaches the quotation."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="quotations")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="quotations")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "comment"], name="one_quotation_of_a_comment")]


class Pick(models.Model):
    """A comment that the owner has ticked for a round-up."""

    comment = models.OneToOneField(Comment, on_delete=models.CASCADE, primary_key=True, related_name="pick")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position", "pk"]
