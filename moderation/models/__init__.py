"""Cases and what opens them, decisions, and the owner's rules and reasons.

Times are cut to the minute: these rows point at comments. Nothing here says who wrote, reported or asked.
"""

from moderation.models.cases import Appeal, Case, Category, RemovalRequest, Report
from moderation.models.decisions import Action, Decision, Redaction
from moderation.models.reasons import Reason, reasons_shown
from moderation.models.rules import Rule

__all__ = [
    "Action",
    "Appeal",
    "Case",
    "Category",
    "Decision",
    "Reason",
    "Redaction",
    "RemovalRequest",
    "Report",
    "Rule",
    "reasons_shown",
]
