"""The parts of a digest, each written once for all mails that hold it: a post's head, an update, a comment.

Who follows a thread and who follows the site get different mails with the same parts in them.
"""

from __future__ import annotations

import datetime
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from threading import Lock
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.dateformat import format as formatted

from accounts.digests.contents import OfPost, summary_of
from accounts.digests.letter import part
from accounts.digests.wording import shortened
from accounts.models import Detail
from forum.extracts import extract
from forum.models import Comment, Post, PostUpdate

LONGEST_TITLE = 200
# Where it tells links apart that show the same words.
SHORT_TITLE = 60
# Of about 2 kB each.
MOST_FRAGMENTS = 5000


class Item(NamedTuple):
    """One part of a mail, with all that its words depend on."""

    kind: str
    pk: int
    post: int
    # Of the post's page, and of what all pages share.
    versions: tuple[int, int]
    detail: str
    # Of the extract, in letters; 0 for none.
    length: int
    # Whether links say which post they lead to, since the mail holds several.
    is_one_of_many: bool
    is_new: bool = False
    besides: str = ""
    first_comment: int = 0
    more: int = 0


class Fragment(NamedTuple):
    text: str
    html: str


class Fragments:
    """Those that this process wrote last. Several threads send."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.kept: OrderedDict[Item, Fragment] = OrderedDict()

    def of(self, items: Collection[Item]) -> dict[Item, Fragment]:
        """The fragments of these items; without those of what nobody can read any more. Three queries at most."""
        with self.lock:
            found = {item: self.kept[item] for item in items if item in self.kept}
        missing = [item for item in dict.fromkeys(items) if item not in found]
        if missing:
            rows = Rows(missing)
            written = {item: fragment for item in missing if (fragment := rows.write(item))}
            with self.lock:
                self.kept |= written
                while len(self.kept) > MOST_FRAGMENTS:
                    self.kept.popitem(last=False)
            found |= written
        return found


KEPT = Fragments()


def items_of(
    shown: Sequence[OfPost], posts: Sequence[OfPost], detail: str, *, shared_version: int, length: int
) -> list[Item]:
    """The parts of a mail that tells what is `shown` of the news about these posts, in their order."""
    whole = {post.post: post for post in posts}
    texts = detail == Detail.EXCERPTS
    items: list[Item] = []
    for one in shown:
        news = whole[one.post]
        common = (one.post, (one.version, shared_version), detail, length if texts else 0, len(posts) > 1)
        first = 0 if texts or not news.comments else news.comments[0]
        besides = "" if texts else summary_of([news], besides=True)
        items.append(Item("post", one.post, *common, is_new=news.is_new, besides=besides, first_comment=first))
        items += [Item("update", pk, *common) for pk in one.updates]
        items += [Item("comment", pk, *common) for pk in one.comments]
        more = len(news.updates) - len(one.updates) + (len(news.comments) - len(one.comments) if texts else 0)
        items.append(Item("end", one.post, *common, more=more))
    return items


class Rows:
    """What was written, loaded together."""

    def __init__(self, items: Iterable[Item]) -> None:
        items = list(items)
        columns = ("title", "html", "kind", "year", "month", "slug")
        self.posts = Post.objects.published().only(*columns).in_bulk({item.post for item in items})
        updates = {item.pk for item in items if item.kind == "update"}
        self.updates = PostUpdate.objects.defer("body").in_bulk(updates) if updates else {}
        comments = {item.pk for item in items if item.kind == "comment"}
        comments |= {item.first_comment for item in items if item.first_comment}
        readable = Comment.objects.published().select_related("voice").defer("source", "fragment")
        self.comments = readable.in_bulk(comments) if comments else {}

    def write(self, item: Item) -> Fragment | None:
        """The words of one item; None if it went away since it was chosen."""
        post = self.posts.get(item.post)
        if post is None:
            return None
        context: dict[str, Any] = {"item": item, "post": post, "short_title": shortened(post.title, SHORT_TITLE)}
        if item.kind == "post":
            first = self.comments.get(item.first_comment)
            context["title"] = shortened(post.title, LONGEST_TITLE)
            context["extract"] = beginning(post.html, item.length) if item.length and item.is_new else ""
            context["first_comment"] = address_of(first, post) if first else ""
        elif item.kind == "update":
            if not (update := self.updates.get(item.pk)):
                return None
            context |= {"headline": shortened(update.headline, LONGEST_TITLE), "when": shown_time(update.posted_at)}
            context["extract"] = beginning(update.html, item.length) if item.length else ""
            context["address"] = f"{post.address}#update-{update.number}"
        elif item.kind == "comment":
            if not (comment := self.comments.get(item.pk)):
                return None
            context |= {"comment": comment, "when": when(comment), "address": address_of(comment, post)}
            context["extract"] = beginning(comment.html, item.length)
        return Fragment(*part(item.kind, context))


def beginning(html: str, length: int) -> str:
    """The beginning of a text; the dots that end it stand on no line of their own."""
    said = extract(html, length)
    return f"{said[:-2]}\u00a0…" if said.endswith(" …") else said


def address_of(comment: Comment, post: Post) -> str:
    return f"{post.address}?c={comment.number}#c{comment.number}"


def when(comment: Comment) -> str:
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
