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
                "The e-mail address, how its mails are to be, and until when no other mail to confirm it is sent",
                "accounts.Subscriber: id email mail_due mail_not_before hour weekday detail telling paused",
                SECOND,
                SUBSCRIBER,
                f"{UNTIL_THE_LAST}; an address that nobody confirmed, a week unless the owner chose another time",
            ),
            Holding(
                "That a link to change what is followed was just sent",
                "memory: fresh-link",
                "exact",
                SUBSCRIBER,
                "a quarter of an hour",
            ),
            Holding(
                "What is followed and how often, when it was asked for and confirmed, and what was sent",
                "accounts.Subscription: id subscriber label post thread updates_only cadence asked_at confirmed_at"
                " from_seq acked_seq",
                MINUTE,
                SUBSCRIBER,
                UNTIL_THE_LAST,
            ),
            Holding(
                "What a subscription that ended has brought, where others of the same address would bring it again",
                "accounts.Brought: id subscriber label post thread updates_only from_seq acked_seq",
                "the order, no time",
                SUBSCRIBER,
                "until their next digests",
            ),
            Holding(
                "What became readable, in order, so that each digest brings it once",
                "accounts.DigestEvent: id post comment update seq",
                "the order, no time",
                NOBODY,
                "for good",
            ),
            Holding(
                "Which digest was planned, and how many of its mails were sent",
                "accounts.Digest: id cadence period slot horizon planned_at counts",
                SECOND,
                NOBODY,
                "for good",
            ),
            Holding(
                "Which digest was sent to whom, when sending began, and what the mail server said",
                "accounts.Delivery: id digest subscriber cadence period state reason attempts starts not_before"
                " started_at owner lease_until fence phase code enhanced",
                SECOND,
                SUBSCRIBER,
                f"60 days, or {UNTIL_THE_LAST}",
            ),
            Holding(
                "Whether digests are sent, and what the owner decided about them",
                "accounts.PostOffice: id paused pause_reason paused_at when_uncertain words_to_avoid employer_domains"
                " tried failed refused_in_a_row installation",
                SECOND,
                NOBODY,
                "for good",
            ),
            Holding(
                "Until when the next mail waits: any, or one to a domain of addresses",
                "accounts.Pace: id name free_at",
                SECOND,
                NOBODY,
                "until the next mail to that domain",
            ),
            Holding(
                "Addresses that get no mail any more, as a keyed hash, and why",
                "accounts.Suppression: address_hash reason suppressed_at",
                SECOND,
                SUBSCRIBER,
                "until its holder asks and confirms anew",
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
