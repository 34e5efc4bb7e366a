"""What became of a report or a removal request, for whoever holds its receipt code."""

from __future__ import annotations

from dataclasses import dataclass

from forum.models import Comment
from forum.receipts import hash_code
from moderation.models import Action, Case, RemovalRequest, Report

ENDED = {
    Action.KEEP: "A moderator looked at it and kept it.",
    Action.APPROVE: "A moderator looked at it and published it.",
    Action.REFUSE: "A moderator looked at it and refused it.",
    Action.NOTE: "A moderator looked at it and kept it with a note.",
    Action.REMOVE: "A moderator removed it.",
    Action.RESTORE: "A moderator looked at it and restored it.",
    Action.DISMISS: "A moderator looked at it and left everything as it is.",
    Action.OFF_TOPIC: "A moderator marked it as off topic: it is folded.",
    Action.ON_TOPIC: "A moderator looked at it and found it on topic.",
    Action.REDACT: "A moderator took words out of it.",
    Action.MOVE: "A moderator moved it, with its replies.",
    Action.ANSWER: "A moderator answered it.",
}
WITHDRAWN = "Its author withdrew it."


@dataclass(frozen=True)
class Outcome:
    """How far a case is, in a sentence; `waits` while nobody has decided; `reason` as readers see it."""

    waits: bool
    sentence: str
    reason: str = ""


def find_said(code: bytes) -> Report | RemovalRequest | None:
    """The report or removal request whose receipt this is."""
    by_code = {"receipt_hash": hash_code(code)}
    related = "case__post", "case__comment"
    report = Report.objects.filter(**by_code).select_related(*related).first()
    return report or RemovalRequest.objects.filter(**by_code).select_related(*related).first()


def outcome_of(case: Case) -> Outcome:
    """What whoever reported may know of a case: what readers see, nothing more."""
    comment = case.comment
    if case.is_open:
        covered = comment is not None and comment.state == Comment.State.COVERED
        waits = "It waits for a moderator." + (" Until then the comment is covered." if covered else "")
        return Outcome(True, waits)
    ended = ENDED.get(Action(case.outcome)) if case.outcome in Action.values else WITHDRAWN
    sentence = ended or "It is decided."
    reason = comment.reason if comment is not None and comment.state == Comment.State.REMOVED else ""
    return Outcome(False, sentence, reason)
