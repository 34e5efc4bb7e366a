"""Eight writers whose transactions overlap and commit late, against four planners and a sender.

Every subscription's ranges tile the sequence, each reader is told everything once, and nothing is lost. How many events
somebody would miss who remembers the highest id shows that the writers are hostile enough.

Runs in a process of its own: `python -m tests.prove.sealing` with the environment of a site.
"""

from __future__ import annotations

import datetime
import itertools
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from config.launch.processes import Processes
from tests.site import Site

WRITERS, PLANNERS, EVENTS = 8, 4, 5600
POSTS = 14
# Most transactions are short; every tenth is held open by something slow.
QUICK, SLOW, EVERY = 0.004, 0.12, 10


def run(folder: Path, processes: Processes) -> bool:
    folder.mkdir()
    site = Site(folder, processes)
    done = subprocess.run(
        [sys.executable, "-m", "tests.prove.sealing"], env=site.env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stderr)
        return False
    found = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{found['events']} events of {WRITERS} writers in {found['seconds']:.0f} s, {found['digests']} digests, "
        f"{found['mails']} mails to {found['subscriptions']} subscriptions: {found['lost']} lost, {found['twice']} twice, "
        f"{found['gaps']} gaps; by id {found['by_id']} would be lost"
    )
    return found["events"] >= EVENTS and found["by_id"] > 0 and not (found["lost"] or found["twice"] or found["gaps"])


