"""The verbs of moderation: open a case, report, ask for removal, decide, undo."""

from moderation.services.answering import Reply, answer_held
from moderation.services.bulk import decide_many
from moderation.services.cases import (
    ask_for_removal,
    ask_to_look_again,
    close_withdrawn,
    follow_edit,
    follow_move,
    open_case,
    report_comment,
    take_appeal,
)
from moderation.services.deciding import NEEDS_REASON, Ruling, cover, decide, lock_thread, pin_note, slow_down
from moderation.services.handing_over import leave_to_colleague
from moderation.services.moving import move_comment
from moderation.services.removal_requests import Answer, answer_request
from moderation.services.reporting import take_report
from moderation.services.retention import destroy_originals
from moderation.services.topics import count_matches, park, park_all
from moderation.services.undoing import undo, undo_batch

__all__ = [
    "NEEDS_REASON",
    "Answer",
    "Reply",
    "Ruling",
    "answer_held",
    "answer_request",
    "ask_for_removal",
    "ask_to_look_again",
    "close_withdrawn",
    "count_matches",
    "cover",
    "decide",
    "decide_many",
    "destroy_originals",
    "follow_edit",
    "follow_move",
    "leave_to_colleague",
    "lock_thread",
    "move_comment",
    "open_case",
    "park",
    "park_all",
    "pin_note",
    "report_comment",
    "slow_down",
    "take_appeal",
    "take_report",
    "undo",
    "undo_batch",
]
