"""Leaving a case to a colleague: it waits on, for whoever left it behind all others, with a note that says why.

Lock order as in forum/tree.py: the post first, then the case, the log last.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from forum import tree
from forum.errors import ChangedSince
from moderation.errors import DecidedMeanwhile, NobodyElse, NoteForColleague, NotPossible
from moderation.models import Action, Case, Decision
from moderation.services.cases import tell_who_is_reading
from moderation.services.judging import is_alone
from moderation.services.log import record


@transaction.atomic
def leave_to_colleague(*, case_id: int, version: int, moderator: Any, note: str) -> Decision:
    """Set a case aside for another moderator; `note` tells them why, and is for moderators alone.

    Raises:
        NoteForColleague: there is no note.
        NobodyElse: there is no other moderator.
        DecidedMeanwhile: `version` is not the one that the case has now.
        NotPossible: the case is closed.
    """
    if not note.strip():
        raise NoteForColleague
    if is_alone():
        raise NobodyElse
    case = _locked(case_id)
    if case.version != version:
        raise DecidedMeanwhile(case)
    if not case.is_open:
        raise NotPossible
    before = {"left_by": case.left_by_id}
    case.left_by = moderator
    case.save(update_fields=["left_by"])
    tell_who_is_reading(case)
    return record(
        case=case,
        post_id=case.post_id,
        comment_id=case.comment_id,
        moderator=moderator,
        action=Action.HAND_OVER,
        internal_note=note.strip(),
        before=before,
        after={"left_by": moderator.pk},
    )


def take_back(line: Decision) -> None:
    """Undo it: the case waits as it did before. Its post is locked.

    Raises:
        ChangedSince: the case was decided, or somebody else left it since.
    """
    assert line.case_id, "only a case can be left"
    case = _locked(line.case_id)
    if not case.is_open or case.left_by_id != line.after["left_by"]:
        raise ChangedSince
    Case.objects.filter(pk=case.pk).update(left_by=line.before["left_by"])
    tell_who_is_reading(case)


def _locked(case_id: int) -> Case:
    tree.lock_post(Case.objects.values_list("post_id", flat=True).get(pk=case_id), page_changes=False)
    return Case.objects.select_for_update(of=("self",)).get(pk=case_id)
