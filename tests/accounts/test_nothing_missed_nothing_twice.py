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
from accounts.digests.planning import plan, supersede
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
WHOSE, WHERE, CADENCES = st.sampled_from(PEOPLE), st.integers(0, 1), st.sampled_from(Cadence.values)
ACTIONS = {
    "somebody_writes": {"where": WHERE, "in_thread": st.booleans()},
    "the_owner_adds_an_update": {"where": WHERE},
    "a_moderator_hides_the_newest": {},
    "somebody_follows": {
        "person": WHOSE,
        "place": st.sampled_from(PLACES),
        "cadence": CADENCES,
        "updates_only": st.integers(0, 3).map(lambda number: number == 3),
    },
    "somebody_changes_how_often": {"person": WHOSE, "cadence": CADENCES},
    "somebody_ends_one": {"person": WHOSE, "newest": st.booleans()},
    "somebody_changes_when": {
        "person": WHOSE,
        "hour": st.sampled_from([None, 6, 20]),
        "weekday": st.sampled_from([None, 2]),
    },
    "somebody_pauses_or_resumes": {"person": WHOSE, "catch_up": st.booleans()},
    "a_mail_goes_out": {
        "outcome": st.sampled_from(["sent", "sent", "failed", "uncertain", "late"]),
        # What happens between the choice of a mail's content and its end.
        "meanwhile": st.sampled_from(["", "", "weekly", "daily", "from now", "end"]),
    },
}
OFTEN = ["somebody_writes"] * 3 + ["somebody_follows"] * 2 + ["a_mail_goes_out"] * 2
ACTION = st.sampled_from([*ACTIONS, *OFTEN]).flatmap(
    lambda name: st.tuples(st.just(name), st.fixed_dictionaries(ACTIONS[name]))
)
DAY = st.tuples(st.sampled_from([1, 1, 1, 3, 7]), st.lists(ACTION, min_size=4, max_size=7))


class World:
    """Two readers with what they follow; a clock that goes in days; a mail server that may be down or silent."""

    def __init__(self):
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
        self.today = timezone.now()
        self.told = {person: [] for person in PEOPLE}
        self.steps = {}
        self.hidden = set()
        self.somebody_follows(PEOPLE[0], "site", "weekly", False)
        self.somebody_follows(PEOPLE[0], "first post", "daily", False)
        self.somebody_follows(PEOPLE[1], "label", "at once", False)

    def somebody_writes(self, where, in_thread):
        write(self.posts[where], "More.", self.threads[where] if in_thread else None)

    def the_owner_adds_an_update(self, where):
        add_update(post_id=self.posts[where].pk, body="An update.", headline="")

    def a_moderator_hides_the_newest(self):
        newest = Comment.objects.exclude(pk__in=[thread.pk for thread in self.threads]).order_by("-pk").first()
        if newest:
            Comment.objects.filter(pk=newest.pk).update(state=Comment.State.REMOVED)
            self.hidden.add(newest.pk)

    def somebody_follows(self, person, place, cadence, updates_only):
        services.follow(email=person, what=Followed(**self.what[place], updates_only=updates_only), cadence=cadence)
        for waiting in Subscription.objects.waiting():
            services.confirm(subscription=waiting)

    def somebody_changes_how_often(self, person, cadence):
        if mine := Subscription.objects.filter(subscriber__email=person).order_by("pk").first():
            services.change_cadence(subscription=mine, cadence=cadence)

    def somebody_ends_one(self, person, newest):
        mine = Subscription.objects.filter(subscriber__email=person).order_by("pk")
        if one := mine.last() if newest else mine.first():
            services.end_subscription(subscription=one)

    def somebody_changes_when(self, person, hour, weekday):
        for mine in Subscriber.objects.filter(email=person):
            services.change(subscriber=mine, hour=hour, weekday=weekday, detail="titles", telling=False)

    def somebody_pauses_or_resumes(self, person, catch_up):
        for mine in Subscriber.objects.filter(email=person):
            if mine.paused:
                services.resume(subscriber=mine, catch_up=catch_up)
            else:
                services.pause(subscriber=mine)

    def the_clock_goes_on(self, days):
        self.today += datetime.timedelta(days=days)
        plan(self.today)
        supersede(self.today)
        plan(self.today)

    def a_mail_goes_out(self, outcome, meanwhile):
        if delivery := self.waiting().order_by("cadence", "-pk").first():
            self.send(delivery, outcome, meanwhile)

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


def after(days):
    """The world after these days, every one of which ended well."""
    world = World()
    for length, actions in days:
        for name, choices in actions:
            getattr(world, name)(**choices)
        world.the_clock_goes_on(length)
        world.nothing_comes_twice()
        world.what_is_dealt_with_was_told()
        world.the_ranges_tile_the_sequence()
    return world


@settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
@given(st.lists(DAY, min_size=4, max_size=6))
def test_each_event_comes_once_whatever_happens(days):
    with transaction.atomic():
        after(days).everything_comes_once()
        transaction.set_rollback(True)
