"""What the tables of subscribers and staff hold; see forum/holdings.py."""

from forum.holdings import MINUTE, NOBODY, SECOND, Holding, Subject

SUBSCRIBER = "the subscriber; nothing joins them to a comment"
UNTIL_THE_LAST = "until the last subscription ends, then deleted at once"
STAFF = "owner and moderators; readers have no account"

HELD = [
    Subject(
        60,
        "Digests by e-mail",
        (
            Holding(
                "The e-mail address, and until when no other mail to confirm it is sent",
                "accounts.Subscriber: id email mail_due mail_not_before",
                SECOND,
                SUBSCRIBER,
                f"{UNTIL_THE_LAST}; an address that nobody confirmed, a week unless the owner chose another time",
            ),
            Holding(
                "What is followed and how often, when it was asked for and confirmed, and what was sent",
                "accounts.Subscription: id subscriber post cadence asked_at confirmed_at acked_seq",
                MINUTE,
                SUBSCRIBER,
                UNTIL_THE_LAST,
            ),
            Holding(
                "What became readable, in order, so that each digest brings it once",
                "accounts.DigestEvent: id post comment update seq",
                "the order, no time",
                NOBODY,
                "for good",
            ),
            Holding(
                "Which digest was planned", "accounts.Digest: id cadence period horizon", "the day", NOBODY, "for good"
            ),
            Holding(
                "Which digest was sent to whom, and when sending began",
                "accounts.Delivery: id digest subscriber state attempts not_before started_at",
                SECOND,
                SUBSCRIBER,
                UNTIL_THE_LAST,
            ),
        ),
    ),
    Subject(
        80,
        "The people who run the site",
        (
            Holding(
                "E-mail address, role, password (scrambled), when they last signed in",
                "accounts.User: id password last_login email role is_active session_epoch",
                SECOND,
                STAFF,
                "as long as the account",
            ),
            Holding(
                "Invitations to become one",
                "accounts.Invitation: id email role invited_at",
                SECOND,
                "whoever was invited",
                "seven days",
            ),
            Holding(
                "Their e-mail addresses once more", "account.EmailAddress: *", "exact", STAFF, "as long as the account"
            ),
            Holding("Confirmations of those", "account.EmailConfirmation: *", "empty here", STAFF, "nothing is stored"),
            Holding(
                "Their second factors, and when each was used",
                "mfa.Authenticator: *",
                SECOND,
                STAFF,
                "as long as the account",
            ),
            Holding("That they are signed in", "sessions.Session: *", SECOND, STAFF, "at most 12 hours"),
            Holding(
                "Groups and permissions, which this site does not use",
                "auth.Group: *; auth.Group_permissions: *",
                "empty here",
                NOBODY,
                "nothing is stored",
            ),
            Holding(
                "Names of tables and permissions",
                "auth.Permission: *; contenttypes.ContentType: *",
                "the same on every site",
                NOBODY,
                "for good",
            ),
        ),
    ),
]
