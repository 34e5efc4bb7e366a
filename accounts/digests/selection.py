"""What one mail holds, and which subscriptions it moves on. Whether readers may read it is asked here, once more.

An event is somebody's news if one of the subscriptions of the delivery's cadence has it before it, and none of the
same person has brought it already: whatever cadence changes, nothing is left out and nothing comes twice.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import Q, Value

from accounts.digests.events import readable
from accounts.models import Brought, Delivery, Subscription
from forum.models import Post

# Compared and swapped: what somebody else moved since it was read stays where it is.
ACKNOWLEDGE = (
    "UPDATE accounts_subscription SET acked_seq = %s WHERE (id, acked_seq) IN (VALUES {pairs}) AND acked_seq < %s"
)
BY_SEQ = attrgetter("seq")


@dataclass(frozen=True)
class Chosen:
    """What a mail brings: ids of events in the order of their numbers, each once.

    `moved` are the subscriptions that it deals with, each with the `acked_seq` that was read.
    """

    events: tuple[int, ...]
    moved: tuple[tuple[int, int], ...]


class News(NamedTuple):
    """One event that readers may read now."""

    pk: int
    seq: int
    post: int
    comment: int | None
    tree: int | None


class Range(NamedTuple):
    """A confirmed subscription, and how far it is; or, without a cadence, what one brought that has ended."""

    pk: int
    subscriber: int
    cadence: str
    label: int | None
    post: int | None
    thread: int | None
    tree: int | None
    post_of_thread: int | None
    updates_only: bool
    from_seq: int
    acked_seq: int


RANGE = (
    *("pk", "subscriber_id", "cadence", "label_id", "post_id", "thread_id", "thread__tree_id", "thread__post_id"),
    *("updates_only", "from_seq", "acked_seq"),
)


@dataclass
class Sheet:
    """The news of a chunk, as site, posts, labels and threads have them, in order."""

    labels_of: Mapping[int, set[int]]
    site: list[News] = field(default_factory=list)
    parts: dict[tuple[str, int], list[News]] = field(default_factory=lambda: defaultdict(list))
    kept: dict[tuple[object, ...], list[News]] = field(default_factory=dict)

    def add(self, news: News) -> None:
        self.site.append(news)
        self.parts["post", news.post].append(news)
        if news.tree is not None:
            self.parts["tree", news.tree].append(news)
        for label in self.labels_of.get(news.post, ()):
            self.parts["label", label].append(news)

    def between(self, range_: Range, horizon: int) -> list[News]:
        """What a subscription has before it, up to the horizon. Readers of the same things share the answer."""
        place = place_of(range_)
        key = (place, range_.updates_only, range_.acked_seq, horizon)
        if key not in self.kept:
            pool = self.parts.get(place, []) if place else self.site
            first = bisect_right(pool, range_.acked_seq, key=BY_SEQ)
            found = pool[first : bisect_right(pool, horizon, key=BY_SEQ)]
            self.kept[key] = [news for news in found if news.comment is None] if range_.updates_only else found
        return self.kept[key]

    def brought(self, range_: Range, news: News) -> bool:
        """Whether a subscription has dealt with this already."""
        if not range_.from_seq < news.seq <= range_.acked_seq or (range_.updates_only and news.comment is not None):
            return False
        if range_.label is not None:
            return range_.label in self.labels_of.get(news.post, ())
        if range_.thread is not None:
            return news.tree is not None and news.tree == range_.tree
        return range_.post in (None, news.post)


def choose(deliveries: Sequence[Delivery]) -> dict[int, Chosen]:
    """By the key of each delivery what it brings now. They come with `digest`; four queries at most for all of them.

    A delivery without events has nothing to say: nothing is left that readers may read, or all came otherwise. Of one
    person one delivery at a time may be chosen for and sent, or two would bring the same.
    """
    ranges: dict[int, list[Range]] = defaultdict(list)
    people = {delivery.subscriber_id for delivery in deliveries}
    confirmed = Subscription.objects.confirmed().filter(subscriber__in=people).order_by("pk").values_list(*RANGE)
    ended = Brought.objects.annotate(cadence=Value("")).filter(subscriber__in=people).values_list(*RANGE)
    for row in (*confirmed, *ended):
        ranges[row[1]].append(Range(*row))
    due = {
        delivery.pk: [
            range_
            for range_ in ranges[delivery.subscriber_id]
            if range_.cadence == delivery.cadence and range_.acked_seq < delivery.digest.horizon
        ]
        for delivery in deliveries
    }
    horizon = max((delivery.digest.horizon for delivery in deliveries), default=0)
    sheet = _sheet([range_ for of_one in due.values() for range_ in of_one], _labels(ranges.values()), horizon)
    return {
        delivery.pk: _chosen(due[delivery.pk], ranges[delivery.subscriber_id], delivery.digest.horizon, sheet)
        for delivery in deliveries
    }


def _chosen(due: list[Range], all_of_them: list[Range], horizon: int, sheet: Sheet) -> Chosen:
    found = {news.seq: news for range_ in due for news in sheet.between(range_, horizon)}
    others = [range_ for range_ in all_of_them if range_.from_seq < range_.acked_seq]
    events = tuple(
        found[seq].pk for seq in sorted(found) if not any(sheet.brought(other, found[seq]) for other in others)
    )
    moved = tuple((range_.pk, range_.acked_seq) for range_ in due)
    return Chosen(events, moved)


def place_of(range_: Range) -> tuple[str, int] | None:
    """The part of the sheet that a subscription reads; None is the whole of it."""
    for kind, value in (("label", range_.label), ("post", range_.post), ("tree", range_.tree)):
        if value is not None:
            return kind, value
    return None


def _labels(ranges: Iterable[list[Range]]) -> dict[int, set[int]]:
    """By post the labels among those that somebody follows, as they are now."""
    labels_of: dict[int, set[int]] = defaultdict(set)
    wanted = {range_.label for of_one in ranges for range_ in of_one if range_.label is not None}
    if wanted:
        for post, label in Post.labels.through.objects.filter(label__in=wanted).values_list("post_id", "label_id"):
            labels_of[post].add(label)
    return labels_of


def _sheet(due: list[Range], labels_of: Mapping[int, set[int]], horizon: int) -> Sheet:
    sheet = Sheet(labels_of)
    if due:
        rows: Any = readable().filter(_wanted(due, labels_of), seq__lte=horizon).order_by("seq")
        for row in rows.values_list("pk", "seq", "post_id", "comment_id", "comment__tree_id"):
            sheet.add(News(*row))
    return sheet


def _wanted(due: list[Range], labels_of: Mapping[int, set[int]]) -> Q:
    """What is behind the subscription that is furthest back: of the site, and of the posts that the others need."""
    site = [range_ for range_ in due if place_of(range_) is None]
    parts = [range_ for range_ in due if place_of(range_) is not None]
    labels = {range_.label for range_ in parts}
    posts = {range_.post or range_.post_of_thread for range_ in parts} - {None}
    posts |= {post for post, its in labels_of.items() if its & labels}
    wanted = Q(seq__gt=min(range_.acked_seq for range_ in parts), post__in=posts) if parts else Q(pk=None)
    return wanted | Q(seq__gt=min(range_.acked_seq for range_ in site)) if site else wanted


def acknowledgement(chosen: Chosen, horizon: int) -> tuple[str, list[int]]:
    """The statement that moves on what a delivery dealt with, and its values; there must be something to move.

    It belongs in the commit that makes the delivery SENT or EMPTY, and in no other.
    """
    pairs = ", ".join(["(%s, %s)"] * len(chosen.moved))
    values = [value for pair in chosen.moved for value in pair]
    return ACKNOWLEDGE.format(pairs=pairs), [horizon, *values, horizon]
