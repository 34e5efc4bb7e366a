"""What a mail tells of: its events, by post, the newest post first, no more than is pleasant to read.

Readability is asked again here. Between choosing the events and writing the mail somebody may have removed one.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateformat import format as formatted

from accounts.digests.wording import counted, joined, shortened
from accounts.models import Detail, DigestEvent
from forum.extracts import extract
from forum.models import Comment, Post, PostUpdate

READABLE = Q(post__state=Post.State.PUBLISHED) & (
    Q(comment=None) | Q(comment__state=Comment.State.PUBLISHED, comment__off_topic=False)
)
MOST_ITEMS = 40
LONGEST_TITLE = 200
# Where it tells links apart that show the same words.
SHORT_TITLE = 60


class Fact(NamedTuple):
    """One event that may be told, and in which version its post's page is."""

    event: int
    post: int
    version: int
    published_at: datetime.datetime
    update: int | None
    comment: int | None


@dataclass
class OfPost:
    """What is new about one post, as ids; `kept` of it stands in the mail."""

    post: int
    is_new: bool = False
    updates: list[int] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """A comment or an update in a mail."""

    address: str
    heading: str
    when: str
    extract: str
    number: int = 0


@dataclass(frozen=True)
class ToldPost:
    """A post in a mail, with what is told of it; `more` is how much is not."""

    title: str
    short_title: str
    address: str
    is_from_reader: bool
    is_new: bool
    extract: str
    besides: str
    updates: Sequence[Told]
    comments: Sequence[Told]
    first_comment: str
    more: int


@dataclass(frozen=True)
class News:
    """All that the templates need; `more_posts` are those that are only counted."""

    posts: Sequence[ToldPost]
    more_posts: int
    all_posts: int
    summary: str
    number: int
    has_comments: bool


def facts_of(events: Collection[int] | QuerySet[DigestEvent]) -> dict[int, Fact]:
    """What can be read of these events at this moment. One query."""
    readable = DigestEvent.objects.filter(READABLE, pk__in=events)
    columns = ("pk", "post_id", "post__thread_version", "post__published_at", "update_id", "comment_id")
    return {row[0]: Fact(*row) for row in readable.order_by("pk").values_list(*columns)}


def by_post(facts: Iterable[Fact]) -> list[OfPost]:
    """The newest post first; what is new of it in the order in which it became readable."""
    published: dict[int, datetime.datetime] = {}
    found: dict[int, OfPost] = {}
    for fact in facts:
        published[fact.post] = fact.published_at
        of_post = found.setdefault(fact.post, OfPost(fact.post))
        if fact.update is not None:
            of_post.updates.append(fact.update)
        elif fact.comment is not None:
            of_post.comments.append(fact.comment)
        else:
            of_post.is_new = True
    return sorted(found.values(), key=lambda one: (published[one.post], one.post), reverse=True)


def kept(posts: Sequence[OfPost], detail: str, most: int) -> list[OfPost]:
    """What stands in the mail: of each post something before any post has much. Comments only where they are told."""
    told = [[(post, kind, pk) for kind, pks in _kinds(post, detail) for pk in pks] for post in posts]
    ranked = sorted((rank, place) for place, items in enumerate(told) for rank in range(len(items)))[:most]
    shown: dict[int, OfPost] = {}
    for rank, place in sorted(ranked, key=lambda one: (one[1], one[0])):
        post, kind, pk = told[place][rank]
        of_post = shown.setdefault(place, OfPost(post.post))
        if kind == "post":
            of_post.is_new = post.is_new
        else:
            getattr(of_post, kind).append(pk)
    return list(shown.values())


def _kinds(post: OfPost, detail: str) -> list[tuple[str, list[int]]]:
    if detail == Detail.TITLES:
        return [("post", [post.post]), ("updates", post.updates)]
    return [("post", [post.post] if post.is_new else []), ("updates", post.updates), ("comments", post.comments)]


