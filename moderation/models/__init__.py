"""Cases and what opens them, decisions, and the owner's rules and reasons.

Times are cut to the minute: these rows point at comments. Nothing here says who wrote, reported or asked.
"""

from moderation.models.cases import Appeal, Case, RemovalRequest, Report
from moderation.models.categories import DISAGREE, Category, Ground, Severity
from moderation.models.decisions import Action, Decision, Redaction
from moderation.models.mails import StaffMail
from moderation.models.reasons import Reason, reasons_shown
from moderation.models.rules import Rule
from moderation.models.topics import Topic, TopicMonth

__all__ = [
    "DISAGREE",
    "Action",
    "Appeal",
    "Case",
    "Category",
    "Decision",
    "Ground",
    "Reason",
    "Redaction",
    "RemovalRequest",
    "Report",
    "Rule",
    "Severity",
    "StaffMail",
    "Topic",
    "TopicMonth",
    "reasons_shown",
]
