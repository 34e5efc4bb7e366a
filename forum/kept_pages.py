"""Finished pages as they are kept: in the memory of each process, and in Redis for all of them.

However many ask for a page that is not there, one thread of a process makes it, and with Redis one process; the
others wait for it, for a while, and then rather make it themselves than fail.
"""

from __future__ import annotations

import gzip
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from threading import Lock

from django.core.cache import caches
from django.http.response import HttpResponseBase
from redis import Redis
from redis.exceptions import LockError
from redis.lock import Lock as RedisLock

from forum.memory import RedisOrMemory

# Of gzip: 230 kB at level 2, 213 at level 5, 211 at level 9 for 890 kB of 1,000 comments; made once for each version.
LEVEL = 5
MOST_BYTES = 24 * 1024 * 1024
LARGEST = 8 * 1024 * 1024
# Seconds: how long Redis keeps a page, how long it takes a process for alive that makes one, how long others wait.
SHARED_FOR = 300
MAKING_TAKES = 5
PATIENCE = 3.0
PAUSE = 0.01


@dataclass(frozen=True, slots=True)
class KeptPage:
    """One page for everybody. `tag` is its entity tag, without quotes and without what names the encoding."""

    tag: str
    headers: Mapping[str, str]
    body: bytes
    zipped: bytes

    @classmethod
    def of(cls, body: bytes, headers: Mapping[str, str], build: str) -> KeptPage:
        tag = blake2b(body, digest_size=12, key=build.encode()).hexdigest()
        return cls(tag, headers, body, gzip.compress(body, LEVEL, mtime=0))

    @property
    def size(self) -> int:
        return len(self.body) + len(self.zipped) + 2000

    def packed(self) -> bytes:
        """For Redis: a line of JSON, then the compressed page."""
        return json.dumps([self.tag, dict(self.headers)]).encode() + b"\n" + self.zipped

    @classmethod
    def unpacked(cls, packed: bytes) -> KeptPage:
        facts, zipped = packed.split(b"\n", 1)
        tag, headers = json.loads(facts)
        return cls(tag, headers, gzip.decompress(zipped), zipped)


# What making a page gives: one that may be kept, or an answer for whoever asked, and for nobody else.
Made = KeptPage | HttpResponseBase
Make = Callable[[], Made]


class KeptPages:
    """The pages that this process keeps: of each address the one made last, of all places those asked for last."""

    def __init__(self, *, most_bytes: int = MOST_BYTES, largest: int = LARGEST) -> None:
        self.most_bytes, self.largest = most_bytes, largest
        self.pages: OrderedDict[Hashable, tuple[Hashable, KeptPage]] = OrderedDict()
        self.bytes = 0
        self.being_made: dict[Hashable, Future[KeptPage | None]] = {}
        self.lock = Lock()
        self.epoch = 0

    def forget_older(self, epoch: int) -> None:
        """Forget all pages where another epoch began: none of them can be served any more, and one may hold a text
        that was taken back.
        """
        if epoch != self.epoch:
            self.epoch = epoch
            self.clear()

    def clear(self) -> None:
        with self.lock:
            self.pages.clear()
            self.bytes = 0

    def get(self, address: Hashable, version: Hashable) -> KeptPage | None:
        with self.lock:
            found = self.pages.get(address)
            if found is None or found[0] != version:
                return None
            self.pages.move_to_end(address)
            return found[1]

    def put(self, address: Hashable, version: Hashable, page: KeptPage) -> None:
        with self.lock:
            if before := self.pages.pop(address, None):
                self.bytes -= before[1].size
            if page.size > self.largest:
                return
            self.pages[address] = version, page
            self.bytes += page.size
            while self.bytes > self.most_bytes:
                _, (_, oldest) = self.pages.popitem(last=False)
                self.bytes -= oldest.size

    def get_or_make(self, address: Hashable, version: Hashable, make: Make) -> Made:
        """The page of this address and version; `make` is called by one thread, unless that takes too long."""
        key = address, version
        with self.lock:
            promised = self.being_made.get(key)
            if promised is None:
                mine = self.being_made[key] = Future()
        if promised is not None:
            with suppress(TimeoutError):
                if page := promised.result(PATIENCE):
                    return page
            return make()
        return self._make(key, mine, make)

    def _make(self, key: tuple[Hashable, Hashable], mine: Future[KeptPage | None], make: Make) -> Made:
        page = None
        try:
            # Another thread may have made it between this one's look and its turn.
            made = self.get(*key) or make()
            if isinstance(made, KeptPage):
                page = made
                self.put(*key, page)
            return made
        finally:
            with self.lock:
                del self.being_made[key]
            mine.set_result(page)


def shared(name: str, make: Make) -> Made:
    """The page that Redis has under `name`, or else what `make` gives, which one process calls while others wait.

    Without Redis, or while it is silent, each process makes its own.
    """
    redis = caches["default"]
    if not isinstance(redis, RedisOrMemory):
        return make()
    patience = time.monotonic() + PATIENCE
    while time.monotonic() < patience:
        if packed := redis.ask(partial(_read, name)):
            return KeptPage.unpacked(packed)
        turn = redis.ask(partial(_take_turn, name))
        if turn is None:
            break
        if isinstance(turn, RedisLock):
            try:
                return _make_and_share(redis, name, make)
            finally:
                redis.ask(partial(_end_turn, turn))
        time.sleep(PAUSE)
    return make()


def forget_shared_pages() -> None:
    """Delete the pages that Redis keeps: one of them may hold a text that was taken back."""
    redis = caches["default"]
    if isinstance(redis, RedisOrMemory):
        redis.ask(_delete_all)


def _delete_all(client: Redis) -> bool:
    if keys := list(client.scan_iter("forum-page:*", count=1000)):
        client.unlink(*keys)
    return True


def _make_and_share(redis: RedisOrMemory, name: str, make: Make) -> Made:
    # Another process may have made it between this one's look and its turn.
    if packed := redis.ask(partial(_read, name)):
        return KeptPage.unpacked(packed)
    made = make()
    if isinstance(made, KeptPage) and made.size <= LARGEST:
        packed = made.packed()
        redis.ask(lambda client: client.set(f"forum-page:{name}", packed, ex=SHARED_FOR))
    return made


def _read(name: str, client: Redis) -> bytes | None:
    found = client.get(f"forum-page:{name}")
    return found if isinstance(found, bytes) else None


def _take_turn(name: str, client: Redis) -> RedisLock | bool:
    """The right to make the page, False while another process has it. It ends with a process that was killed."""
    turn = client.lock(f"forum-page-turn:{name}", timeout=MAKING_TAKES, thread_local=False)
    return turn if turn.acquire(blocking=False) else False


def _end_turn(turn: RedisLock, client: Redis) -> None:
    with suppress(LockError):  # It took longer than a turn lasts.
        turn.release()
