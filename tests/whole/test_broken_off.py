"""Requests that no browser means to send, as the web server receives them."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from config.launch.processes import Processes
from tests.site import Site

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with Processes() as processes:
        site = Site(Path(tmp_path_factory.mktemp("site")), processes, demo=True)
        site.start()
        yield site


def raw(site: Site, method: str, path: str, body: bytes, *, kind: str = FORM, length: int | None = None) -> str:
    """Send these bytes, then close our half of the wire; everything that comes back."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nConnection: close\r\nContent-Type: {kind}\r\n"
    head += f"Content-Length: {len(body) if length is None else length}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=30) as wire:
        wire.sendall(head.encode() + body)
        wire.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: wire.recv(65536), b"")).decode()


def status(answer: str) -> int:
    return int(answer.split()[1])


@pytest.mark.parametrize("path", ["{post}/comments", "/receipts/", "/removal/", "/subscribe/", "{post}/c/1/report"])
def test_a_form_that_broke_off_on_its_way_does_nothing(site, path):
    post = site.first_post()
    before = site.manage("export_thread", post)
    half = (
        b"text=This+is+the+first+half&note=No&email=a@example.org&cadence=daily&category=spam&address=" + post.encode()
    )
    answer = raw(site, "POST", path.format(post=post), half, length=len(half) + 40)
    assert status(answer) == 400
    assert site.manage("export_thread", post) == before
    assert not (site.folder / "mail").exists()


def test_a_large_upload_is_taken_only_whole_and_only_within_measure(site):
    part = b'--x\r\nContent-Disposition: form-data; name="picture"; filename="x.jpg"\r\n\r\n' + bytes(2_000_000)
    kind = "multipart/form-data; boundary=x"
    whole = part + b"\r\n--x--\r\n"
    assert status(raw(site, "POST", "/desk/pictures/", part, kind=kind, length=len(whole))) == 400
    # Read, and then refused for want of a session.
    assert status(raw(site, "POST", "/desk/pictures/", whole, kind=kind)) == 403
    # Not read: so little is sent that the answer does not cross it on the wire.
    assert status(raw(site, "POST", "/desk/pictures/", part[:99], kind=kind, length=41 * 1024 * 1024)) == 413


def test_a_character_set_of_the_senders_choice_is_not_believed(site):
    post = site.first_post()
    part = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\\ud800\r\n--x--\r\n'
    kind = "multipart/form-data; boundary=x; charset=unicode_escape"
    assert status(raw(site, "POST", f"{post}/preview", part, kind=kind)) == 200
    assert status(raw(site, "GET", f"{post}?page=%ff", b"", kind="text/plain; charset=hex")) == 404
    assert status(raw(site, "GET", "/%ff?page=%ff", b"", kind='text/plain; charset="hex"')) == 404
