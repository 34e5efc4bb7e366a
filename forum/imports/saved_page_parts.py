"""What both readers of saved Blogger pages share: the result, lines, dates and page furniture."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

# Not str.strip(): its notion of a blank takes in characters that belong to somebody's text.
BLANKS = " \t\x0b\x0c\xa0"
TAB_WIDTH = 8
LONGEST_FURNITURE = 300

# "No comment", in the singular, is what people say.
_COUNT = re.compile(r"(?i)(?:(no(?= comments)|[0-9][0-9,]*) comments?|comments? ?[:(] ?([0-9]+)\)?) ?:?")

_FURNITURE = re.compile(
    r"skip to (?:the )?(?:main |blog )?(?:content|posts?|sidebar|navigation|menu|footer|search|comments?)"
    r"|search this blog|blog archive|total pageviews|report abuse"
    r"|posted by .{1,80}? at (?:.{0,40} )?[0-9]{1,2}[:.][0-9]{2}(?: ?[ap]\.?m\.?)?"
    r"(?: (?:no|[0-9,]+) comments?:?)?"
    r"|labels: ?[^.!?:;]{0,200}"
    r"|reactions:(?: ?\w{1,20} \([0-9]+\))*"
    r"|location: ?[^.!?:;]{0,80}"
    r"|(?:(?:email this|blogthis!|share to (?:x|twitter|facebook|pinterest|google buzz|linkedin)) ?)+"
    r"|recommend this on google|links to this post:?|create a link"
    r"|(?:[«‹]? ?oldest )?(?:[«‹]? ?older )?[0-9]+ ?[-–—] ?[0-9]+ of [0-9]+"
    r"(?: newer ?[›»]?)?(?: newest ?[›»]?)?"
    r"|add (?:a )?comment|post a comment|enter (?:your )?comment(?:\.\.\.|…)?|load(?:ing| more)(?:\.\.\.|…)"
    r"|to leave a comment, click the button below to sign in with google\.?|sign in with google"
    r"|(?:home ?)?(?:(?:newer posts?|older posts?) ?(?:home ?)?)+"
    r"|subscribe to:(?: ?(?:post comments|posts|comments))?(?: ?\(atom\))?|post comments ?\(atom\)"
    r"|view (?:mobile|web) version"
    r"|(?:[\w' ]{1,60}\.? theme\. ?)?(?:theme images by .{1,60}?\. ?)?powered by blogger\.?",
    re.IGNORECASE,
)
# Said of a page only in company: each could be the whole of somebody's paragraph.
_PERHAPS_FURNITURE = frozenset({"home", "pages", "share", "reply", "publish", "preview", "translate"})

_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DATE = re.compile(
    r"(?:(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun),? )?"
    rf"(?:(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)? (?P<month>{_MONTH})"
    rf"|(?P<us_month>{_MONTH}) (?P<us_day>[0-9]{{1,2}})(?:st|nd|rd|th)?)"
    r",? (?P<year>[0-9]{4})"
    r"(?:,? (?:at )?[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?(?: ?[ap]\.?m\.?)?(?: (?:gmt|bst|utc))?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SavedComment:
    """One comment of a saved page.

    `text` is what stands on the page, its lines joined by line feeds, without label, number and layout
    indentation. It may be "" in the numbered layout, where replies can hang on a comment without text.
    `parent` is the index in `SavedPage.comments` of the comment it answers; None means top-level.
    """

    text: str
    parent: int | None


@dataclass(frozen=True)
class SavedPage:
    """One post with its comments, in page order.

    `title` and `published` are None where the layout keeps none (flattened). `body` is Markdown.
    `declared` is the number that the page's own "N comments:" line gives, None without such a line; it
    may differ from `len(comments)`, e.g. because Blogger shows at most 200 comments at once.
    """

    title: str | None
    published: datetime.date | None
    body: str
    comments: list[SavedComment]
    declared: int | None = None


class SavedPageError(ValueError):
    """The text is no saved page, or one that cannot be read without guessing; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page: where it stands, how far it is indented, and its text without outer blanks."""

    number: int
    raw: str
    indent: int
    text: str


def split_lines(text: str) -> list[Line]:
    """The lines of a page, trailing blanks removed, whatever its line ends; a BOM is dropped."""
    # Not str.splitlines(): it also parts lines at characters that may stand inside a comment.
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    raws = (raw.rstrip(BLANKS) for raw in plain.split("\n"))
    return [Line(n, raw, indent_of(raw), raw.lstrip(BLANKS)) for n, raw in enumerate(raws, 1)]


def indent_of(raw: str) -> int:
    """The column at which the text of a line begins."""
    column = 0
    for char in raw:
        if char not in BLANKS:
            break
        column = next_column(char, column)
    return column


def next_column(blank: str, column: int) -> int:
    """The column after a blank that stands at `column`."""
    return column + TAB_WIDTH - column % TAB_WIDTH if blank == "\t" else column + 1


def comment_count(text: str) -> int | None:
    """The number in a line such as "12 comments:" or "No comments:", None for any other line."""
    match = _COUNT.fullmatch(_plain_blanks(text)) if len(text) < 40 else None
    if match is None:
        return None
    digits = (match[1] or match[2]).replace(",", "")
    return 0 if digits.lower() == "no" else int(digits)


def is_furniture(text: str) -> bool:
    """Whether the whole line is a part of Blogger's pages (links, bylines, buttons), not anybody's text."""
    if not text or len(text) > LONGEST_FURNITURE:
        return False
    return _FURNITURE.fullmatch(_plain_blanks(text)) is not None


def furniture_run(texts: Iterable[str], with_counts: bool = False) -> int:
    """How many of the first `texts` are furniture; blank lines count when furniture follows them.

    `with_counts`: "N comments:" is furniture too. It is so only between a post and its comments.
    """
    length, sure = 0, False
    for n, text in enumerate(texts, 1):
        if is_furniture(text) or (with_counts and comment_count(text) is not None):
            length, sure = n, True
        elif text.lower() in _PERHAPS_FURNITURE:
            length = n
        elif text:
            break
    return length if sure else 0


def trim_furniture(texts: list[str]) -> list[str]:
    """The lines of a post without the furniture at either end.

    Only at the ends, and only whole lines: a post may quote "Posted by A at 07:12" in its middle.
    """
    first = furniture_run(texts)
    return texts[first : max(first, len(texts) - furniture_run(reversed(texts), with_counts=True))]


def parse_date(text: str) -> datetime.date | None:
    """The date that the whole line gives, with or without weekday and time; None for any other line.

    A weekday that does not fit the date is let pass: the date itself is still what the line says.
    """
    match = _DATE.fullmatch(_plain_blanks(text)) if len(text) < 60 else None
    if match is None:
        return None
    month = _MONTHS.index((match["month"] or match["us_month"])[:3].lower()) // 3 + 1
    try:
        return datetime.date(int(match["year"]), month, int(match["day"] or match["us_day"]))
    except ValueError:
        return None


def _plain_blanks(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").split())
