"""Who Dana is to a machine, in all the forms in which software keeps that; and where to look for it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import re
import socket
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path

import psycopg
from redis import Redis

from forum.holdings import subjects
from tests.mailserver import MailServer
from tests.site import Site

# Loopback is a whole network: this address is ours alone in the test, so any trace of it is a trace of Dana.
ADDRESS = "127.77.66.55"
FORWARDED = "203.0.113.199"
MARKS = {
    "User-Agent": "MARKAGENT/7.7",
    "Referer": "https://markreferrer.example/secret",
    "Accept-Language": "cy-MARKLANG",
    "X-Forwarded-For": FORWARDED,
    "X-Real-IP": FORWARDED,
    "Sec-CH-UA": "MARKBRAND",
    "Via": "1.1 markproxy.example",
    "Cookie": "markcookie=MARKCOOKIE",
    "X-Request-ID": "MARKREQUEST",
    "DNT": "MARKDNT",
}
# For whoever asked for cookies, or has one of a session that is over.
MORE_COOKIES = (
    "sessionid=marksession0123456789; csrftoken=markcsrf0123456789markcsrf012345; reading=1.larger; seen=1.1-0-1-0"
)
COOKIE_MARKS = {"Cookie": "MARKCOOKIE", "session cookie": "marksession0123456789", "token": "markcsrf0123456789"}


def traces() -> dict[str, bytes]:
    """What to look for: the marks, and the addresses in the ways in which software stores addresses."""
    said = {name: value for name, value in MARKS.items() if name not in ("X-Forwarded-For", "X-Real-IP", "Cookie")}
    found = {name: value.encode() for name, value in (said | COOKIE_MARKS).items()}
    for address in (ADDRESS, FORWARDED):
        packed = socket.inet_aton(address)
        forms = {
            "dotted": address.encode(),
            "hex": packed.hex().encode(),
            "mapped": b"\xff\xff" + packed,
            "number": str(struct.unpack("!I", packed)[0]).encode(),
            "base64": base64.b64encode(address.encode()),
            "reversed": ".".join(reversed(address.split("."))).encode(),
        }
        for algorithm in ("md5", "sha1", "sha256", "blake2b"):
            hashed = hashlib.new(algorithm, address.encode())
            forms |= {algorithm: hashed.hexdigest().encode(), f"{algorithm} packed": hashed.digest()}
        found |= {f"{address} {form}": mark for form, mark in forms.items()}
    return found


def packed_addresses() -> dict[str, bytes]:
    """Four bytes each: to be looked for where little is kept, since they may stand in any large file by chance."""
    return {f"{address} packed": socket.inet_aton(address) for address in (ADDRESS, FORWARDED)}


def found_traces(kept: Mapping[str, bytes], marks: Mapping[str, bytes] | None = None) -> list[str]:
    return [
        f"{what} in {where}"
        for where, content in kept.items()
        for what, mark in (marks or traces()).items()
        if mark in content
    ]


def everything_kept(site: Site, mailserver: MailServer) -> dict[str, bytes]:
    """Database, files (with WAL, logs and mails), Redis: all bytes that stay."""
    kept = {str(file.relative_to(site.folder)): file.read_bytes() for file in site.folder.rglob("*") if file.is_file()}
    kept |= {f"mail {number}": raw for number, raw in enumerate(mailserver.raw)}
    if url := site.env.get("DATABASE_URL"):
        kept |= rows_of_postgresql(url)
        kept["PostgreSQL's log"] = (postgresql_folder() / "log").read_bytes()
    if url := site.env.get("REDIS_URL"):
        redis = Redis.from_url(url)
        # Redis may pack what it dumps; lists of the broker are read as they are.
        for key in redis.scan_iter("*"):
            kind = redis.type(key)
            value = redis.get(key) if kind == b"string" else redis.dump(key)
            kept[f"Redis {key!r}"] = key + b" " + (value or b"")
            if key.startswith(b"forum-page:"):
                kept[f"Redis {key!r} unpacked"] = gzip.decompress((value or b"").split(b"\n", 1)[1])
    return kept


def rows_of_postgresql(url: str) -> dict[str, bytes]:
    """Every row of every table, the index of the search among them."""
    kept = {}
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()  # type: ignore[call-overload]
            packed = [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in rows]
            kept[f"table {table}"] = repr(packed).encode() + b"".join(v for r in packed for v in r if type(v) is bytes)
    return kept


def postgresql_folder() -> Path:
    data = Path(os.environ["DATA_DIR"])
    return data.with_name(f"{data.name}-server")


def files_of_postgresql(url: str) -> dict[str, bytes]:
    """The files of one database, and the server's log of changes (WAL)."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        row = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    assert row
    data = postgresql_folder() / "data"
    files = [*(data / "base" / str(row[0])).iterdir(), *(data / "pg_wal").iterdir()]
    return {str(file.relative_to(data)): file.read_bytes() for file in files if file.is_file()}


def words_of_keys(keys: Iterable[bytes | str]) -> set[str]:
    """What the keys of a cache are for: their first word, without the site's own prefix."""
    texts = [key.decode() if isinstance(key, bytes) else key for key in keys]
    return {re.split("[:.]", re.sub(r"^(?:forum)?:1:", "", text))[0] for text in texts}


def listed_words() -> set[str]:
    """The first words of keys that `/privacy/` lists."""
    columns = [column for subject in subjects() for column in subject.columns]
    return {column.removeprefix("memory.") for column in columns if column.startswith("memory.")}
