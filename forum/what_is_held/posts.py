"""What is held of posts and discussions; see forum/holdings.py."""

from forum.holdings import MINUTE, NOBODY, SECOND, WHOLE, Holding, Subject
from forum.what_is_held.comments import ONLY_HOLDER, UNTIL_WITHDRAWN

OWNER = "the owner"

POSTS = [
    Subject(
        40,
        "A post, or a discussion that a reader began",
        (
            Holding(
                "Title, text and labels; where the owner edited a reader’s, also what was sent",
                "forum.Post: title body html updates_html sent_title sent_body; forum.Post_labels: id post label",
                "word for word",
                "the author of a discussion, by style or by details; people it names",
                f"a discussion {UNTIL_WITHDRAWN}, but for the words of its title in its address if it was published",
            ),
            Holding(
                "When a reader sent it; when it appeared, and when it was last changed",
                "forum.Post: submitted_at published_at updated_at last_update_at comments_close_at",
                f"{MINUTE} for a discussion; changes to the owner’s posts to the second",
                "somebody who is known to have been online in that minute",
                "as long as the post",
            ),
            Holding(
                "Its address, state, counters, and settings for its comments",
                "forum.Post: id kind state year month slug comments_open hold_comments hold_links pinned_note "
                "comment_count last_number thread_version version nonce reason import_key",
                WHOLE,
                NOBODY,
                "as long as the post",
            ),
            Holding(
                "A keyed hash of a discussion’s receipt code",
                "forum.Post: receipt_hash",
                "a scrambled form",
                ONLY_HOLDER,
                "as long as the post",
            ),
            Holding(
                "Earlier versions; of a discussion, only those that the owner saved",
                "forum.PostVersion: id post version title body",
                "word for word",
                OWNER,
                "a year, unless the owner chose another time; with a discussion, until it is withdrawn",
            ),
            Holding("When those were saved", "forum.PostVersion: saved_at", SECOND, OWNER, "as the version"),
        ),
    ),
    Subject(
        70,
        "What the owner writes and decides",
        (
            Holding(
                "Updates of posts",
                "forum.PostUpdate: id post number headline body html posted_at",
                MINUTE,
                OWNER,
                "as the post",
            ),
            Holding(
                "What is typed and not saved yet",
                "forum.Autosave: tab post version title body labels saved_at",
                SECOND,
                OWNER,
                "until it is saved, at most 60 days",
            ),
            Holding(
                "Pictures, painted anew",
                "forum.Picture: name data uploaded_at",
                SECOND,
                OWNER,
                "until the owner deletes them",
            ),
            Holding("Labels", "forum.Label: id name slug", WHOLE, NOBODY, "for good"),
            Holding(
                "Pages such as this one, with earlier versions",
                "forum.HousePage: id page version body html saved_at",
                SECOND,
                OWNER,
                "for good",
            ),
            Holding(
                "Settings of the site, among them words that comments should not hold",
                "forum.SiteSettings: id name tagline sender digest_hour digest_weekday days_to_confirm "
                "days_of_versions open_thread open_thread_text ask_second_factor voices_by_default later_for_all "
                "watched_names strict_check comments away_after_hours away",
                WHOLE,
                "whoever is on the owner’s list of names",
                "until they are changed",
            ),
            Holding(
                "When a moderator last opened the queue, not which; only if the owner wants it noted",
                "forum.SiteSettings: queue_opened_at",
                MINUTE,
                "the moderators",
                "until the next time",
            ),
            Holding("A counter that pages are kept by", "forum.SharedVersion: id version", WHOLE, NOBODY, "for good"),
        ),
    ),
]
