"""What is held of comments and their authors; see forum/holdings.py."""

from forum.holdings import MINUTE, NOBODY, WHOLE, Holding, Subject

AS_COMMENT = "as long as the comment; its place stays as “withdrawn by its author”"
UNTIL_WITHDRAWN = "until its author withdraws it, then deleted at once"
LIKE_COMMENT = "the same as in a comment"
UNTIL_RELEASE = "until it appears, at most an hour and a quarter; then it is in the comment, and this row is deleted"
ONLY_HOLDER = "nobody but whoever holds the code"

COMMENTS = [
    Subject(
        10,
        "A comment",
        (
            Holding(
                "The text, as typed, as it was made into a page, and as words to search",
                "forum.Comment: source html fragment look",
                "word for word",
                "its author, by style or by details; people it names",
                f"{UNTIL_WITHDRAWN}; a removed or refused text as well, for its author and for an appeal",
            ),
            Holding(
                "When it was posted, first readable, last decided on, and edited",
                "forum.Comment: posted_at published_at state_since edited_at",
                MINUTE,
                "somebody who is known to have been online in that minute. “Let it appear later” blurs it: "
                "then these are the minute in which it appeared",
                AS_COMMENT,
            ),
            Holding(
                "Its number, and its place in the thread",
                "forum.Comment: id post number parent tree_id lft rght level joined_as",
                "exact, in the order of arrival, or by lot for comments that appear later together",
                NOBODY,
                AS_COMMENT,
            ),
            Holding(
                "Its state and its reason, whether its author appealed, what moderators said of it or its thread",
                "forum.Comment: state reason appealed slow_minutes off_topic locked note",
                WHOLE,
                NOBODY,
                AS_COMMENT,
            ),
            Holding(
                "The name, if one was typed",
                "forum.Comment: name",
                "as typed",
                "whoever is known by it",
                UNTIL_WITHDRAWN,
            ),
            Holding(
                "That it has a voice or a pen name, if its author chose one",
                "forum.Comment: voice pen_name",
                "which of them",
                "nobody by itself; it ties comments of one author together, in one post or, with a pen name, "
                "everywhere",
                UNTIL_WITHDRAWN,
            ),
            Holding(
                "That it is by whoever began the discussion, by the owner or by a moderator",
                "forum.Comment: by_starter staff_role",
                "which of the three, not who",
                "the author of the discussion; the owner or one of the moderators",
                AS_COMMENT,
            ),
            Holding(
                "A keyed hash of the receipt code; if it came from the old blog, a keyed hash that recognises it",
                "forum.Comment: receipt_hash import_key",
                "a scrambled form",
                ONLY_HOLDER,
                AS_COMMENT,
            ),
            Holding(
                "The numbers that it had under other posts, if moderators moved it, and whether it was marked there "
                "as by whoever began the discussion",
                "forum.MovedComment: id post number comment signpost by_starter",
                "exact, as everybody saw them",
                NOBODY,
                AS_COMMENT,
            ),
            Holding(
                "Which earlier comments its clock times name, which posts quote it, and whether the owner ticked it",
                "forum.TimeReference: id post comment target start end minute; forum.Quotation: id post comment; "
                "forum.Pick: comment position",
                "places in the text",
                NOBODY,
                AS_COMMENT,
            ),
            Holding(
                "The page shown after posting: a scrambled form of its address, what it leads to, and the receipt "
                "code, locked so that only that address opens it",
                "forum.Ticket: token_hash comment post later sealed_code expires_at",
                MINUTE,
                "somebody who is known to have been online in that minute, also where the comment appears later",
                "two to three minutes; up to a minute more until it is deleted",
            ),
        ),
    ),
    Subject(
        20,
        "A comment that is to appear later",
        (
            Holding(
                "The text, the name, and everything else that the comment will have",
                "forum.LaterComment: id post parent source name voice pen_name by_starter receipt_hash "
                "held_by_rule reason held_detail",
                "word for word; not when it was written",
                LIKE_COMMENT,
                UNTIL_RELEASE,
            ),
            Holding(
                "When it is to appear, drawn by lot",
                "forum.LaterComment: release_at",
                MINUTE,
                "nobody; it was written within the hour before",
                UNTIL_RELEASE,
            ),
        ),
    ),
    Subject(
        30,
        "Voices and pen names",
        (
            Holding(
                "A voice: the post, the word shown, and a key made from a secret that only the author’s browser has",
                "forum.Voice: id post key mark",
                "one for each post; no two have anything in common",
                "nobody without that browser; it ties the comments of one author in one post together",
                "until the last comment with it is withdrawn",
            ),
            Holding(
                "A pen name, what it looks like, and a hash of its secret phrase (Argon2id)",
                "forum.PenName: id name skeleton phrase_hash",
                "as typed; the phrase scrambled",
                "whoever is known by it; it ties all their comments under it together",
                "until the last comment with it is withdrawn; then anybody may take it",
            ),
        ),
    ),
]
