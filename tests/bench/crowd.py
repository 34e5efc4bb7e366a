"""A site with 50 posts and 400 comments, and as many subscribers as wanted, the same ones each time.

Needs Django set up. Half of them follow the whole site, the others labels, posts, threads or updates only; every
seventh follows a thread besides. Most have seen all but the last day's 24 events, some nothing yet.
"""

from __future__ import annotations

import datetime
import random

from django.utils import timezone

from accounts.digests.events import seal
from accounts.digests.planning import plan
from accounts.digests.post_office import office
from accounts.models import Cadence, Detail, Subscriber, Subscription
from forum.models import Comment, Label, Post
from forum.services.updates import add_update
from tests.bench.threads import WORDS
from tests.scenery import make_post, write

POSTS, COMMENTS = 50, 400
LABELS = ("Pay", "Workload", "Training", "Buildings", "Health", "Computers", "Travel", "Elsewhere")
NEW_TODAY = 24
BATCH = 5000


def make_site() -> int:
    """Posts, comments and some updates; how many events there are."""
    dice = random.Random(50)
    two_days_ago = timezone.now() - datetime.timedelta(days=2)
    posts = [
        make_post(f"{said(dice, 4, 9)} {number}", said(dice, 60, 300), labels=dice.sample(LABELS, 2), publish_at=two_days_ago)
        for number in range(POSTS)
    ]  # fmt: skip
    written: dict[int, list[Comment]] = {post.pk: [] for post in posts}
    for number in range(COMMENTS):
        # Some posts are talked of more than others.
        post = posts[min(int(dice.expovariate(0.06)), POSTS - 1)]
        to = dice.choice(written[post.pk]) if written[post.pk] and dice.random() > 0.4 else None
        written[post.pk].append(write(post, f"{said(dice, 10, 120)} {number}", to))
    for post in posts[::10]:
        add_update(post_id=post.pk, headline=said(dice, 2, 5), body=said(dice, 20, 60))
    return seal()


def plan_for(readers: int) -> None:
    """A site with news, and a digest of tomorrow planned for each of so many readers."""
    office()
    make_site()
    make_subscribers(0, readers)
    plan(timezone.now() + datetime.timedelta(days=1))


def said(dice: random.Random, least: int, most: int) -> str:
    return " ".join(dice.choices(WORDS, k=dice.randint(least, most))).capitalize()


def make_subscribers(begin: int, end: int, *, cadence: Cadence = Cadence.DAILY) -> None:
    """Subscribers number `begin` to `end`, each with something new to read, confirmed a month ago."""
    horizon = seal()
    things = Things(horizon, cadence)
    for start in range(begin, end, BATCH):
        numbers = range(start, min(start + BATCH, end))
        readers = Subscriber.objects.bulk_create([reader(number) for number in numbers])
        following = [row for number, who in zip(numbers, readers, strict=True) for row in things.of(number, who)]
        Subscription.objects.bulk_create(following)


def reader(number: int) -> Subscriber:
    dice = random.Random(number)
    # A third at one large provider, the rest at many.
    domain = f"mail{int(dice.paretovariate(0.7)) % 700}.example"
    detail = dice.choices([Detail.EXCERPTS, Detail.TITLES, Detail.COUNTS], [7, 2, 1])[0]
    hour = None if dice.random() < 0.7 else dice.choice([6, 12, 18, 21])
    email = f"reader.{number}@{domain}"
    return Subscriber(email=email, detail=detail, telling=dice.random() < 0.1, hour=hour)


class Things:
    """What can be followed, and how far readers have come."""

    def __init__(self, horizon: int, cadence: Cadence) -> None:
        self.horizon, self.cadence = horizon, cadence
        self.labels = list(Label.objects.order_by("pk"))
        self.posts = list(Post.objects.order_by("pk"))
        tops = Comment.objects.filter(level=0).order_by("pk").in_bulk()
        self.threads = list(tops.values())
        self.confirmed_at = timezone.now() - datetime.timedelta(days=30)

    def of(self, number: int, who: Subscriber) -> list[Subscription]:
        dice = random.Random(-number - 1)
        kind = dice.choices(["site", "label", "post", "thread"], [50, 15, 20, 15])[0]
        new = self.horizon if dice.random() < 0.1 else NEW_TODAY
        fields: dict[str, object] = {"site": {"seen": self.horizon - new, "updates_only": dice.random() < 0.1}}.get(
            kind, {}
        )
        if kind != "site":
            fields = {kind: dice.choice(getattr(self, f"{kind}s"))}
        if fields.get("updates_only"):  # The day may have brought none.
            fields["seen"] = 0
        rows = [self.row(who, **fields)]
        if number % 7 == 0 and kind != "thread":
            rows.append(self.row(who, thread=dice.choice(self.threads)))
        return rows

    def row(self, who: Subscriber, *, seen: int = 0, **fields: object) -> Subscription:
        return Subscription(
            subscriber=who,
            cadence=self.cadence,
            confirmed_at=self.confirmed_at,
            from_seq=seen,
            acked_seq=seen,
            **fields,
        )
