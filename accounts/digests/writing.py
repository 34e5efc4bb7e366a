"""A digest in words, and as the bytes that all readers share who get the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from accounts.digests.contents import MOST_ITEMS, OfPost, kept, summary_of
from accounts.digests.fragments import KEPT, Item, items_of
from accounts.digests.letter import in_both
from accounts.digests.mould import MARKS, Gap, Mould, make_mould
from accounts.digests.wording import LONGEST_TITLE, Look, shortened, telling_subject
from accounts.models import Detail
from forum.models import Post
from forum.site import mail_sender

# Mail programs cut what is longer than about 100 kB. With what is put in for a reader a mail stays below 90,000 bytes.
LARGEST = 88_000
# Letters of an extract, and items: tried in turn until the mail is small enough. The last always is.
SIZES = ((300, MOST_ITEMS), (140, MOST_ITEMS), (140, 20), (80, 10), (80, 3))
# Behind the first line, for programs that show what follows in lists: nothing that anybody sees.
PADDING = "\u034f\u200c\u00a0" * 60
GAPS = {Gap.TO: 1, Gap.DATE: 1, Gap.MESSAGE_ID: 1, Gap.MANAGE: 2, Gap.STOP: 3}


@dataclass(frozen=True)
class Wanted:
    """A digest that is to be written."""

    posts: Sequence[OfPost]
    cadence: str
    detail: str
    telling: bool
    look: Look
    shared_version: int

    def items(self, length: int, most: int) -> list[Item]:
        """Its parts, `most` of them with extracts of `length` letters at most."""
        shown = kept(self.posts, self.detail, most)
        return items_of(shown, self.posts, self.detail, shared_version=self.shared_version, length=length)


@dataclass(frozen=True)
class Written:
    """A digest in words, with marks or addresses where each reader's own links go."""

    subject: str
    text: str
    html: str


def digest_mould(wanted: Wanted, *, is_test: bool = False) -> Mould:
    """A digest that is small enough, with gaps. What does not fit is counted in it."""
    links = MARKS.of[Gap.MANAGE], MARKS.of[Gap.STOP]
    for length, most in SIZES:
        written = write_digest(wanted, links, length=length, most=most)
        subject = f"Test: {written.subject}" if is_test else written.subject
        headers = headers_of(subject, wanted, is_test=is_test)
        expected = GAPS | {Gap.STOP: 2} if is_test else GAPS
        mould = make_mould(MARKS, headers, written.text, written.html, expected)
        if mould.size <= LARGEST:
            break
    return mould


def write_digest(
    wanted: Wanted, links: tuple[str, str], *, length: int = SIZES[0][0], most: int = MOST_ITEMS
) -> Written:
    """A digest in words. `links` are where the reader changes what they follow, and where they stop it."""
    items = wanted.items(length, most)
    found = KEPT.of(items)
    fragments = [found[item] for item in items if item in found]
    look, posts = wanted.look, wanted.posts
    summary = summary_of(posts) or "nothing new"
    heading = look.heading(wanted.cadence)
    subject = look.subject(heading, summary, sum(post.number for post in posts))
    if wanted.telling:
        subject = _telling_subject(wanted, summary)
    has_comments = any(post.comments for post in posts)
    context: dict[str, object] = {
        "subject": subject,
        "heading": heading,
        "summary": summary,
        "first_line": look.first_line(),
        "padding": PADDING,
        "posts": len(posts),
        "more_posts": 0 if wanted.detail == Detail.COUNTS else len(posts) - len({item.post for item in items}),
        "is_counts": wanted.detail == Detail.COUNTS,
        "of_site": look.site_name if wanted.telling or wanted.detail != Detail.COUNTS else "",
        "newest": f"{settings.SITE_URL}/{'comments/' if has_comments else ''}",
        "manage": links[0],
        "unsubscribe": links[1],
    }
    parts = "".join(each.text for each in fragments), "".join(each.html for each in fragments)
    return Written(subject, *in_both("digest", context, parts))


def _telling_subject(wanted: Wanted, summary: str) -> str:
    """With the title of the newest post, or, for who wants numbers only, with the site's name."""
    title = ""
    if wanted.posts and wanted.detail != Detail.COUNTS:
        title = Post.objects.filter(pk=wanted.posts[0].post).values_list("title", flat=True).first() or ""
    title = shortened(title, LONGEST_TITLE)
    return telling_subject(title, len(wanted.posts) - 1, summary) if title else f"{wanted.look.site_name}: {summary}"


def headers_of(subject: str, wanted: Wanted, *, is_test: bool = False) -> list[tuple[str, str]]:
    """The headers of a digest. A test cannot be unsubscribed from, so it does not say so."""
    of = MARKS.of
    headers = [
        ("From", mail_sender(wanted.look.sender(telling=wanted.telling))),
        ("To", of[Gap.TO]),
        ("Subject", subject),
        ("Date", of[Gap.DATE]),
        ("Message-ID", of[Gap.MESSAGE_ID]),
        ("List-Id", wanted.look.list_id()),
        ("Auto-Submitted", "auto-generated"),
        ("Precedence", "bulk"),
        ("X-Auto-Response-Suppress", "All"),
    ]
    one_click = [("List-Unsubscribe", f"<{of[Gap.STOP]}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]
    return headers if is_test else headers + one_click
