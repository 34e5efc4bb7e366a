"""Cases and what opens them, decisions, and the owner's screening rules.

Times are cut to the minute: these rows point at comments. Nothing here says who wrote, reported or asked.
"""

from moderation.models.cases import Appeal, Case, Category, RemovalRequest, Report
from moderation.models.decisions import Action, Decision
from moderation.models.rules import ScreeningRules

__all__ = ["Action", "Appeal", "Case", "Category", "Decision", "RemovalRequest", "Report", "ScreeningRules"]
