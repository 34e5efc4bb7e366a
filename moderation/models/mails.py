"""What the staff is still to be told by mail, or was a short while ago."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from forum.clock import this_minute
from moderation.models.cases import Case


class StaffMail(models.Model):
    """One mail to one of the staff. It is stored with what it is about, so that nothing but a mail can be lost.

    None holds a text: of an urgent case it says the categories and a link, of the others how many wait.
    """

    class Kind(models.TextChoices):
        URGENT = "urgent"
        # Several urgent cases in one line, after so many mails in an hour.
        MORE = "more"
        DAILY = "daily"

    kind = models.CharField(max_length=6, choices=Kind.choices)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", null=True)
    day = models.DateField(null=True)
    planned_at = models.DateTimeField(default=this_minute)
    # When some process began to send it; when the server took it; until when it waits after it was not taken.
    started_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "case"], name="one_mail_about_a_case"),
            models.UniqueConstraint(fields=["recipient", "day"], name="one_daily_line"),
            models.CheckConstraint(
                condition=Q(kind="daily", case=None, day__isnull=False)
                | ~Q(kind="daily") & Q(case__isnull=False, day=None),
                name="mail_about_a_case_or_a_day",
            ),
        ]
        indexes = [models.Index(fields=["sent_at"], name="staff_mail_to_send")]
