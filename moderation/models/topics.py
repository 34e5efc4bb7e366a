"""Quarrels that keep coming back: the owner names one once, with its words and the rule that stands."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone

from forum.models import Post
from forum.statements import Statement, instance_of
from moderation.likeness import looks_like


class Topic(models.Model):
    """A subject with a standing rule, and a post of its own on which its comments are parked."""

    class Active(models.TextChoices):
        ALWAYS = "always", "Always"
        UNTIL = "until", "Until a date"
        POST = "post", "Under one post"

    name = models.CharField(max_length=60, unique=True, help_text="One or two words: “grades”.")
    words = models.TextField(
        help_text="One word or phrase a line; capitals and a plural s do not matter. A text looks like the topic if it "
        "has two different words of the list, or one phrase of several words. Choose words that nothing else needs.",
    )
    rule = models.TextField(
        "Standing rule",
        max_length=600,
        help_text="Shown to whoever is about to post something that looks like it. It informs, and stops nobody.",
    )
    post = models.ForeignKey(Post, on_delete=models.RESTRICT, related_name="+")
    active = models.CharField("When it counts", max_length=8, choices=Active.choices, default=Active.ALWAYS)
    until = models.DateField("Last day", null=True, blank=True)
    only_post = models.ForeignKey(Post, on_delete=models.RESTRICT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("moderation:topic", args=[self.pk])

    def clean(self) -> None:
        if self.active == self.Active.UNTIL and not self.until:
            raise ValidationError({"until": "Enter the last day on which it counts."})

    def counts_under(self, post_id: int) -> bool:
        """Whether it concerns comments under a post today; never under its own."""
        if post_id == self.post_id:
            return False
        if self.active == self.Active.POST:
            return post_id == self.only_post_id
        return self.active == self.Active.ALWAYS or (self.until or datetime.date.min) >= timezone.localdate()

    def is_meant_by(self, text: str) -> bool:
        return looks_like(text, self.words)


class TopicMonth(models.Model):
    """How many comments looked like a topic in one month, wherever they were posted."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="months")
    month = models.DateField()
    matched = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-month"]
        constraints = [models.UniqueConstraint(fields=["topic", "month"], name="one_row_for_a_month_of_a_topic")]


ALL = Statement(lambda: Topic.objects.order_by("name").values_list())


def topics_of(post_id: int, text: str) -> list[Topic]:
    """The topics that a text under this post looks like: one query."""
    topics = [instance_of(Topic, row) for row in ALL.rows()]
    return [topic for topic in topics if topic.counts_under(post_id) and topic.is_meant_by(text)]
