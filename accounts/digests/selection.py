"""What is in each mail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Chosen:
    """The events that one mail tells of, in the order of their numbers, and how far its subscriptions had been."""

    events: tuple[int, ...]
    moved: tuple[tuple[int, int], ...]
