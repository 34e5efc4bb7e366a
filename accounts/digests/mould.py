"""The bytes of one mail, made once for everybody who gets the same, with gaps for what belongs to one reader.

All of it is ASCII, so no mail server on the way has to encode anew what was signed. A gap stands in quoted-printable
between two soft line breaks: what is put into it touches nothing that is encoded.
"""

from __future__ import annotations

import binascii
import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.header import Header
from enum import StrEnum

# RFC 5322, without the end of the line.
LONGEST_LINE = 998
# What may be put into the gaps of headers, and into those of the text: nothing that HTML or quoted-printable reads.
HARMLESS = re.compile("[ -~]+")
LINK = re.compile(r"[A-Za-z0-9:/.~\[\]_-]+", re.ASCII)


class Gap(StrEnum):
    """What is put in for each reader."""

    TO = "to"
    DATE = "date"
    MESSAGE_ID = "id"
    MANAGE = "manage"
    STOP = "stop"


LINKS = {Gap.MANAGE, Gap.STOP}


class Marks:
    """What stands for the gaps while a mail is written. Nobody can guess them, so no comment can hold one."""

    def __init__(self) -> None:
        secret = secrets.token_hex(10)
        self.of = {gap: f"gap{secret}{gap}" for gap in Gap}
        self.known = re.compile(f"gap{secret}({'|'.join(Gap)})")
        self.in_bytes = re.compile(self.known.pattern.encode())


# Of this process; what it makes leaves it without them.
MARKS = Marks()


@dataclass(frozen=True)
class Mould:
    """`pieces` with one of `gaps` between each two of them."""

    pieces: tuple[bytes, ...]
    gaps: tuple[Gap, ...]

    @property
    def size(self) -> int:
        """Bytes without what is put in."""
        return sum(map(len, self.pieces))

    def cast(self, values: Mapping[Gap, str]) -> bytes:
        """The mail for one reader.

        Raises:
            ValueError: a value is not harmless where it goes.
        """
        return self.filled(harmless(values))

    def filled(self, values: Mapping[Gap, bytes]) -> bytes:
        """The same with what `harmless` gave."""
        parts = [self.pieces[0]]
        for gap, piece in zip(self.gaps, self.pieces[1:], strict=True):
            parts += (values[gap], piece)
        return b"".join(parts)


def harmless(values: Mapping[Gap, str]) -> dict[Gap, bytes]:
    """What may be put into the gaps of a mail.

    Raises:
        ValueError: a value is not harmless where it goes.
    """
    for gap, value in values.items():
        if not (LINK if gap in LINKS else HARMLESS).fullmatch(value):
            raise ValueError(f"this cannot be the {gap} of a mail")
    return {gap: value.encode() for gap, value in values.items()}


def make_mould(
    marks: Marks, headers: Iterable[tuple[str, str]], text: str, html: str, expected: Mapping[Gap, int]
) -> Mould:
    """The mould of a mail in text and HTML; `expected` says how often each gap must occur.

    Raises:
        ValueError: a gap is missing or too many, or a header or line is not as it must be.
    """
    whole = assemble(headers, _part("plain", text, marks), _part("html", html, marks))
    split = marks.in_bytes.split(whole)
    gaps = tuple(Gap(name.decode()) for name in split[1::2])
    if Counter(gaps) != Counter(expected):
        raise ValueError(f"the gaps of the mail are {dict(Counter(gaps))}, not {dict(expected)}")
    if max(map(len, whole.split(b"\r\n"))) > LONGEST_LINE:
        raise ValueError("a line of the mail is too long")
    return Mould(tuple(split[::2]), gaps)


def assemble(headers: Iterable[tuple[str, str]], *parts: bytes) -> bytes:
    """A mail of several versions of the same, the best last."""
    # Neither "=_" nor this sum can occur in what is quoted-printable.
    boundary = f"=_{hashlib.sha256(b''.join(parts)).hexdigest()[:32]}"
    lines = [header_line(name, value) for name, value in headers]
    lines += ["MIME-Version: 1.0", f'Content-Type: multipart/alternative; boundary="{boundary}"']
    head = "".join(f"{line}\r\n" for line in lines).encode("ascii")
    body = b"".join(b"\r\n--" + boundary.encode() + b"\r\n" + part for part in parts)
    return head + body + b"\r\n--" + boundary.encode() + b"--\r\n"


def header_line(name: str, value: str) -> str:
    """One header. Words for people may be encoded and folded; everything else stays on one line as it is.

    Raises:
        ValueError: it holds a line break, or what is no words for people is not ASCII.
    """
    if "\r" in value or "\n" in value:
        raise ValueError(f"the header {name} holds a line break")
    if name == "Subject":
        # What looks encoded already is encoded, so that nobody's title is decoded.
        charset = "us-ascii" if value.isascii() and "=?" not in value else "utf-8"
        value = Header(value, charset, header_name=name, maxlinelen=75).encode(linesep="\r\n")
    elif not value.isascii():
        raise ValueError(f"the header {name} is not ASCII")
    return f"{name}: {value}"


def _part(kind: str, body: str, marks: Marks) -> bytes:
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode() + quoted(body, marks)


def quoted(body: str, marks: Marks) -> bytes:
    """Quoted-printable with CRLF, in which each gap has a line of its own that the decoder joins again."""
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    pieces = re.split(f"({marks.known.pattern.replace('(', '(?:')})", body)
    made = b""
    for number, piece in enumerate(pieces):
        if number % 2 == 0:
            made += binascii.b2a_qp(piece.encode(), istext=True).replace(b"\n", b"\r\n")
        else:
            # An empty line break where one is there already would do no harm, and look odd.
            before = b"" if made.endswith(b"\r\n") or not made else b"=\r\n"
            made += before + piece.encode() + (b"" if pieces[number + 1].startswith("\n") else b"=\r\n")
    return made
