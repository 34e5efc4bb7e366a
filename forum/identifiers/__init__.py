"""Whether a text may say who somebody is: numbers of cases, ways to reach people, courts with details, guesses.

`find` says which places of a typed text those are, `hints` which details could name its author only together. Both
are pure: no database, nothing stored or logged, and what was typed is never changed. They are for the person who
wrote the text, before it is posted, and bind nobody.

Matching runs on a copy without the tricks of Unicode (`folding.py`); spans are those of the typed text. Every repeat
in a pattern is bounded, so that the work grows with the length of the text alone.
"""

from forum.identifiers.finding import find, hints
from forum.identifiers.kinds import Finding, Kind
from forum.identifiers.watched import MOST_NAMES

__all__ = ["MOST_NAMES", "Finding", "Kind", "find", "hints"]