class Rows:
    """What was written, loaded once for all mails that are made together. Three queries."""

    def __init__(self, shown: Iterable[OfPost], also: Iterable[int] = ()) -> None:
        shown = list(shown)
        columns = ("title", "html", "kind", "year", "month", "slug")
        self.posts = Post.objects.published().only(*columns).in_bulk({one.post for one in shown})
        updates = {pk for one in shown for pk in one.updates}
        self.updates = PostUpdate.objects.defer("body").in_bulk(updates) if updates else {}
        comments = {pk for one in shown for pk in one.comments} | set(also)
        wanted = Comment.objects.published().select_related("voice").defer("source", "fragment")
        self.comments = wanted.in_bulk(comments) if comments else {}
        self.extracts: dict[tuple[str, int], str] = {}

    def extract(self, html: str, length: int) -> str:
        """The beginning of a text; many mails made together hold the same."""
        key = (html, length)
        if key not in self.extracts:
            self.extracts[key] = extract(html, length)
        return self.extracts[key]


def tell(posts: Sequence[OfPost], rows: Rows, detail: str, *, most: int, length: int) -> News:
    """The news as the templates show it, with `most` items and extracts of `length` characters at most."""
    whole = {post.post: post for post in posts}
    shown = [] if detail == Detail.COUNTS else [one for one in kept(posts, detail, most) if one.post in rows.posts]
    number = sum(post.is_new + len(post.updates) + len(post.comments) for post in posts)
    return News(
        posts=[_told_post(one, whole[one.post], rows, detail, length) for one in shown],
        more_posts=len(posts) - len(shown),
        all_posts=len(posts),
        summary=summary_of(posts),
        number=number,
        has_comments=any(post.comments for post in posts),
    )


def summary_of(posts: Iterable[OfPost]) -> str:
    """`1 new post, 2 new updates and 4 new comments`; `nothing new`."""
    posts = list(posts)
    numbers = {
        "post": sum(post.is_new for post in posts),
        "update": sum(len(post.updates) for post in posts),
        "comment": sum(len(post.comments) for post in posts),
    }
    return joined(counted(number, word) for word, number in numbers.items() if number) or "nothing new"


def _told_post(shown: OfPost, whole: OfPost, rows: Rows, detail: str, length: int) -> ToldPost:
    post = rows.posts[shown.post]
    texts = detail == Detail.EXCERPTS
    untold = len(whole.updates) - len(shown.updates) + (len(whole.comments) - len(shown.comments) if texts else 0)
    first = rows.comments.get(whole.comments[0]) if whole.comments and not texts else None
    return ToldPost(
        title=shortened(post.title, LONGEST_TITLE),
        short_title=shortened(post.title, SHORT_TITLE),
        address=post.address,
        is_from_reader=post.is_from_reader,
        is_new=whole.is_new,
        extract=rows.extract(post.html, length) if texts and shown.is_new else "",
        besides=summary_of([replace(whole, is_new=False)]) if whole.updates or whole.comments else "",
        updates=[
            _told_update(rows.updates[pk], post, rows, length if texts else 0)
            for pk in shown.updates
            if pk in rows.updates
        ],
        comments=[_told_comment(rows.comments[pk], post, rows, length) for pk in shown.comments if pk in rows.comments],
        first_comment=_address(first, post) if first else "",
        more=untold,
    )


def _told_update(update: PostUpdate, post: Post, rows: Rows, length: int) -> Told:
    update.post = post
    said = rows.extract(update.html, length) if length else ""
    return Told(update.address, shortened(update.headline, LONGEST_TITLE), shown_time(update.posted_at), said)


def _told_comment(comment: Comment, post: Post, rows: Rows, length: int) -> Told:
    said = rows.extract(comment.html, length)
    return Told(_address(comment, post), comment.signature, _when(comment), said, comment.number or 0)


def _address(comment: Comment, post: Post) -> str:
    return f"{post.address}?c={comment.number}#c{comment.number}"


def _when(comment: Comment) -> str:
    """When it was written; where it could be read only on a later day, that too."""
    if comment.posted_at is None or comment.published_at is None:
        return ""
    if timezone.localdate(comment.posted_at) == timezone.localdate(comment.published_at):
        return shown_time(comment.posted_at)
    appeared = formatted(timezone.localtime(comment.published_at), "j F")
    return f"written {shown_time(comment.posted_at)}, shown since {appeared}"


def shown_time(moment: datetime.datetime) -> str:
    """`10:15, 21 November`, with the year if it is not this one."""
    local = timezone.localtime(moment)
    return formatted(local, "H:i, j F" if local.year == timezone.localtime().year else "H:i, j F Y")
