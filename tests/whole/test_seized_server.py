"""After writing, replying, reporting and failing, nothing anywhere tells who it was."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import socket
import struct
import subprocess
import sys
import urllib.parse
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from config.environment import BASE_DIR
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
}


def traces() -> dict[str, bytes]:
    """What to look for: the marks, and the addresses in the ways in which software stores addresses."""
    found = {name: value.encode() for name, value in MARKS.items() if name not in ("X-Forwarded-For", "X-Real-IP")}
    for address in (ADDRESS, FORWARDED):
        packed = socket.inet_aton(address)
        found |= {
            f"{address} dotted": address.encode(),
            f"{address} hex": packed.hex().encode(),
            f"{address} number": str(struct.unpack("!I", packed)[0]).encode(),
        }
        for algorithm in ("md5", "sha1", "sha256"):
            found[f"{address} {algorithm}"] = hashlib.new(algorithm, address.encode()).hexdigest().encode()
    return found


def send(site: Site, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str, str]:
    """One request from the marked address with all marks."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, source_address=(ADDRESS, 0), timeout=30)
    form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    with contextlib.closing(connection):
        connection.request(method, path, body, MARKS | form | headers)
        answer = connection.getresponse()
        text = answer.read().decode()
    assert "set-cookie" not in {name.lower() for name, _ in answer.getheaders()} or "/accounts/" in path
    return answer.status, text, answer.getheader("Location", "")


def form(**fields: str) -> bytes:
    return urllib.parse.urlencode(fields).encode()


def use_every_door(site: Site) -> None:
    """Dana reads, writes, answers, reports, asks, subscribes, withdraws, and fails in many ways."""
    path = site.first_post()
    for each in ("/", path, f"{path}?c=1", f"{path}/reply?to=1", f"{path}/c/1/report", "/removal/", "/nope", "/desk/"):
        send(site, "GET", each)
    status, _, location = send(site, "POST", f"{path}/comments", form(text="A marked comment."))
    assert status == 303
    code = send(site, "GET", location)[1].split('id="code">')[1].split("<")[0]
    assert send(site, "POST", f"{path}/comments", form(text="A marked reply.", reply_to="1"))[0] == 303
    links = "http://a.example http://b.example http://c.example"
    assert send(site, "POST", f"{path}/comments", form(text=f"Held. {links}", name="Dana"))[0] == 303
    assert send(site, "POST", f"{path}/c/2/report", form(category="libel", text="Look."))[0] == 303
    assert send(site, "POST", "/removal/", form(address=path, text="Please."))[0] == 303
    assert send(site, "POST", "/subscribe/", form(email="charlie.marked@example.org", cadence="daily"))[0] == 303
    assert send(site, "POST", "/receipts/", form(code=code))[0] == 200
    assert send(site, "POST", "/receipts/withdrawal/", form(code=code))[0] == 200
    assert send(site, "POST", "/start/", form(title="A marked title", text="A marked discussion."))[0] == 303
    location = send(site, "POST", "/start/", form(title="A marked title", text="To be withdrawn, all of it."))[2]
    code = send(site, "GET", location)[1].split('id="code">')[1].split("<")[0]
    assert send(site, "POST", "/receipts/withdrawal/", form(code=code))[0] == 200
    assert send(site, "POST", "/start/", form(title="", text="x"))[0] == 422
    assert send(site, "POST", "/receipts/", form(code="WRONG"))[0] == 404
    assert send(site, "POST", f"{path}/comments", form(text=""))[0] == 422
    assert send(site, "POST", f"{path}/comments", form(text="x"), Origin="https://evil.example")[0] == 403
    assert send(site, "POST", f"{path}/comments", form(text="x" * 1_200_000))[0] == 400
    assert send(site, "GET", "/", Host="elsewhere.example")[0] == 400
    assert send(site, "POST", "/accounts/login/", form(login="alice@example.org", password="guess"))[0] == 403
    send(site, "POST", path, b"\xff\xfe broken", **{"Content-Type": "multipart/form-data; boundary=x"})
    with socket.create_connection(("127.0.0.1", site.port), source_address=(ADDRESS, 0)) as raw:
        raw.sendall(b"NONSENSE / HTTP/9.9\r\nUser-Agent: MARKAGENT/7.7\r\n\r\n")
        raw.recv(1000)


def fail_inside(site: Site) -> None:
    """A real error, with a traceback, while a marked request is being answered: the table is gone."""
    path = site.first_post()
    site.manage("shell", "-c", "from django.db import connection as c; c.cursor().execute('DROP TABLE forum_ticket')")
    status, page, _ = send(site, "POST", f"{path}/comments", form(text="Into a broken table."))
    assert status == 503
    assert "Into a broken table." in page


def everything_kept(site: Site, mailserver: MailServer) -> dict[str, bytes]:
    """Database, files (with WAL, logs and mails), Redis: all bytes that stay."""
    kept = {str(file.relative_to(site.folder)): file.read_bytes() for file in site.folder.rglob("*") if file.is_file()}
    kept |= {f"mail {number}": raw for number, raw in enumerate(mailserver.raw)}
    if url := site.env.get("DATABASE_URL"):
        with psycopg.connect(url) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for (table,) in tables:
                rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()  # type: ignore[call-overload]
                kept[f"table {table}"] = repr(
                    [[bytes(v) if isinstance(v, memoryview) else v for v in r] for r in rows]
                ).encode()
        server_log = Path(os.environ["DATA_DIR"]).parent / "postgres" / "log"
        kept["PostgreSQL's log"] = server_log.read_bytes()
    if url := site.env.get("REDIS_URL"):
        redis = Redis.from_url(url)
        for key in redis.scan_iter("*"):
            kept[f"Redis {key!r}"] = key + repr(redis.dump(key)).encode()
    return kept


def found_traces(kept: dict[str, bytes]) -> list[str]:
    return [
        f"{what} in {where}" for where, content in kept.items() for what, mark in traces().items() if mark in content
    ]


@pytest.fixture
def mailserver():
    server = MailServer()
    server.start()
    yield server
    server.stop()


def test_nothing_about_a_commenter_is_kept_anywhere(tmp_path, processes, mailserver):
    site = Site(tmp_path, processes, EMAIL_URL=mailserver.url)
    site.manage("demo")
    site.start(workers=2)
    use_every_door(site)
    site.manage("send_digests")
    fail_inside(site)
    kept = everything_kept(site, mailserver)
    assert found_traces(kept) == []
    assert any(b"A marked reply." in content for content in kept.values()), "the search must be able to find"
    assert any(b"charlie.marked@example.org" in content for content in kept.values())
    assert any(b"A marked discussion." in content for content in kept.values())
    if not site.env.get("DATABASE_URL"):
        for withdrawn in (b"A marked comment.", b"To be withdrawn, all of it."):
            assert not any(withdrawn in content for content in kept.values()), "withdrawn is gone from the files"


def test_the_search_finds_each_kind_of_leak():
    for name, mark in traces().items():
        assert found_traces({"a place": b"before " + mark + b" after"}), name


def test_a_password_typed_into_the_wrong_form_is_not_shown_again():
    """The page for a lost session shows every field but secrets."""
    script = (
        "import django; django.setup()\n"
        "from django.test import RequestFactory as F\n"
        "from forum.typed import typed_fields\n"
        "print([t.name for t in typed_fields(F().post('/', {'text': 'a', 'password': 'b', 'csrfmiddlewaretoken': 'c'}))])"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    shown = subprocess.run(
        [sys.executable, "-c", script], env=env, cwd=BASE_DIR, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "['text']"
