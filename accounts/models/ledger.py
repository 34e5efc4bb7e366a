"""What was planned for whom, and what became of it. The ledger is the queue."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models.subscribers import Cadence, Subscriber


class Digest(models.Model):
    """What one cadence sends at one slot: everything up to `horizon`. Planned once.

    `period` is the local date of a daily digest ("2026-01-14"), the ISO week of a weekly one ("2026-W03"), the horizon
    of one that is sent at once ("to 4711"). `slot` is the local hour, or weekday and hour, that it is for ("07",
    "0 07"), since readers choose; empty where it is sent at once.
    """

    cadence = models.CharField(max_length=7, choices=Cadence.choices)
    period = models.CharField(max_length=24)
    slot = models.CharField(max_length=4, blank=True)
    horizon = models.PositiveBigIntegerField()
    planned_at = models.DateTimeField()
    # How many deliveries ended in which state, kept when their rows are forgotten.
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cadence", "period", "slot"], name="one_digest_per_slot")]
        indexes = [models.Index(fields=["planned_at"], name="digest_by_time")]


class Delivery(models.Model):
    """One digest to one subscriber, with what became of it.

    PENDING     planned and nobody's, or put off until `not_before` since the mail server provably did not take it
    CLAIMED     one worker's, until `lease_until`; provably no word to the mail server yet
    SENDING     committed just before the mail server is spoken to
    SENT        the server took it; the same commit moves the subscriptions on
    UNCERTAIN   the process died or the server fell silent after sending began: the server may have it
    FAILED      the server will not take it, or it could not be written; the next digest brings its content
    EMPTY       nothing was left to say when it was written
    UNWANTED    the reader stopped, paused or is suppressed since it was planned
    SUPERSEDED  it came too late, or a newer digest overtook it, which brings its content
    """

    class State(models.TextChoices):
        PENDING = "pending"
        CLAIMED = "claimed"
        SENDING = "sending"
        SENT = "sent"
        UNCERTAIN = "uncertain"
        FAILED = "failed"
        EMPTY = "empty"
        UNWANTED = "unwanted"
        SUPERSEDED = "superseded"

    # Other indexes begin with them: planning 100,000 rows is quicker without these.
    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    # Both again as the digest has them, for the constraint: whoever changes the hour gets one mail a period.
    cadence = models.CharField(max_length=7, choices=Cadence.choices)
    period = models.CharField(max_length=24)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    # Why it was not sent, for the owner: a sentence's key, never an address (accounts/digests/reasons.py).
    reason = models.CharField(max_length=20, blank=True)
    # How often it was tried, and how often the mail server was spoken to and may have it: see `ledger.send_again`.
    attempts = models.PositiveSmallIntegerField(default=0)
    starts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    # Of the first start, and the Date header of every copy.
    started_at = models.DateTimeField(null=True)
    # Whose it is and until when. The fence is raised with each claim: who wakes up late finds another number.
    owner = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    # What the mail server said last: where it was, its code, its enhanced code ("5.1.1").
    phase = models.CharField(max_length=10, blank=True)
    code = models.PositiveSmallIntegerField(null=True)
    enhanced = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "cadence", "period"], name="one_delivery_per_subscriber_and_period"
            ),
            # What a mail says is chosen while it is claimed: another one to the same person would say it too.
            models.UniqueConstraint(
                fields=["subscriber"], condition=Q(state__in=["claimed", "sending"]), name="one_delivery_at_a_time"
            ),
        ]
        indexes = [
            # What is sent at once goes before a weekly run.
            models.Index(fields=["cadence", "not_before", "id"], condition=Q(state="pending"), name="delivery_queue"),
            models.Index(fields=["lease_until"], condition=Q(state__in=["claimed", "sending"]), name="delivery_leases"),
            models.Index(fields=["digest", "state"], name="delivery_counts"),
        ]
