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

branch_moved = Signal()
"""A moderator moved a comment with all its replies, or moved them back. Arguments: `comments`, a set that can be asked
for, where they are now, and `to_post`."""

counting_places = Signal()
"""Where does a comment's text stand? Arguments: `comment`. Receivers answer a list of (what it is, how many)."""

clock_ticked = Signal()
"""The clock of the site went on, about once a minute (forum/tasks.py). Sent outside transactions; no arguments.

Receivers do what is due, and answer True if they erased a text. Safe to send twice.
"""

post_submitted = Signal()
"""A reader sent a discussion, which waits for the owner. Arguments: `post`."""

post_published = Signal()
"""A post is readable for the first time. Arguments: `post`."""

post_updated = Signal()
"""The owner added a dated update to a published post. Arguments: `update`."""
