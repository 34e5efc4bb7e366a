"""Whatever readers follow, change and end, and however digests are planned, lost and sent: each event comes once."""

import datetime
import itertools

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import services
from accounts.digests import ledger
from accounts.digests.ledger import Outcome, turn
from accounts.digests.planning import latest_slot, plan, supersede
from accounts.digests.selection import choose
from accounts.models import Cadence, Delivery, DigestEvent, Subscriber, Subscription
from accounts.services import Followed
from forum.models import Comment, Label
from forum.services.updates import add_update
from tests.scenery import make_post, write

pytestmark = pytest.mark.django_db
State = Delivery.State
EXAMPLES = 30
PEOPLE = ["charlie@example.org", "dora@example.org"]
PLACES = ["site", "label", "first post", "second post", "thread"]
HOURS, WEEKDAYS = [None, 6, 20], [None, 2]
# What happens between the choice of a mail's content and its end.
MEANWHILE = ["", "", "", "weekly", "daily", "from now", "end"]


class World:
    """Two readers with what they follow; a clock that goes in days; a mail server that may be down or silent."""

    def __init__(self, dice):
        self.dice = dice
        label = Label.objects.create(name="Rota", slug="rota")
        self.posts = [make_post("First", labels=["Rota"]), make_post("Second")]
        self.threads = [write(post, "A thread.") for post in self.posts]
        self.what = {
            "site": {},
            "label": {"label": label},
            "first post": {"post": self.posts[0]},
            "second post": {"post": self.posts[1]},
            "thread": {"thread": self.threads[0]},
        }
        # A Monday to come at noon, when the mails of the week before have gone.
        self.today = latest_slot(Cadence.WEEKLY, timezone.now() + datetime.timedelta(days=8, hours=5))
        self.told = {person: [] for person in PEOPLE}
        self.steps = {}
        self.hidden = set()
        for person, place in itertools.product(PEOPLE, self.what):
            self.follow(person, place)
        plan(self.today)

    def somebody_writes(self):
        where = self.dice.randrange(2)
        write(self.posts[where], "More.", self.dice.choice([None, self.threads[where]]))

    def the_owner_adds_an_update(self):
        add_update(post_id=self.dice.choice(self.posts).pk, body="An update.", headline="")

    def a_moderator_hides_the_newest(self):
        newest = Comment.objects.exclude(pk__in=[thread.pk for thread in self.threads]).order_by("-pk").first()
        if newest:
            Comment.objects.filter(pk=newest.pk).update(state=Comment.State.REMOVED)
            self.hidden.add(newest.pk)

    def somebody_follows(self):
        self.follow(self.dice.choice(PEOPLE), self.dice.choice(list(self.what)))

    def follow(self, person, place):
        what = Followed(**self.what[place], updates_only=self.dice.random() < 0.2)
        services.follow(email=person, what=what, cadence=self.dice.choice(Cadence.values))
        for waiting in Subscription.objects.waiting():
            services.confirm(subscription=waiting)

    def somebody_changes_how_often(self):
        for one in self.one(Subscription):
            services.change_cadence(subscription=one, cadence=self.dice.choice(Cadence.values))

    def somebody_ends_one(self):
        for one in self.one(Subscription):
            services.end_subscription(subscription=one)

    def somebody_changes_when(self):
        for one in self.one(Subscriber):
            hour, weekday = self.dice.choice(HOURS), self.dice.choice(WEEKDAYS)
            services.change(subscriber=one, hour=hour, weekday=weekday, detail="titles", telling=False)

    def somebody_pauses_or_resumes(self):
        for one in self.one(Subscriber):
            if one.paused:
                services.resume(subscriber=one, catch_up=self.dice.random() < 0.5)
            else:
                services.pause(subscriber=one)

    def one(self, model):
        rows = list(model.objects.order_by("pk"))
        return [self.dice.choice(rows)] if rows else []

    def the_clock_goes_on(self, days):
        self.today += datetime.timedelta(days=days)
        plan(self.today)
        supersede(self.today)
        plan(self.today)

    def a_mail_goes_out(self):
        if not self.waiting().exists():
            self.the_clock_goes_on(1)
        waiting = list(self.waiting().order_by("pk"))
        if waiting:
            outcome = self.dice.choice(["sent", "sent", "failed", "uncertain", "late"])
            self.send(self.dice.choice(waiting), outcome, self.dice.choice(MEANWHILE))

    def all_mails_go_out(self):
        for delivery in self.waiting().order_by("-pk"):
            self.send(delivery, "sent")

    def waiting(self):
        return Delivery.objects.filter(state=State.PENDING).select_related("digest", "subscriber")

    def send(self, delivery, outcome, meanwhile=""):
        """As the ledger does it, with what somebody else does before the mail is begun or while it is on its way."""
        lease = timezone.now() + datetime.timedelta(hours=1)
        Delivery.objects.filter(pk=delivery.pk).update(state=State.CLAIMED, owner="me", lease_until=lease)
        delivery.owner = "me"
        standing = ledger.standings([delivery])[delivery.subscriber_id]
        chosen = choose([delivery])[delivery.pk]
        if meanwhile == "end":
            self.meanwhile(meanwhile, delivery)
        if not chosen.events:
            self.turn(Outcome(delivery, State.EMPTY, chosen=chosen))
        elif not turn(None, delivery, standing):
            turn(ledger.why_not(delivery))
            ledger.release([delivery], "me")
        else:
            if meanwhile != "end":
                self.meanwhile(meanwhile, delivery)
            self.told[delivery.subscriber.email] += chosen.events if outcome == "sent" else ()
            states = {"late": State.PENDING, "sent": State.SENT}
            chosen = chosen if outcome == "sent" else None
            self.turn(Outcome(delivery, states.get(outcome, outcome), chosen=chosen))

    def meanwhile(self, what, delivery):
        mine = Subscription.objects.filter(subscriber=delivery.subscriber_id).order_by("pk").first()
        if what == "end":
            services.end_subscription(subscription=mine)
        elif what == "from now":
            services.resume(subscriber=delivery.subscriber, catch_up=False)
        elif what:
            services.change_cadence(subscription=mine, cadence=what)

    def turn(self, outcome):
        before = dict(Subscription.objects.values_list("pk", "acked_seq"))
        turn(outcome)
        self.note(before)

    def note(self, before):
        for pk, from_seq, acked in Subscription.objects.values_list("pk", "from_seq", "acked_seq"):
            if acked != before[pk]:
                self.steps.setdefault((pk, from_seq), [(0, from_seq)]).append((before[pk], acked))

    def nothing_comes_twice(self):
        for person, told in self.told.items():
            assert len(told) == len(set(told)), person

    def what_is_dealt_with_was_told(self):
        for each in Subscription.objects.confirmed().select_related("subscriber", "thread"):
            events = DigestEvent.objects.filter(seq__gt=each.from_seq, seq__lte=each.acked_seq)
            matching = matched(events, each).exclude(comment__in=self.hidden)
            missing = set(matching.values_list("pk", flat=True)) - set(self.told[each.subscriber.email])
            assert not missing, each.subscriber.email

    def the_ranges_tile_the_sequence(self):
        for steps in self.steps.values():
            assert all(first[1] == second[0] < second[1] for first, second in itertools.pairwise(steps))

    def everything_comes_once(self):
        """Readers and the clock go on without faults: what is open comes, and nothing that came before."""
        Subscriber.objects.update(paused=False)
        Delivery.objects.filter(state=State.UNCERTAIN).update(state=State.SUPERSEDED)
        for days in (7, 1):
            self.the_clock_goes_on(days)
            self.all_mails_go_out()
        sealed = DigestEvent.objects.exclude(comment__in=self.hidden).exclude(seq=None)
        for each in Subscription.objects.confirmed().select_related("subscriber", "thread"):
            wanted = matched(sealed.filter(seq__gt=each.from_seq), each)
            missing = set(wanted.values_list("pk", flat=True)) - set(self.told[each.subscriber.email])
            assert not missing, (each.subscriber.email, each.cadence)
        self.nothing_comes_twice()


