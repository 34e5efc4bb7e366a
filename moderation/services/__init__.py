"""The verbs of moderation: open a case, report, ask for removal, decide, undo."""

from moderation.services.answering import Answer, answer_request
from moderation.services.cases import (
    ask_for_removal,
    close_withdrawn,
    follow_edit,
    open_case,
    report_comment,
    take_appeal,
)
from moderation.services.deciding import NEEDS_REASON, Ruling, cover, decide, lock_thread, pin_note, slow_down
from moderation.services.retention import destroy_originals
from moderation.services.undoing import undo, undo_batch

__all__ = [
    "NEEDS_REASON",
    "Answer",
    "Ruling",
    "answer_request",
    "ask_for_removal",
    "close_withdrawn",
    "cover",
    "decide",
    "destroy_originals",
    "follow_edit",
    "lock_thread",
    "open_case",
    "pin_note",
    "report_comment",
    "slow_down",
    "take_appeal",
    "undo",
    "undo_batch",
]
