"""What the owner decides about the whole site."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class SiteSettings(models.Model):
    """One row; the defaults where the owner has set nothing. Read it through `forum.site.current`."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    class Comments(models.TextChoices):
        """What happens to new comments, the mildest first."""

        OPEN = "open", "Open: they appear at once, unless a rule holds them"
        HOLD_LINKS = "hold_links", "Hold links: a moderator reads those with a link first"
        HOLD_ALL = "hold_all", "Hold all: a moderator reads each first"
        CLOSED = "closed", "Closed: no new comments"

    name = models.CharField(max_length=60, default="Probation Forum")
    tagline = models.CharField(max_length=120, blank=True, default="News and talk among probation practitioners")
    sender = models.CharField(max_length=60, blank=True)
    digest_hour = models.PositiveSmallIntegerField(default=7)
    digest_weekday = models.PositiveSmallIntegerField(choices=Weekday.choices, default=Weekday.MONDAY)
    days_to_confirm = models.PositiveSmallIntegerField(default=7)
    days_of_versions = models.PositiveSmallIntegerField(default=365)
    open_thread = models.BooleanField(default=True)
    open_thread_text = models.TextField(
        blank=True,
        default="For what fits nowhere else: news, questions, a good word for a colleague.\n\n"
        "No names of people on probation, colleagues or offices, please.",
    )
    ask_second_factor = models.BooleanField(default=False)
    # Readers' comments carry a voice unless their authors say no; all of them appear later, with others.
    voices_by_default = models.BooleanField(default=False)
    later_for_all = models.BooleanField(default=False)
    # Offices, teams and names that no comment should hold, one a line; and whether what may identify somebody is held.
    watched_names = models.TextField(blank=True, default="")
    strict_check = models.BooleanField(default=False)
    # New comments on the whole site; each post may be stricter (forum/modes.py).
    comments = models.CharField(max_length=10, choices=Comments.choices, default=Comments.OPEN)
    # Hours without a moderator at the queue after which everything holds, 0 for never; whether that is so now, which
    # the clock says and not each page; and the minute in which one opened the queue (forum/services/away.py).
    away_after_hours = models.PositiveSmallIntegerField(default=0)
    away = models.BooleanField(default=False)
    queue_opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_site_settings")]


class SharedVersion(models.Model):
    """One row, raised by a change under one post that other posts may show too; see forum/page_version.py."""

    version = models.PositiveBigIntegerField(default=0)


class HousePage(models.Model):
    """One version of a house page (`house-rules`, `privacy`, `about`, `help`); the newest is shown."""

    page = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    body = models.TextField()
    html = models.TextField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["page", "-version"]
        constraints = [models.UniqueConstraint(fields=["page", "version"], name="house_page_version")]
