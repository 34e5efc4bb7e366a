"""The owner's rules: what is published, held or refused before readers see it."""

from __future__ import annotations

from typing import Any

from django.db import models

from forum.statements import Statement, instance_of


class Rule(models.Model):
    """One rule. They are asked in their order, and the first that finds something decides (moderation/screening.py)."""

    class Kind(models.TextChoices):
        WORDS = "words", "Words"
        PATTERN = "pattern", "Pattern"
        LINKS = "links", "Links"
        NAME = "name", "Names and live cases"
        AGE = "age", "Age of the post"
        HOURS = "hours", "Hours of the night"

    class Answer(models.TextChoices):
        PUBLISH = "publish", "Publish: no later rule is asked"
        HOLD = "hold", "Hold: a moderator reads it first"
        REFUSE = "refuse", "Refuse: nothing is stored"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.HOLD)
    # The sentence that authors are shown.
    why = models.CharField(max_length=300)
    active = models.BooleanField(default=False)
    position = models.PositiveIntegerField()
    # Words, names or hosts, one a line; or one pattern. Days for the age of a post; how many links are too many.
    wanted = models.TextField(blank=True)
    number = models.PositiveIntegerField(null=True)
    # Times of day in the UK; the second may be on the next day.
    begins = models.TimeField(null=True)
    ends = models.TimeField(null=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.summary}"

    @property
    def lines(self) -> list[str]:
        """What is wanted, without what is written twice."""
        return list(dict.fromkeys(" ".join(line.split()) for line in self.wanted.splitlines() if line.strip()))

    @property
    def summary(self) -> str:
        """What it looks for, on one line."""
        if self.kind == self.Kind.AGE:
            return f"older than {self.number} day{'s' * (self.number != 1)}"
        if self.kind == self.Kind.HOURS:
            return f"{self.begins:%H:%M} to {self.ends:%H:%M}"
        listed = ", ".join(self.lines)
        if self.kind == self.Kind.LINKS:
            links = "" if self.number is None else f"more than {self.number} link{'s' * (self.number != 1)}"
            return " or ".join(part for part in (links, listed and f"to {listed}") if part)
        return listed

    @classmethod
    def active_rows(cls) -> list[Rule]:
        """The rules that are switched on, in their order."""
        return [instance_of(cls, row) for row in ACTIVE.rows()]


def _active() -> Any:
    return Rule.objects.filter(active=True).order_by("position", "pk").values_list()


ACTIVE = Statement(_active)
