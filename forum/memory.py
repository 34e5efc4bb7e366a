"""Short-lived facts that are never written to a disk: in Redis, or in this process where Redis is silent."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.core.cache import cache, caches
from django.core.cache.backends.redis import RedisCache
from redis import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

T = TypeVar("T")
# How long this process leaves a Redis alone that did not answer; each attempt would keep somebody waiting.
PAUSE = 10.0
GUARDED = ["add", "get", "set", "touch", "delete", "get_many", "set_many", "delete_many", "has_key", "incr", "clear"]


class Silence:
    """When this process may ask Redis again."""

    until = 0.0

    @classmethod
    def lasts(cls) -> bool:
        return time.monotonic() < cls.until

    @classmethod
    def begins(cls, error: Exception) -> None:
        cls.until = time.monotonic() + PAUSE
        logger.warning("Redis does not answer (%s); this process does without it for a while", type(error).__name__)


class RedisOrMemory(RedisCache):
    """Django's Redis cache; while Redis is silent, this process's own memory. A dead Redis must stop nobody."""

    def ask(self, question: Callable[[Redis], T]) -> T | None:
        """What Redis itself answers; None while it is silent. Nothing stands in for it."""
        if Silence.lasts():
            return None
        try:
            return question(self._cache.get_client(write=True))  # type: ignore[attr-defined]
        except (RedisError, OSError) as error:
            Silence.begins(error)
            return None


def _guarded(name: str) -> Callable[..., Any]:
    def ask(self: RedisOrMemory, *args: Any, **kwargs: Any) -> Any:
        if not Silence.lasts():
            try:
                return getattr(RedisCache, name)(self, *args, **kwargs)
            except (RedisError, OSError) as error:
                Silence.begins(error)
        return getattr(caches["memory"], name)(*args, **kwargs)

    return ask


for _name in GUARDED:
    setattr(RedisOrMemory, _name, _guarded(_name))


def remembered(name: str, make: Callable[[], T], *, seconds: int) -> T:
    """The value kept under `name`, made with `make` if there is none; the first of several makers wins."""
    return cast(T, cache.get_or_set(name, make, seconds))


def counted(name: str, *, seconds: int) -> int:
    """Add one to the counter `name` and return it; the counter dies `seconds` after it began."""
    cache.add(name, 0, seconds)
    try:
        return cache.incr(name)
    except ValueError:  # It died between the two calls.
        cache.add(name, 1, seconds)
        return 1


def first(name: str, *, seconds: int, value: str = "yes") -> bool:
    """Whether nobody has come under this name in the last `seconds`; of ten at once, one is the first."""
    return cache.add(name, value, seconds)