class Campaign:
    """What the threads share: who was told what, and how far each subscription came in each step."""

    def __init__(self) -> None:
        from tests.scenery import make_post

        self.posts = [
            make_post(f"Post {number}", labels=["Even"] if number % 2 == 0 else []) for number in range(POSTS)
        ]
        self.told: dict[str, Counter[int]] = {}
        self.steps: dict[int, list[tuple[int, int]]] = {}
        self.mails = 0
        self.writing = WRITERS
        self.seen_by_id: set[int] = set()

    def people(self) -> None:
        """One for each thing that can be followed, at each cadence, and two who follow several."""
        from accounts import services
        from accounts.models import Cadence, Subscription
        from accounts.services import Followed
        from forum.models import Label

        label = Label.objects.get(name="Even")
        what = {
            "site": {},
            "updates": {"updates_only": True},
            "label": {"label": label},
            "post": {"post": self.posts[0]},
        }
        asked = [
            (f"{name}.{cadence.name.lower()}", each, cadence) for name, each in what.items() for cadence in Cadence
        ]
        asked += [("several", what["site"], Cadence.WEEKLY), ("several", what["label"], Cadence.DAILY)]
        asked += [("two", what["post"], Cadence.AT_ONCE), ("two", what["site"], Cadence.DAILY)]
        for name, each, cadence in asked:
            services.follow(email=f"{name}@example.org", what=Followed(**each), cadence=cadence)
        for waiting in Subscription.objects.waiting():
            services.confirm(subscription=waiting)

    def write(self, writer: int) -> None:
        from django.db import transaction

        from accounts.digests.events import note_update
        from forum.models import PostUpdate

        dice = random.Random(writer)
        for number in range(EVENTS // WRITERS):
            post = dice.choice(self.posts)
            with transaction.atomic():
                update = PostUpdate(post=post, number=1 + writer * (EVENTS // WRITERS) + number, body="x", html="x")
                update.save()
                note_update(update)
                time.sleep(dice.random() * (SLOW if number % EVERY == 0 else QUICK))
        self.writing -= 1

    def plan(self, planner: int) -> None:
        """A clock that runs a day ahead each time, so that something is always due."""
        from django.utils import timezone

        from accounts.digests.planning import plan

        day = 0
        while self.writing:
            day += 1
            plan(timezone.now() + datetime.timedelta(days=day, minutes=planner))
            time.sleep(0.05)

    def send(self) -> None:
        """One after another, as the ledger does it; every seventh is not taken, and every eleventh fails for good."""
        from accounts.digests import ledger
        from accounts.models import Delivery

        now = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)
        while self.writing or Delivery.objects.filter(state="pending").exists():
            for delivery in ledger.claim("sender", now, 50):
                self.mails += 1
                self.send_one(delivery)

    def send_one(self, delivery) -> None:
        from accounts.digests import ledger
        from accounts.digests.ledger import Outcome
        from accounts.digests.selection import choose
        from accounts.models import Delivery, Subscription

        state = Delivery.State
        chosen = choose([delivery])[delivery.pk]
        if self.mails % 7 == 0:
            ledger.release([delivery], "sender")
            return
        if self.mails % 11 == 0:
            ledger.turn(Outcome(delivery, state.FAILED))
            return
        self.told.setdefault(delivery.subscriber.email, Counter()).update(chosen.events)
        for pk, was in chosen.moved:
            self.steps.setdefault(pk, []).append((was, delivery.digest.horizon))
        ledger.turn(Outcome(delivery, state.SENT if chosen.events else state.EMPTY, chosen=chosen))
        moved = Subscription.objects.filter(pk__in=[pk for pk, _ in chosen.moved])
        assert set(moved.values_list("acked_seq", flat=True)) <= {delivery.digest.horizon}

    def watch(self) -> None:
        """What somebody sees who remembers the highest id instead of sealing."""
        from accounts.models import DigestEvent

        last, ended = 0, False
        while not ended:
            ended = not self.writing
            fresh = list(DigestEvent.objects.filter(update__isnull=False, pk__gt=last).values_list("pk", flat=True))
            self.seen_by_id.update(fresh)
            last = max([last, *fresh])
            time.sleep(0.02)

    def found(self, seconds: float) -> dict[str, object]:
        from accounts.models import Digest, DigestEvent, Subscription

        lost = twice = gaps = 0
        everything = set(DigestEvent.objects.filter(update__isnull=False).values_list("pk", flat=True))
        for each in Subscription.objects.select_related("subscriber"):
            events = DigestEvent.objects.filter(seq__gt=each.from_seq)
            events = events.filter(post=each.post_id) if each.post_id else events
            events = events.filter(post__labels=each.label_id) if each.label_id else events
            told = self.told[each.subscriber.email]
            lost += len(set(events.values_list("pk", flat=True)) - set(told))
            twice += sum(number > 1 for number in told.values())
            steps = [(0, each.from_seq), *self.steps[each.pk]]
            gaps += sum(before[1] != after[0] for before, after in itertools.pairwise(steps))
            gaps += steps[-1][1] != each.acked_seq
        return {
            "events": len(everything),
            "seconds": seconds,
            "digests": Digest.objects.count(),
            "mails": self.mails,
            "subscriptions": Subscription.objects.count(),
            "lost": lost,
            "twice": twice,
            "gaps": gaps,
            "by_id": len(everything - self.seen_by_id),
        }


def campaign() -> dict[str, object]:
    from functools import partial

    from django.db import connections
    from django.utils import timezone

    from accounts.digests.planning import plan
    from accounts.models import Delivery

    work = Campaign()
    work.people()
    failed: list[str] = []

    def alone(what) -> None:
        try:
            what()
        except Exception as error:
            failed.append(repr(error))
            work.writing = 0
        finally:
            connections.close_all()

    begin = time.monotonic()
    parts = [
        *(partial(work.write, each) for each in range(WRITERS)),
        *(partial(work.plan, each) for each in range(PLANNERS)),
    ]
    parts += [work.send, work.watch]
    threads = [threading.Thread(target=alone, args=[part]) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        sys.exit("\n".join(failed))
    # What failed at the end comes with the next digests, a year later.
    for days in range(4000, 4060, 4):
        Delivery.objects.filter(state="pending").update(not_before=None)
        plan(timezone.now() + datetime.timedelta(days=days))
        work.send()
    return work.found(time.monotonic() - begin)


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(campaign()))
