"""The verbs of moderation: open a case, report, ask for removal, decide, undo."""

from moderation.services.bulk import decide_many
from moderation.services.cases import (
    ask_for_removal,
    ask_to_look_again,
    close_withdrawn,
    follow_edit,
    open_case,
    report_comment,
    take_appeal,
)
from moderation.services.deciding import NEEDS_REASON, Ruling, cover, decide, lock_thread, pin_note, slow_down
from moderation.services.reporting import take_report
from moderation.services.undoing import undo, undo_batch

__all__ = [
    "NEEDS_REASON",
    "Ruling",
    "ask_for_removal",
    "ask_to_look_again",
    "close_withdrawn",
    "cover",
    "decide",
    "decide_many",
    "follow_edit",
    "lock_thread",
    "open_case",
    "pin_note",
    "report_comment",
    "slow_down",
    "take_appeal",
    "take_report",
    "undo",
    "undo_batch",
]
