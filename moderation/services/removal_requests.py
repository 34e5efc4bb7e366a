"""Answering a removal request: granted, with something taken down, or refused; whoever asked reads why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from forum import tree
from forum.clock import this_minute
from forum.models import Comment
from moderation.errors import NothingTakenDown, WordsForAsker
from moderation.models import Action, Case, Decision, RemovalRequest
from moderation.services.deciding import Ruling, decide

Outcome = RemovalRequest.Outcome
State = Comment.State
GONE = {State.REMOVED, State.REFUSED, State.WITHDRAWN, State.MOVED}
REASON = "The law asks for it"


@dataclass(frozen=True)
class Answer:
    """What a moderator says to whoever asked; `action` is what they do about it, or None for nothing more.

    `version` is that of the case as they saw it.
    """

    outcome: RemovalRequest.Outcome
    text: str
    version: int
    action: Action | None = None
    reason: str = REASON
    words: tuple[str, ...] = ()


@transaction.atomic
def answer_request(*, request_id: int, moderator: Any, answer: Answer) -> Decision | None:
    """Answer a request, and decide its case with it. A later answer takes the place of an earlier one.

    An answer alone leaves the case open if there is more in it. Who else asked is answered where it is removed.

    Raises:
        WordsForAsker: there is no answer to read.
        NothingTakenDown: it is granted, but the comment stands there as before.
        And what `decide` raises.
    """
    if not answer.text.strip():
        raise WordsForAsker
    post_id = RemovalRequest.objects.values_list("case__post", flat=True).get(pk=request_id)
    tree.lock_post(post_id, page_changes=False)
    asked = RemovalRequest.objects.select_related("case__comment").get(pk=request_id)
    if answer.outcome == Outcome.GRANTED and not answer.action and not _is_gone(asked.case):
        raise NothingTakenDown
    action = answer.action or _what_the_answer_decides(asked)
    RemovalRequest.objects.filter(pk=request_id).update(
        outcome=answer.outcome, answer=answer.text.strip(), answered_at=this_minute()
    )
    if action is None:
        return None
    reason = answer.reason if action in {Action.REMOVE, Action.REFUSE, Action.REDACT} else ""
    ruling = Ruling(action, reason, words=answer.words)
    line = decide(case_id=asked.case_id, version=answer.version, moderator=moderator, ruling=ruling)
    # Not a minute before the decision, which undoing it takes back as well.
    RemovalRequest.objects.filter(pk=request_id).update(answered_at=line.decided_at)
    return line


def _is_gone(case: Case) -> bool:
    """Whether nothing is left to take down; of a post as a whole, the owner has seen to it at the desk."""
    if case.comment is None or case.comment.state in GONE:
        return True
    return case.decisions.filter(action=Action.REDACT, undone_by=None).exists()


def _what_the_answer_decides(asked: RemovalRequest) -> Action | None:
    """That all stays as it is by now, where the case holds nothing but this request."""
    case = asked.case
    others = case.removal_requests.filter(answered_at=None).exclude(pk=asked.pk)
    more = case.reports.exists() or case.appeals.exists() or case.held_by_rule or others.exists()
    if more or not case.is_open:
        return None
    return next((action for action in (Action.KEEP, Action.DISMISS) if action in case.possible_actions), None)
