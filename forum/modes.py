"""What happens to new comments: what the owner chose for the site, for the post, and whether moderators are away.

The strictest holds. Readers are told by the form, before they write.
"""

from __future__ import annotations

from dataclasses import dataclass

from forum.models import Post, SiteSettings

Mode = SiteSettings.Comments
STRICTER = list(Mode.values)


@dataclass(frozen=True)
class Now:
    """The mode for a post, where it was chosen (`site`, `post` or `away`), and the sentence for readers."""

    mode: str
    where: str
    sentence: str


def now_for(post: Post, settings: SiteSettings) -> Now:
    """What happens to a comment on a post under these settings."""
    where, mode = max(("post", post.mode), ("site", settings.comments), key=lambda one: STRICTER.index(one[1]))
    if settings.away and STRICTER.index(mode) < STRICTER.index(Mode.HOLD_ALL):
        where, mode = "away", Mode.HOLD_ALL.value
    return Now(mode, where, sentence_for(mode, where))


def sentence_for(mode: str, where: str) -> str:
    """What readers are told; "" where everything is as usual."""
    if where == "away":
        return "No moderator is here at the moment. What you post waits until one has read it, which may take a while."
    return {
        Mode.HOLD_LINKS.value: "A moderator reads comments with a link here before they appear.",
        Mode.HOLD_ALL.value: "A moderator reads comments here before they appear.",
    }.get(mode, "")


def takes_comments(post: Post, settings: SiteSettings) -> bool:
    """Whether a comment may be sent at all."""
    return post.takes_comments and settings.comments != Mode.CLOSED
