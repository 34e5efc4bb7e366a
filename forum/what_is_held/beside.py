"""What is held beside the database; see forum/holdings.py."""

from forum.holdings import NOBODY, SECOND, Holding, Subject

BESIDE = [
    Subject(
        90,
        "In memory, and on no disk",
        (
            Holding(
                "Counters against floods, each under a keyed hash of a network address, what was done, and in "
                "which stretch of time. An office or a household is one address",
                "memory: limit",
                "how often, within ten minutes or an hour",
                "for whoever holds the memory at that time: the network address of the last hour. It is never "
                "stored beside a comment, but a counter of one in a quiet hour may belong to the one comment of it",
                "at most an hour",
            ),
            Holding(
                "In a thread that a moderator slowed: who wrote there last, under the same hash, with a scrambled form "
                "of the page that it was written on",
                "memory: slow",
                SECOND,
                "for whoever holds the memory at that time: the network address that a comment came from",
                "as long as the pause, at most an hour",
            ),
            Holding(
                "Sketches of texts, so that the same one pasted again and again is noticed, and their key",
                "memory: alike likeness-key",
                "a few numbers made from a text with a key drawn by lot",
                "nobody; that a text like one in hand came in this hour",
                "until the hour ends",
            ),
            Holding(
                "Numbers of the small sums that a browser did under pressure, so that each counts once",
                "memory: proof",
                "drawn by lot",
                NOBODY,
                "ten minutes",
            ),
            Holding(
                "The key of those hashes, drawn by lot each hour", "memory: visitor-key", "exact", "as above", "an hour"
            ),
            Holding(
                "Pages as they were made for everybody, settings, and notes for the sender of mail",
                "memory: forum-page forum-page-turn site-settings celery mail confirmations _kombu unacked"
                " unacked_index unacked_mutex",
                "the same for all readers",
                NOBODY,
                "five minutes at most in Redis; in a process until the page is asked for again or there is no room",
            ),
        ),
    ),
    Subject(
        95,
        "Cookies: kept by the browser, not by us",
        (
            Holding(
                "How pages look, and which posts were read and when, each only for those who ask under Reading "
                "settings",
                "cookie: reading seen",
                "posts, and times to the minute",
                "whoever uses the device; we keep no copy",
                "90 days on the device, or until deleted on that page",
            ),
            Holding(
                "A secret, drawn by lot, for those who ask for a voice; the keys of their voices are made from it",
                "cookie: voice",
                "a random number",
                "whoever uses the device: with the database, that their voices are the same person’s. We keep no copy",
                "until the browser is closed, or until deleted under Reading settings",
            ),
            Holding(
                "For the owner and moderators: the sign-in, its protection, and notices",
                "cookie: session csrf messages",
                "random numbers",
                "owner and moderators",
                "at most 12 hours",
            ),
        ),
    ),
    Subject(
        97,
        "What may be left in files after something was withdrawn",
        (
            Holding(
                "Where the database is one file (SQLite): nothing. Deleted text is overwritten at once, and the log of "
                "changes is emptied when nobody is just reading, at the latest by the next clock that finds it so",
                "file: sqlite",
                "no text",
                NOBODY,
                "a minute or two",
            ),
            Holding(
                "Where the database is PostgreSQL: the old row, which no query reaches, until it is swept up; then its "
                "bytes in free space, until other rows are written there, and its words as keys that lead nowhere in "
                "the index of the search; and the log of changes, until the server uses that file again",
                "file: postgresql",
                "the text, without anything about who wrote it",
                "the same as the text",
                "the row a minute or two, at most an hour; free space on a quiet site for weeks; words in the index "
                "until whoever runs the server builds it anew; the log minutes to days, or longer where it is archived",
            ),
            Holding(
                "Backups, if whoever runs the site makes them",
                "file: backup",
                "as the database was that day",
                "the same as above",
                "as long as the backups",
            ),
            Holding(
                "Logs of the programs: what failed, in which line of code, and that a server started or stopped",
                "file: log",
                "to the minute; no address, no page, no text",
                NOBODY,
                "as long as the machine keeps its logs",
            ),
        ),
    ),
]
