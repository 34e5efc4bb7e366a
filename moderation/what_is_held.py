"""What the tables of moderation hold; see forum/holdings.py."""

from forum.holdings import MINUTE, NOBODY, Holding, Subject

FOR_GOOD = "for good: it is the record of what was done"

HELD = [
    Subject(
        50,
        "A report, a removal request, a decision",
        (
            Holding(
                "A case: the comment or post, the rule that held it and the words that it found, and how it ended",
                "moderation.Case: id post comment outcome held_by_rule held_detail version",
                "the words found are deleted when the comment is withdrawn",
                NOBODY,
                FOR_GOOD,
            ),
            Holding(
                "When it was opened and closed",
                "moderation.Case: opened_at closed_at",
                MINUTE,
                "somebody who is known to have been online in that minute: who wrote what was held, or reported it",
                FOR_GOOD,
            ),
            Holding(
                "A report: its category and its text",
                "moderation.Report: id case category text",
                "word for word",
                "whoever reported, by style or by details; people it names",
                FOR_GOOD,
            ),
            Holding(
                "When a report came",
                "moderation.Report: created_at",
                MINUTE,
                "somebody who is known to have been online in that minute",
                FOR_GOOD,
            ),
            Holding(
                "A removal request: its text",
                "moderation.RemovalRequest: id case text",
                "word for word",
                "whoever asked, if they said how to reach them; people it names",
                FOR_GOOD,
            ),
            Holding(
                "When a removal request came",
                "moderation.RemovalRequest: created_at",
                MINUTE,
                "whoever asked",
                FOR_GOOD,
            ),
            Holding(
                "An appeal: its text",
                "moderation.Appeal: id case text",
                "word for word",
                "the author of the comment, by style or by details",
                "until the comment is withdrawn",
            ),
            Holding(
                "When an appeal came",
                "moderation.Appeal: created_at",
                MINUTE,
                "somebody who is known to have been online in that minute",
                "until the comment is withdrawn",
            ),
            Holding(
                "A decision: which moderator did what, why and when; without the text of the comment",
                "moderation.Decision: id case moderator action reason decided_at",
                MINUTE,
                "the moderator",
                "for good, in a log that cannot be altered",
            ),
            Holding(
                "The owner’s rules for what is held or refused",
                "moderation.ScreeningRules: id hold_everything most_links older_than_days held_words refused_words",
                "as set",
                NOBODY,
                "until they are changed",
            ),
        ),
    ),
]
