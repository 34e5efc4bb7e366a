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
                "A removal request: its ground and text, what was decided, and the answer",
                "moderation.RemovalRequest: id case ground text outcome answer",
                "word for word",
                "whoever asked, if they said how to reach them; people it names",
                "for good; where words were taken out for it, its text goes with them after 30 days",
            ),
            Holding(
                "When a removal request came, is due and was answered",
                "moderation.RemovalRequest: created_at due_at answered_at",
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
                "moderation.Decision: id case post comment moderator action reason internal_note decided_at undoes "
                "batch before after chain",
                MINUTE,
                "the moderator",
                "for good, in a log that cannot be altered",
            ),
            Holding(
                "What a comment said before words were taken out of it, and after",
                "moderation.Redaction: id decision source redacted",
                "word for word",
                "whoever the words that were taken out named",
                "30 days, in which it can be undone; deleted at once when its author withdraws the comment",
            ),
            Holding("When that ends", "moderation.Redaction: erase_at", MINUTE, NOBODY, "as long as that"),
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