def matched(events, subscription):
    """Said once more, another way than the code does."""
    if subscription.updates_only:
        events = events.filter(comment=None)
    if subscription.thread:
        return events.filter(comment__tree_id=subscription.thread.tree_id)
    if subscription.post_id:
        return events.filter(post=subscription.post_id)
    return events.filter(post__labels=subscription.label_id) if subscription.label_id else events


DAYS, ACTIONS = 8, 7
OFTEN = [World.somebody_writes] * 5 + [World.a_mail_goes_out, World.somebody_follows] * 2
ONCE = [
    *(World.the_owner_adds_an_update, World.a_moderator_hides_the_newest, World.somebody_changes_how_often),
    *(World.somebody_ends_one, World.somebody_changes_when, World.somebody_pauses_or_resumes),
]


@settings(deadline=None, max_examples=8, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=True))
def test_each_event_comes_once_whatever_happens(dice):
    with transaction.atomic():
        world = World(dice)
        for _ in range(DAYS):
            for action in dice.choices(OFTEN + ONCE, k=ACTIONS):
                action(world)
            world.the_clock_goes_on(dice.choice([1, 1, 1, 3, 7]))
            if dice.random() < 0.5:
                world.all_mails_go_out()
            world.nothing_comes_twice()
            world.what_is_dealt_with_was_told()
            world.the_ranges_tile_the_sequence()
        world.everything_comes_once()
        transaction.set_rollback(True)
