"""A reader of HTML of our own that knows nothing of bleach or nh3: what stands in a text that we rendered?"""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

ADDRESS = re.compile(r"https?://[^\s<>\"\x00-\x20]+", re.ASCII | re.IGNORECASE)
# Controls, blanks, and marks that turn the text. What else shows nothing, browsers leave out of a host themselves.
UNSEEN = re.compile("[\x7f-\xa0\u2028-\u202f\u2066-\u2069\u3000\ufdd0-\ufdef\ufffe\uffff]")
SITE_PATH = re.compile(r"/(?![/\\])[^\s<>\"\\]*")
WORDS_OF_REL = {"ugc", "nofollow", "noopener", "noreferrer"}
COMMENT = {"p", "br", "cite", "em", "strong", "blockquote", "ul", "ol", "li", "hr", "a"}
POST = COMMENT | {"code", "pre", "h2", "h3", "h4", "figure", "figcaption", "img"}
HOUSE_PAGE = POST | {"table", "thead", "tbody", "tr", "th", "td"}
EMPTY = {"br", "hr", "img"}


class Checker(HTMLParser):
    """Complains of everything that is not plainly allowed."""

    def __init__(self, tags: set[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.allowed, self.complaints, self.open = tags, list[str](), list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.allowed:
            self.complaints.append(f"element {tag}")
        for name, value in attrs:
            if not self.may_carry(tag, name, value or ""):
                self.complaints.append(f"{tag} {name}={value!r}")
        if tag not in EMPTY:
            self.open.append(tag)

    def may_carry(self, tag: str, name: str, value: str) -> bool:
        """Whether an element may have this attribute with this value."""
        match tag, name:
            case "a", "href":
                return leads_to_the_web(value) or ("table" in self.allowed and SITE_PATH.fullmatch(value) is not None)
            case "a", "class":
                return value == "clean"
            case "a", "rel":
                return set(value.split()) <= WORDS_OF_REL and "noopener" in value
            case "ol", "start":
                return value.isdecimal()
            case "figure", "class":
                return value in ("quotation", "relay", "picture", "comment")
        return False

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.complaints.append(f"end of {tag}")

    def handle_data(self, data: str) -> None:
        if re.search("[<>]", data):
            self.complaints.append(f"an angle in {data[:40]!r}")

    def handle_comment(self, data: str) -> None:
        self.complaints.append(f"comment {data[:40]!r}")

    def handle_decl(self, decl: str) -> None:
        self.complaints.append(f"declaration {decl[:40]!r}")

    def handle_pi(self, data: str) -> None:
        self.complaints.append(f"instruction {data[:40]!r}")

    def unknown_decl(self, data: str) -> None:
        self.complaints.append(f"declaration {data[:40]!r}")


def leads_to_the_web(value: str) -> bool:
    """Whether a link is an address that a person could have typed to get to a page on the web."""
    host = re.sub(r"^https?://", "", value, flags=re.IGNORECASE)
    host = re.split("[/?#]", host, maxsplit=1)[0]
    if "@" in host or "." not in host or UNSEEN.search(value):
        return False
    return ADDRESS.fullmatch(value) is not None


def complaints(html: str, tags: set[str] = COMMENT) -> list[str]:
    """What stands in this HTML beyond the allow-list; also what two readers could read in two ways."""
    checker = Checker(tags)
    checker.feed(html)
    checker.close()
    found = checker.complaints + [f"{tag} left open" for tag in checker.open]
    # Nothing that looks like a tag may be anything else.
    tags_seen = re.findall(r"<[^>]*>", html)
    found += [f"tag {tag!r}" for tag in tags_seen if not re.fullmatch(r'</?[a-z0-9]+(?: [a-z]+="[^"<>]*")*>', tag)]
    return found


def words_in(html: str) -> str:
    """The text that a reader sees, without blanks."""
    return re.sub(r"\s", "", unescape(re.sub(r"<[^>]*>", "", html)))
