"""Short-lived facts that are never written to a disk: in Redis, or in this process where Redis is silent."""

import logging
from collections.abc import Callable
from typing import TypeVar, cast

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

T = TypeVar("T")


def _either(ask: Callable[[BaseCache], T]) -> T:
    """Ask the shared memory; where it fails, this process's own. A dead Redis must not stop anybody."""
    try:
        return ask(caches["default"])
    except (RedisError, OSError) as error:
        logger.warning("Redis does not answer (%s); counting in this process", type(error).__name__)
        return ask(caches["memory"])


def remembered(name: str, make: Callable[[], T], *, seconds: int) -> T:
    """The value kept under `name`, made with `make` if there is none; the first of several makers wins."""

    def ask(cache: BaseCache) -> T:
        return cast(T, cache.get_or_set(name, make, seconds))

    return _either(ask)


def counted(name: str, *, seconds: int) -> int:
    """Add one to the counter `name` and return it; the counter dies `seconds` after it began."""

    def ask(cache: BaseCache) -> int:
        cache.add(name, 0, seconds)
        try:
            return cache.incr(name)
        except ValueError:  # It died between the two calls.
            cache.add(name, 1, seconds)
            return 1

    return _either(ask)
