"""Who gets mail, about what, and how it looks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from forum.clock import this_minute
from forum.models import Comment, Label, Post


class Cadence(models.TextChoices):
    AT_ONCE = "at once", "As it happens"
    DAILY = "daily", "Every day"
    WEEKLY = "weekly", "Every week"


class Detail(models.TextChoices):
    """How much of what was written stands in the mail itself."""

    EXCERPTS = "excerpts", "Titles and the beginning of each text"
    TITLES = "titles", "Titles only"
    COUNTS = "counts", "Numbers only"


class Subscriber(models.Model):
    """An e-mail address that somebody confirmed, or was asked to confirm, and how its mails are to be.

    `mail_due` says that the mail with the link is to be sent, `mail_not_before` that it must wait: for a day after
    the last one, whatever is asked in between, or until a mail server may like it better.
    """

    email = models.EmailField(unique=True)
    mail_due = models.BooleanField(default=False)
    mail_not_before = models.DateTimeField(null=True)
    # When daily and weekly digests come; None is the site's own hour and weekday. Monday is 0, as in Python.
    hour = models.PositiveSmallIntegerField(null=True)
    weekday = models.PositiveSmallIntegerField(null=True)
    detail = models.CharField(max_length=8, choices=Detail.choices, default=Detail.EXCERPTS)
    # The reader asked for titles in subjects and for the site's name as sender; both are neutral otherwise.
    telling = models.BooleanField(default=False)
    # Nothing is sent until the reader resumes; what is followed stays.
    paused = models.BooleanField(default=False)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def confirmed(self) -> SubscriptionQuerySet:
        return self.filter(confirmed_at__isnull=False)

    def waiting(self) -> SubscriptionQuerySet:
        """Asked for and not confirmed."""
        return self.filter(confirmed_at__isnull=True)


class Subscription(models.Model):
    """What a subscriber follows, and how often it is sent: a label, a post, a thread (its first comment), or,
    where all three are empty, the whole site; of it everything, or updates only.

    `from_seq` and `acked_seq` are numbers of events: those up to `from_seq` were never for this subscription (it began
    later, or the reader started anew), those up to `acked_seq` are dealt with.
    """

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="+", null=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+", null=True)
    thread = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+", null=True)
    # New posts and dated updates of them, no comments.
    updates_only = models.BooleanField(default=False)
    cadence = models.CharField(max_length=7, choices=Cadence.choices)
    asked_at = models.DateTimeField(default=this_minute)
    confirmed_at = models.DateTimeField(null=True)
    from_seq = models.PositiveBigIntegerField(default=0)
    acked_seq = models.PositiveBigIntegerField(default=0)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "updates_only"],
                condition=Q(label=None, post=None, thread=None),
                name="one_subscription_to_the_site",
            ),
            models.UniqueConstraint(
                fields=["subscriber", "label", "updates_only"],
                condition=Q(label__isnull=False),
                name="one_subscription_per_label",
            ),
            models.UniqueConstraint(
                fields=["subscriber", "post", "updates_only"],
                condition=Q(post__isnull=False),
                name="one_subscription_per_post",
            ),
            models.UniqueConstraint(
                fields=["subscriber", "thread"],
                condition=Q(thread__isnull=False),
                name="one_subscription_per_thread",
            ),
            models.CheckConstraint(
                condition=Q(label=None, post=None) | Q(label=None, thread=None) | Q(post=None, thread=None),
                name="a_subscription_follows_one_thing",
            ),
        ]


class Brought(models.Model):
    """What a subscription brought that ended while others of the same person had it before them: it must not come
    twice. Forgotten when they have passed it.
    """

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="+")
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="+", null=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+", null=True)
    thread = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+", null=True)
    updates_only = models.BooleanField(default=False)
    from_seq = models.PositiveBigIntegerField()
    acked_seq = models.PositiveBigIntegerField()
