"""What the owner wants held or refused before readers see it."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from forum.statements import Statement, instance_of


class ScreeningRules(models.Model):
    """The owner's rules for what is held before readers see it: one row."""

    hold_everything = models.BooleanField("Hold every comment until a moderator has read it", default=False)
    most_links = models.PositiveSmallIntegerField(
        "Hold comments with more links than", default=2, validators=[MaxValueValidator(100)]
    )
    older_than_days = models.PositiveIntegerField(
        "Hold comments on posts older than this many days",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(36_500)],
        help_text="Leave empty to switch this rule off.",
    )
    held_words = models.TextField(
        "Hold comments with one of these words",
        blank=True,
        help_text="One word or phrase a line. Whole words only, capitals do not matter.",
    )
    refused_words = models.TextField(
        "Refuse comments with one of these words",
        blank=True,
        help_text="One a line, for spam that keeps coming. The author sees that the comment was refused, and why.",
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_row_of_screening_rules")]

    @classmethod
    def current(cls) -> ScreeningRules:
        """The rules as they are; the defaults where the owner has set none."""
        rows = CURRENT.rows()
        return instance_of(cls, rows[0]) if rows else cls(pk=1)


CURRENT = Statement(lambda: ScreeningRules.objects.filter(pk=1).values_list())
