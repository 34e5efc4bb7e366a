"""A bar for long work, on a terminal only."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def with_progress(items: Sequence[T]) -> Iterable[T]:
    """Walk over `items`, with a bar on standard error if that is a terminal."""
    return tqdm(items, unit=" comments", disable=None, leave=False)
