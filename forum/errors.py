"""What can go wrong, in words for the person it happens to. Each carries the HTTP status it deserves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

if TYPE_CHECKING:
    from forum.limits import Limit
    from forum.models import Comment, Post


class ForumError(Exception):
    """`str(error)` is a sentence to show; `status` the HTTP status to show it with."""

    status = 422


class BadText(ForumError):
    """A text that cannot be taken: empty, too long, or with a character that no database stores."""


class BadTitle(ForumError):
    """A title that cannot be taken: empty or too long."""


class BadNote(ForumError):
    """A moderator's words that cannot be taken."""


class ChangedSince(ForumError):
    """What a decision did cannot be undone: somebody has decided, or its author has withdrawn it, since."""

    status = 409

    def __init__(self) -> None:
        super().__init__("This cannot be undone: something else was decided since, or the author withdrew the comment.")


class CannotMove(ForumError):
    """A branch that cannot go where it was to go."""

    status = 409


class MovedMeanwhile(ForumError):
    """A comment went to another post at this very moment."""

    status = 409

    def __init__(self) -> None:
        super().__init__("A moderator moved this comment to another post at this very moment. Try again.")


class NotThere(ForumError):
    """Words that were to be taken out of a comment do not stand in it."""

    def __init__(self, words: str) -> None:
        super().__init__(f"“{words[:60]}” does not stand in this comment. Copy the words from its text, one a line.")


class ThreadLocked(ForumError):
    """The thread takes no more replies."""

    status = 409

    def __init__(self) -> None:
        super().__init__("A moderator has locked this thread: it takes no more replies.")


class BadName(ForumError):
    """A name that cannot be taken: too long, more than one line, or one that only staff may carry."""


class NameTaken(BadName):
    """Somebody else took the pen name between two looks at it."""

    status = 409

    def __init__(self) -> None:
        super().__init__("Somebody took this pen name a moment ago. Choose another, or leave the phrase empty.")


class BadPhrase(ForumError):
    """A secret phrase that cannot be one."""


class WrongPhrase(BadPhrase):
    """The phrase is not that of the pen name."""

    def __init__(self) -> None:
        super().__init__(
            "This pen name is taken, and this is not its secret phrase. Enter the phrase again, or choose another name."
        )


class NotYourComment(ForumError):
    """The code that was to prove an earlier comment is not the receipt of one under this post."""

    def __init__(self) -> None:
        super().__init__(
            "This is not the receipt code of a comment on this post. Check each letter, or leave the field empty."
        )


class BadAppeal(ForumError):
    """An appeal that says nothing, or too much."""


class BadReason(ForumError):
    """A refusal that does not say why, or at too great a length."""


class NotTheStarter(ForumError):
    """The code that was to prove who began a discussion is not its receipt."""

    def __init__(self) -> None:
        super().__init__(
            "This is not the receipt code of this discussion. Check each letter, or leave the field empty."
        )


class Refused(ForumError):
    """The screener refuses the draft; its reason is the sentence."""


class Closed(ForumError):
    """The post takes no comments (any more)."""

    status = 403


class NotPublished(ForumError):
    """The post is not (or no longer) there for readers."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "This post is not published, so there is nothing to update or to take down. Change its text instead."
        )


class PostGone(Http404):
    """A post was published at this address and taken down; the answer is 410."""

    def __init__(self, post: Post) -> None:
        super().__init__("This post was taken down.")
        self.post = post


class ParentGone(ForumError):
    """The comment to be answered is not (or no longer) readable."""

    status = 409


class TooMany(ForumError):
    """A limit is used up."""

    status = 429

    def __init__(self, limit: Limit, *, minutes: int) -> None:
        self.minutes = minutes
        where = "" if limit.for_all else " from your network"
        shared = "" if limit.for_all else "; many people may share it"
        super().__init__(f"Too much came{where} in a short time{shared}. {try_again_in(minutes)}")


def try_again_in(minutes: int) -> str:
    """What to do about a limit."""
    wait = "1 minute" if minutes == 1 else f"{minutes} minutes"
    return f"Wait {wait}, then press the button again: what you typed is still here."


class SlowedDown(ForumError):
    """A thread takes one comment from each network in so many minutes, and one has come."""

    status = 429

    def __init__(self, *, pause: int, minutes: int) -> None:
        each = "minute" if pause == 1 else f"{pause} minutes"
        super().__init__(
            f"This thread is slow: it takes one comment from each network every {each}, and one has just come from "
            f"yours; many people may share it. {try_again_in(minutes)}"
        )


class BadPause(ForumError):
    """A pause between comments that cannot be."""


class ProofWanted(ForumError):
    """A proof of work is asked before a comment is taken (forum/pressure.py).

    `challenge` is JSON for the page; `again`: a proof came, and could not be taken.
    """

    status = 429

    def __init__(self, reason: str, challenge: str, *, again: bool) -> None:
        super().__init__(reason)
        self.challenge, self.again = challenge, again


class NotAllowedNow(ForumError):
    """The state of a comment or discussion does not allow this step (any more): its author withdrew it, say."""

    status = 409

    def __init__(self, thing: Comment | Post, step: str) -> None:
        word = "comment" if thing._meta.model_name == "comment" else "discussion"
        super().__init__(f"This {word} is {thing.get_state_display().lower()}; it cannot be {step}.")


class NotChangeable(ForumError):
    """A comment's text can no longer be changed by its author; the sentence says why, and what can still be done."""

    status = 409

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} So it can no longer be changed. You may still withdraw it and post it anew.")


class AppealedBefore(ForumError):
    """Each comment has one appeal."""

    status = 409

    def __init__(self) -> None:
        super().__init__("You have appealed before: each comment has one appeal.")


class NoSuchReceipt(ForumError):
    """Neither a comment nor a discussion has this receipt code. It says nothing about what nearly matched."""

    status = 404

    def __init__(self) -> None:
        super().__init__("We know nothing with this code. Check each letter and number.")
