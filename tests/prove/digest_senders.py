"""The processes of `tests.prove.digests` that work inside the site: `python -m tests.prove.digest_senders send` reads
moments, a line each, and does at each what the clock does then; `… make` makes posts and subscribers; `… own` adds
updates, and ends leases of the dead. What they answer is JSON, a line each."""

from __future__ import annotations

import datetime
import json
import random
import sys
from collections.abc import Iterator
from typing import Any

import django
from django.utils import timezone

SUBSCRIBERS = 90
POSTS = 4
# What is begun before anybody subscribes, so that there are threads to follow.
THREADS = 3
LABELS = ("Pay", "Workload")


def send() -> None:
    from accounts.digests.delivery import deliver
    from accounts.digests.ledger import reap
    from accounts.digests.planning import plan, supersede
    from accounts.models import Delivery

    State = Delivery.State
    for line in sys.stdin:
        moment = datetime.datetime.fromisoformat(line.strip())
        reap()
        supersede(moment)
        planned = plan(moment)
        sent = deliver(moment)
        on_the_way = Delivery.objects.filter(state__in=[State.PENDING, State.CLAIMED, State.SENDING]).count()
        answer({"planned": planned, "sent": sent, "on the way": on_the_way})


def make() -> None:
    from accounts.digests.events import seal
    from accounts.models import Subscriber, Subscription
    from forum.models import Comment
    from tests.scenery import make_post, write

    posts = [make_post(f"Subject {n}", "Words.", labels=[LABELS[n % 2]]) for n in range(POSTS)]
    threads = [write(post, f"Beginning {n} of {post.pk}.") for post in posts for n in range(THREADS)]
    seen, followed = seal(), {}
    for number in range(SUBSCRIBERS):
        who = Subscriber.objects.create(email=f"reader.{number}@example.org", hour=number % 3 * 6 or None)
        facts = list(things(number, posts, threads))
        for cadence, fields in facts:
            Subscription.objects.create(
                subscriber=who,
                cadence=cadence,
                confirmed_at=posts[0].published_at,
                from_seq=seen,
                acked_seq=seen,
                **fields,
            )
        followed[who.email] = [readable(fields) for _, fields in facts]
    known = [[comment.post.get_absolute_url(), comment.number] for comment in Comment.objects.order_by("pk")]
    labels = {post.get_absolute_url(): post.labels.get().name for post in posts}
    answer({"followed": followed, "threads": known, "labels": labels})


def things(number: int, posts: list[Any], threads: list[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a subscriber follows, one to three things, each at its own cadence."""
    dice = random.Random(number)
    cadence = lambda: dice.choice(["at once", "daily", "daily", "weekly"])  # noqa: E731
    for kind in dice.sample(["site", "updates", "label", "post", "thread"], dice.choice([1, 1, 2, 3])):
        if kind == "site":
            yield cadence(), {}
        elif kind == "updates":
            yield cadence(), {"updates_only": True}
        elif kind == "label":
            yield cadence(), {"label": dice.choice(posts).labels.get()}
        else:
            yield cadence(), {kind: dice.choice(posts if kind == "post" else threads)}


def readable(fields: dict[str, Any]) -> dict[str, Any]:
    """What the campaign, which knows pages only, calls the same thing."""
    if "label" in fields:
        return {"label": fields["label"].name}
    if "post" in fields:
        return {"post": fields["post"].get_absolute_url()}
    if "thread" in fields:
        return {"thread": [fields["thread"].post.get_absolute_url(), fields["thread"].number]}
    return fields


def own() -> None:
    """`update 3 Words` tells of something new in the third post; `leases` when no sender works."""
    from accounts.models import Delivery
    from forum.models import Post
    from forum.services.updates import add_update

    for line in sys.stdin:
        what, *rest = line.split()
        if what == "leases":
            held = Delivery.objects.filter(state__in=[Delivery.State.CLAIMED, Delivery.State.SENDING])
            answer({"ended": held.update(lease_until=timezone.now())})
        else:
            post = Post.objects.order_by("pk")[int(rest[0]) % POSTS]
            add_update(post_id=post.pk, headline="News", body=rest[1])
            answer({"path": post.get_absolute_url()})


def answer(facts: dict[str, Any]) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    django.setup()
    {"send": send, "make": make, "own": own}[sys.argv[1]]()
