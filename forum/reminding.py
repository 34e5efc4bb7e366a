"""A second question that forum asks upwards: is there a rule that the author of this text should know of?

The setting `FORUM_REMINDER` names a callable that takes the post and the text of a draft and answers with `Reminder`s.
They inform, and never keep anybody from posting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from forum.models import Post


@dataclass(frozen=True)
class Reminder:
    """What stands for a subject that keeps coming up: its name, the owner's words, and the post that is kept for it."""

    name: str
    rule: str
    title: str
    address: str


class Reminding(Protocol):
    def __call__(self, post: Post, text: str) -> Sequence[Reminder]: ...


def no_reminders(post: Post, text: str) -> Sequence[Reminder]:
    """For a forum without moderation."""
    return ()


def reminders_for(post: Post, text: str) -> Sequence[Reminder]:
    """Ask the callable that the settings name."""
    remind: Reminding = import_string(settings.FORUM_REMINDER)
    return remind(post, text)
