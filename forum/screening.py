"""The one question that forum asks upwards: may this draft be published?

The setting `FORUM_SCREENER` names a callable that takes a `Draft` and answers with a `Verdict`. It is asked
before the post is locked, so it may take its time; it must not write.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from forum.models import Post


@dataclass(frozen=True)
class Draft:
    """A comment before it is stored."""

    post: Post
    source: str
    html: str
    name: str


class Answer(enum.Enum):
    PUBLISH = "publish"
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Verdict:
    """The screener's answer.

    `reason` is a sentence for the author; `rule` names the rule, and `detail` says to moderators only what it
    found.
    """

    answer: Answer
    reason: str = ""
    rule: str = ""
    detail: str = ""


PUBLISH = Verdict(Answer.PUBLISH)


class Screener(Protocol):
    def __call__(self, draft: Draft) -> Verdict: ...


def publish_all(draft: Draft) -> Verdict:
    """A screener for a forum without moderation."""
    return PUBLISH


def screen(draft: Draft) -> Verdict:
    """Ask the screener that the settings name."""
    screener: Screener = import_string(settings.FORUM_SCREENER)
    return screener(draft)


def check_screener(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A wrong `FORUM_SCREENER` stops the start, not the first comment."""
    try:
        import_string(settings.FORUM_SCREENER)
    except ImportError as error:
        return [Error(f"FORUM_SCREENER cannot be imported: {error}", id="forum.E001")]
    return []
