"""Owner and moderators, subscribers, and their digests. Imports forum, never moderation."""
