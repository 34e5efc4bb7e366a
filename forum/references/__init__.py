"""Clock times that people use as names: “@10:15”, “Anon 1941”, “23:46 and 00:22”, “9.25 said”.

All comments are anonymous, so the minute on the page is what readers call each other by. `find_mentions` says which
clock times of a typed text are such names; `resolve` says which comments of the post they mean. Both are pure: no
database, and nothing that was typed is changed.

Precision before recall: a wrong link puts words into somebody's mouth, a missing one costs a search. So a clock time
is a name only with a sign of it (`naming.py` has the rules, `before.py` and `after.py` the words), and becomes a link
only if a comment has that very minute.
"""

from forum.references.dates import Day
from forum.references.finding import Mention, find_mentions
from forum.references.resolving import Reference, resolve

__all__ = ["Day", "Mention", "Reference", "find_mentions", "resolve"]
