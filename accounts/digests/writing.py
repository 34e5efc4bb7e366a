"""A digest in words, and as the bytes that all readers share who get the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings

from accounts.digests.contents import MOST_ITEMS, OfPost, Rows, kept, tell
from accounts.digests.letter import in_both
from accounts.digests.mould import Gap, Marks, Mould, make_mould
from accounts.digests.wording import Look, telling_subject
from accounts.models import Detail
from forum.site import mail_sender

# Mail programs cut what is longer than about 100 kB. With what is put in for a reader a mail stays below 90,000 bytes.
LARGEST = 88_000
# Letters of an extract, and items: tried in turn until the mail is small enough. The last always is.
SIZES = ((300, MOST_ITEMS), (140, MOST_ITEMS), (140, 20), (80, 10), (80, 3))
# Behind the first line, for programs that show what follows in lists: nothing that anybody sees.
PADDING = "\u034f\u200c\u00a0" * 60
GAPS = {Gap.TO: 1, Gap.DATE: 1, Gap.MESSAGE_ID: 1, Gap.MANAGE: 2, Gap.STOP: 3}


@dataclass(frozen=True)
class Written:
    """A digest in words, with marks or addresses where each reader's own links go."""

    subject: str
    text: str
    html: str


def rows_for(mails: Iterable[tuple[Sequence[OfPost], str]]) -> Rows:
    """What these mails show."""
    shown: list[OfPost] = []
    first_comments: list[int] = []
    for posts, detail in mails:
        if detail == Detail.COUNTS:
            continue
        shown += kept(posts, detail, MOST_ITEMS)
        first_comments += [post.comments[0] for post in posts if detail == Detail.TITLES and post.comments]
    return Rows(shown, first_comments)


def digest_mould(
    posts: Sequence[OfPost], rows: Rows, cadence: str, detail: str, look: Look, *, telling: bool, is_test: bool = False
) -> Mould:
    """A digest that is small enough, with gaps. What does not fit is counted in it."""
    marks = Marks()
    for length, most in SIZES:
        links = marks.of[Gap.MANAGE], marks.of[Gap.STOP]
        written = write_digest(
            posts, rows, cadence, detail, look, telling=telling, links=links, most=most, length=length
        )
        subject = f"Test: {written.subject}" if is_test else written.subject
        headers = headers_of(subject, look, marks, telling=telling, is_test=is_test)
        expected = GAPS | {Gap.STOP: 2} if is_test else GAPS
        mould = make_mould(marks, headers, written.text, written.html, expected)
        if mould.size <= LARGEST:
            break
    return mould


def write_digest(
    posts: Sequence[OfPost],
    rows: Rows,
    cadence: str,
    detail: str,
    look: Look,
    *,
    telling: bool,
    links: tuple[str, str],
    most: int = MOST_ITEMS,
    length: int = SIZES[0][0],
) -> Written:
    """A digest in words. `links` are where the reader changes what they follow, and where they stop it."""
    news = tell(posts, rows, detail, most=most, length=length)
    heading = look.heading(cadence)
    subject = look.subject(heading, news.summary, news.number)
    if telling and news.posts:
        subject = telling_subject(news.posts[0].title, news.all_posts - 1, news.summary)
    elif telling:
        subject = f"{look.site_name}: {news.summary}"
    context = {
        "subject": subject,
        "heading": heading,
        "first_line": look.first_line(),
        "padding": PADDING,
        "news": news,
        "detail": detail,
        "of_site": look.site_name if telling or detail != Detail.COUNTS else "",
        "newest": f"{settings.SITE_URL}/{'comments/' if news.has_comments else ''}",
        "manage": links[0],
        "unsubscribe": links[1],
    }
    return Written(subject, *in_both("digest", context))


def headers_of(
    subject: str, look: Look, marks: Marks, *, telling: bool, is_test: bool = False
) -> list[tuple[str, str]]:
    """The headers of a digest. A test cannot be unsubscribed from, so it does not say so."""
    of = marks.of
    headers = [
        ("From", mail_sender(look.sender(telling=telling))),
        ("To", of[Gap.TO]),
        ("Subject", subject),
        ("Date", of[Gap.DATE]),
        ("Message-ID", of[Gap.MESSAGE_ID]),
        ("List-Id", look.list_id()),
        ("Auto-Submitted", "auto-generated"),
        ("Precedence", "bulk"),
        ("X-Auto-Response-Suppress", "All"),
    ]
    one_click = [("List-Unsubscribe", f"<{of[Gap.STOP]}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]
    return headers if is_test else headers + one_click
