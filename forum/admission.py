"""All that stands between a form that was sent and the comment in it, in the order in which it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest

from forum import likeness, pressure, slow_mode, traps
from forum.models import Post
from forum.pressure import Answered
from forum.screening import Answer, Verdict
from forum.services.posting import Submission

TOO_LIKE = Verdict(
    Answer.HOLD,
    "Nearly the same text came many times in the last hour. A moderator reads this one first.",
    rule="like many others",
)


@contextmanager
def admission(request: HttpRequest, post: Post, said: Submission) -> Iterator[Verdict | None]:
    """Around the posting of a comment: gives the reason for holding it, if there is one. Staff just pass.

    What leaves no comment leaves no trace here either: no turn in a slow thread, no likeness.

    Raises:
        ProofWanted, TooMany, SlowedDown: the comment cannot be taken (yet).
    """
    if said.staff_role:
        yield None
        return
    sent = Answered(request.POST.get("altcha", ""), "unproven" in request.POST)
    trapped = traps.look_at(request)
    unproven = pressure.admit(request, post_id=post.pk, answered=sent)
    alike = TOO_LIKE if settings.FORUM_LIMITS and likeness.is_one_too_many(said.text) else None
    with slow_mode.pausing(request, post=post, number=said.reply_to, nonce=said.nonce):
        yield trapped or unproven or alike
    if settings.FORUM_LIMITS:
        likeness.note(said.text)
