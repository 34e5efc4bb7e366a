"""Facts that other apps may want to know. Sent inside the transaction that made them true.

Receivers are connected in one `receivers.py` per app. An exception in a receiver undoes the whole step.
"""

from django.dispatch import Signal

comment_posted = Signal()
"""A comment arrived, in whatever state. Arguments: `comment`, `verdict` (see forum/screening.py)."""

comment_published = Signal()
"""A comment is readable for the first time. Arguments: `comment`."""

comment_edited = Signal()
"""Its author changed a comment's text. Arguments: `comment`, `verdict`: what the screener says of the new text."""

comment_appealed = Signal()
"""Its author asks the moderators to look at a removed or refused comment again. Arguments: `comment`, `text`."""

comment_withdrawn = Signal()
"""Its author took a comment back; its text is gone. Arguments: `comment`."""

post_submitted = Signal()
"""A reader sent a discussion, which waits for the owner. Arguments: `post`."""

post_published = Signal()
"""A post is readable for the first time. Arguments: `post`."""

post_updated = Signal()
"""The owner added a dated update to a published post. Arguments: `update`."""
