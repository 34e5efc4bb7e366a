"""Staff, subscribers, and the ledger of digests.

Nothing here points from a person to a comment: a subscriber follows the site or a post, and an event row names
a comment but no person.
"""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.roles import PERMISSIONS, Role
from forum.clock import this_minute
from forum.models import Comment, Post, PostUpdate


class User(AbstractBaseUser):
    """The owner or a moderator. Readers and subscribers have no account."""

    email = models.EmailField(unique=True)
    role = models.CharField(max_length=10, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    # Raised to end every session of this person; part of what a session is checked against.
    session_epoch = models.PositiveIntegerField(default=0)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = BaseUserManager()

    def __str__(self) -> str:
        return self.email

    def get_short_name(self) -> str:
        """What other staff see in the log."""
        return self.email.split("@")[0]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is checked against: it ends when the password changes, or the epoch is raised."""
        facts = f"{self.session_epoch} {self.password}"
        return salted_hmac("accounts.User.session", facts, secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and perm in PERMISSIONS.get(self.role, frozenset())


class Invitation(models.Model):
    """Somebody was asked to join the staff; used once, by the link, within seven days."""

    email = models.EmailField(unique=True)
    role = models.CharField(max_length=10, choices=Role.choices)
    invited_at = models.DateTimeField(default=timezone.now)


class Cadence(models.TextChoices):
    DAILY = "daily", "Every day"
    WEEKLY = "weekly", "Every week"


class Subscriber(models.Model):
    """An e-mail address that somebody confirmed, or was asked to confirm.

    `mail_due` says that the mail with the link is to be sent, `mail_not_before` that it must wait: for an hour
    after the last one, whatever is asked in between, or until a mail server may like it better.
    """

    email = models.EmailField(unique=True)
    mail_due = models.BooleanField(default=False)
    mail_not_before = models.DateTimeField(null=True)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def confirmed(self) -> SubscriptionQuerySet:
        return self.filter(confirmed_at__isnull=False)

    def waiting(self) -> SubscriptionQuerySet:
        """Asked for and not confirmed."""
        return self.filter(confirmed_at__isnull=True)


class Subscription(models.Model):
    """What a subscriber follows (the whole site, or one post) and how often it is sent."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+", null=True)
    cadence = models.CharField(max_length=6, choices=Cadence.choices)
    asked_at = models.DateTimeField(default=this_minute)
    confirmed_at = models.DateTimeField(null=True)
    # Every event up to this number was sent, or is not for this subscription.
    acked_seq = models.PositiveBigIntegerField(default=0)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber"], condition=Q(post=None), name="one_site_subscription_per_subscriber"
            ),
            models.UniqueConstraint(
                fields=["subscriber", "post"],
                condition=Q(post__isnull=False),
                name="one_subscription_per_post",
            ),
        ]


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
        indexes = [models.Index(fields=["post", "seq"], name="event_by_post")]


class Digest(models.Model):
    """What one cadence sends for one period: everything up to `horizon`. Planned once."""

    cadence = models.CharField(max_length=6, choices=Cadence.choices)
    # The local date of a daily digest ("2026-01-14"), the ISO week of a weekly one ("2026-W03").
    period = models.CharField(max_length=10)
    horizon = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cadence", "period"], name="one_digest_per_period")]


class Delivery(models.Model):
    """One digest to one subscriber, with what became of it.

    PENDING   planned, or put off until `not_before` since the mail server provably did not take it
    SENDING   committed just before the mail server is spoken to
    SENT      the server took it; the same commit moves the subscriptions on
    UNCERTAIN the process died, or the server fell silent, after sending began: never sent again by itself,
              and not counted as sent, so the next digest brings its content once more
    FAILED    the server will not take it, or it could not be rendered; the next digest brings its content
    EMPTY     nothing was left to say when it was rendered
    """

    class State(models.TextChoices):
        PENDING = "pending"
        SENDING = "sending"
        SENT = "sent"
        UNCERTAIN = "uncertain"
        FAILED = "failed"
        EMPTY = "empty"
        SUPERSEDED = "superseded"

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "subscriber"], name="one_delivery_per_subscriber")]
        indexes = [models.Index(fields=["state", "not_before"], name="delivery_queue")]
