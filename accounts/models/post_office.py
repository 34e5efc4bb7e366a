"""Whether mail goes out at all, how fast, and to whom never."""

from __future__ import annotations

from django.db import models

# Mail shows on lock screens and shared desks.
WORDS_TO_AVOID = (
    "probation, offender, offending, prison, prisoner, justice, court, licence, hostel, union, whistleblower"
)
EMPLOYER_DOMAINS = "justice.gov.uk, hmpps.gov.uk, probation.gov.uk"


class PostOffice(models.Model):
    """The one row that every worker asks before a chunk of mails, and the owner's switches."""

    class Uncertain(models.TextChoices):
        RESEND = "resend", "Send it once more"
        HOLD = "hold", "Leave it until I decide"

    paused = models.BooleanField(default=False)
    # Why, as a key of accounts/digests/reasons.py; "owner" where the owner pressed the button.
    pause_reason = models.CharField(max_length=20, blank=True)
    paused_at = models.DateTimeField(null=True)
    when_uncertain = models.CharField(max_length=6, choices=Uncertain.choices, default=Uncertain.RESEND)
    # Words that neither subject, sender nor first line may hold unless the reader asked, and domains whose readers get
    # numbers only unless they choose otherwise; both with commas between.
    words_to_avoid = models.TextField(default=WORDS_TO_AVOID, blank=True)
    employer_domains = models.TextField(default=EMPLOYER_DOMAINS, blank=True)
    # What the circuit breaker counts: the last mails (halved when there are 400), failures, policy refusals in a row.
    tried = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    refused_in_a_row = models.PositiveSmallIntegerField(default=0)
    # The installation that sends from this database; a copy of it elsewhere finds another one here and sends nothing.
    installation = models.CharField(max_length=64, blank=True)


class Pace(models.Model):
    """Until when the next mail must wait, for all mail (`name` is empty) or for one domain of addresses."""

    name = models.CharField(max_length=255, unique=True)
    free_at = models.DateTimeField()


class Suppression(models.Model):
    """An address that gets no mail any more, as a keyed hash: it outlives the address.

    Lifted only by its holder, who asks and confirms anew.
    """

    address_hash = models.CharField(max_length=64, primary_key=True)
    reason = models.CharField(max_length=20)
    suppressed_at = models.DateTimeField()
