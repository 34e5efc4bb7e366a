"""What the tables of moderation hold; see forum/holdings.py."""

from forum.holdings import MINUTE, NOBODY, SECOND, Holding, Subject

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
                "Which moderator left a case to a colleague",
                "moderation.Case: left_by",
                "the account",
                "the moderator",
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
                "A report: its category and its text, and a keyed hash of the receipt code of whoever reported",
                "moderation.Report: id case category text receipt_hash",
                "word for word",
                "whoever reported, by style or by details; people it names",
                "for good; its text until the comment is withdrawn",
            ),
            Holding(
                "When a report came",
                "moderation.Report: created_at",
                MINUTE,
                "somebody who is known to have been online in that minute",
                FOR_GOOD,
            ),
            Holding(
                "A removal request: its ground and text, what was decided, and the answer; and a keyed hash of the "
                "receipt code of whoever asked",
                "moderation.RemovalRequest: id case ground text outcome answer receipt_hash",
                "word for word",
                "whoever asked, if they said how to reach them; people it names",
                "for good; its text until the comment is withdrawn, or where words were taken out for it, for 30 days",
            ),
            Holding(
                "When a removal request came, is due and was answered",
                "moderation.RemovalRequest: created_at due_at answered_at",
                MINUTE,
                "whoever asked",
                FOR_GOOD,
            ),
            Holding(
                "An appeal: its text, and whether a receipt proved that it is the author’s",
                "moderation.Appeal: id case text is_proved",
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
            Holding(
                "When that is deleted",
                "moderation.Redaction: erase_at",
                MINUTE,
                NOBODY,
                "the same 30 days",
            ),
            Holding(
                "Which moderator has a case open just now, so that two do not decide the same one",
                "memory: looking",
                SECOND,
                "the moderator",
                "two minutes",
            ),
            Holding(
                "A mail to the owner or a moderator that is to be sent: about which case, or which day; never a text",
                "moderation.StaffMail: id kind recipient case day planned_at started_at sent_at not_before",
                MINUTE,
                "owner and moderators",
                "two days after it was sent",
            ),
            Holding(
                "Which network address, under the keyed hash of an hour, has reported which comment, with a scrambled "
                "form of the page that the report was written on; and how many different ones have",
                "memory: reported reporters",
                "within an hour",
                "for whoever holds the memory at that time: the network address that a report came from",
                "at most an hour",
            ),
            Holding(
                "That a process sends mails to the staff just now", "memory: staff-mails", "exact", NOBODY, "a minute"
            ),
            Holding(
                "The owner’s topics: their words, their standing rules and their posts; when they count",
                "moderation.Topic: id name words rule post active until only_post",
                "as set",
                NOBODY,
                "until they are changed",
            ),
            Holding(
                "How many comments looked like a topic, by month",
                "moderation.TopicMonth: id topic month matched",
                "a number a month",
                NOBODY,
                FOR_GOOD,
            ),
            Holding(
                "The owner’s rules for what is held or refused",
                "moderation.Rule: id kind answer why active position wanted number begins ends",
                "as set",
                "people and live cases on the owner’s list of names",
                "until they are changed",
            ),
            Holding(
                "The owner’s reasons for moderators to choose from",
                "moderation.Reason: id label sentence position active",
                "as set",
                NOBODY,
                "until they are changed",
            ),
        ),
    ),
]
