"""Cases and what opens them, decisions, and the owner's screening rules.

Times are cut to the minute: these rows point at comments. Nothing here says who wrote, reported or asked.
"""

from moderation.models.cases import DISAGREE, Appeal, Case, Category, RemovalRequest, Report, Severity
from moderation.models.decisions import Action, Decision, Redaction
from moderation.models.mails import StaffMail
from moderation.models.rules import ScreeningRules
from moderation.models.topics import Topic, TopicMonth

__all__ = [
    "DISAGREE",
    "Action",
    "Appeal",
    "Case",
    "Category",
    "Decision",
    "Redaction",
    "RemovalRequest",
    "Report",
    "ScreeningRules",
    "Severity",
    "StaffMail",
    "Topic",
    "TopicMonth",
]
