"""What a person typed, and the few things that may be done to it before it is stored."""

import re
import unicodedata
from urllib.parse import parse_qs, urlsplit

from forum.characters import TURNING_MARKS, without_shape
from forum.errors import BadName, BadText, BadTitle
from forum.names import DOTS, belongs_to_the_site

MAX_LENGTH = 20_000
MAX_NAME_LENGTH = 40
MAX_TITLE_LENGTH = 200

# Outlook wraps links so that they carry the reader's work address.
SAFELINK = re.compile(r"https://[a-z0-9.-]+\.safelinks\.protection\.outlook\.com/[^\s<>\"]*", re.IGNORECASE)
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
NOT_IN_A_TITLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean_source(text: str, *, called: str = "comment") -> str:
    """The text of a comment as it is stored: as typed, but for line ends and unwrapped Safelinks.

    `called` is what the sentences call it.

    Raises:
        BadText: nothing but blanks, more than 20,000 characters, or a character that cannot be stored.
    """
    source = unwrap_safelinks(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not source.strip():
        raise BadText(f"Enter a {called}.")
    if UNSTORABLE.search(source):
        raise BadText(f"Your {called} holds a character that cannot be stored. Type the text anew where it came from.")
    if len(source) > MAX_LENGTH:
        over = len(source) - MAX_LENGTH
        raise BadText(f"Your {called} must be {MAX_LENGTH:,} characters or fewer. You have {over:,} too many.")
    return source


def clean_body(text: str, *, called: str) -> str:
    """What the owner wrote beside a post's own form, as it is stored: without empty lines at its edges.

    Raises:
        BadText: a character that cannot be stored.
    """
    if UNSTORABLE.search(text):
        raise BadText(f"The {called} holds a character that cannot be stored. Type it anew where it came from.")
    return text.replace("\r\n", "\n").strip("\n")


def clean_name(name: str, *, is_new: bool = True) -> str:
    """The name an author chose, or "" for Anonymous. A name that was taken elsewhere, long ago, may look like staff.

    Raises:
        BadName: longer than 40 characters, invisible characters, or a name that only the site gives.
    """
    cleaned = " ".join(name.split())
    if len(cleaned) > MAX_NAME_LENGTH:
        raise BadName(f"Your name must be {MAX_NAME_LENGTH} characters or fewer.")
    if any(character != " " and without_shape(character) for character in cleaned) or UNSTORABLE.search(cleaned):
        raise BadName("Your name holds a character that cannot be shown. Use letters, numbers and spaces.")
    if is_new and DOTS.search(cleaned):
        raise BadName("Your name holds a dot that stands before voices. Use letters, numbers and spaces.")
    if is_new and belongs_to_the_site(cleaned):
        raise BadName("That name is kept for the people who run the site. Choose another, or leave it empty.")
    return "" if unicodedata.normalize("NFKC", cleaned).casefold() == "anonymous" else cleaned


def clean_title(title: str) -> str:
    """A title or label on one line, without characters that cannot be shown, stored or put into a feed."""
    return " ".join(NOT_IN_A_TITLE.sub(" ", title).split())


def clean_headline(title: str) -> str:
    """The title of a post or discussion as it is stored.

    Raises:
        BadTitle: nothing that can be seen, or more than 200 characters.
    """
    cleaned = TURNING_MARKS.sub("", clean_title(title))
    if all(without_shape(character) for character in cleaned):
        raise BadTitle("Enter a title.")
    if len(cleaned) > MAX_TITLE_LENGTH:
        raise BadTitle(f"The title must be {MAX_TITLE_LENGTH} characters or fewer. It has {len(cleaned)}.")
    return cleaned


def small_number(text: str | None) -> int | None:
    """A number of at most nine digits from an address or a form, or None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def unwrap_safelinks(text: str) -> str:
    """Put the address that each Outlook Safelink leads to in its place."""
    return SAFELINK.sub(_inner_address, text)


def _inner_address(match: re.Match[str]) -> str:
    inner = parse_qs(urlsplit(match[0].replace("&amp;", "&")).query).get("url", [""])[0]
    return inner if inner.startswith(("http://", "https://")) and not re.search(r"\s", inner) else match[0]
