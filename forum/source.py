"""What a person typed, and the few things that may be done to it before it is stored."""

import re
from collections.abc import Collection
from urllib.parse import parse_qs, urlsplit

from forum.errors import BadName, BadText

MAX_LENGTH = 20_000
MAX_NAME_LENGTH = 40
STAFF_NAMES = {
    "owner",
    "the owner",
    "blog owner",
    "moderator",
    "the moderator",
    "admin",
    "administrator",
    "staff",
}

# Outlook wraps links so that they carry the reader's work address.
SAFELINK = re.compile(r"https://[a-z0-9.-]+\.safelinks\.protection\.outlook\.com/[^\s<>\"]*", re.IGNORECASE)
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def clean_source(text: str) -> str:
    """The text of a comment as it is stored: as typed, but for line ends and unwrapped Safelinks.

    Raises:
        BadText: nothing but blanks, more than 20,000 characters, or a character that cannot be stored.
    """
    source = unwrap_safelinks(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not source.strip():
        raise BadText("Enter a comment.")
    if UNSTORABLE.search(source):
        raise BadText("Your comment holds a character that cannot be stored. Type the text anew where it came from.")
    if len(source) > MAX_LENGTH:
        over = len(source) - MAX_LENGTH
        raise BadText(f"Your comment must be {MAX_LENGTH:,} characters or fewer. You have {over:,} too many.")
    return source


def clean_name(name: str, *, reserved: Collection[str] = STAFF_NAMES) -> str:
    """The name an author chose, or "" for Anonymous.

    Raises:
        BadName: longer than 40 characters, invisible characters, or a name that belongs to staff.
    """
    cleaned = " ".join(name.split())
    if len(cleaned) > MAX_NAME_LENGTH:
        raise BadName(f"Your name must be {MAX_NAME_LENGTH} characters or fewer.")
    if NOT_IN_A_NAME.search(cleaned):
        raise BadName("Your name holds a character that cannot be shown. Use letters, numbers and spaces.")
    if cleaned.casefold() in reserved:
        raise BadName("That name is kept for the people who run the site. Choose another, or leave it empty.")
    return "" if cleaned.casefold() == "anonymous" else cleaned


def unwrap_safelinks(text: str) -> str:
    """Put the address that each Outlook Safelink leads to in its place."""
    return SAFELINK.sub(_inner_address, text)


def _inner_address(match: re.Match[str]) -> str:
    inner = parse_qs(urlsplit(match[0].replace("&amp;", "&")).query).get("url", [""])[0]
    return inner if inner.startswith(("http://", "https://")) and not re.search(r"\s", inner) else match[0]
