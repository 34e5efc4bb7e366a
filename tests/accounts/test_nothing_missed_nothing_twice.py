"""Whatever readers follow, change and end, and however digests are planned, lost and sent: each event comes once."""

import datetime
import itertools

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts import services
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
WHOSE = st.sampled_from(PEOPLE)
CADENCES = st.sampled_from(Cadence.values)
# What ends between the choice of a mail's content and its end: another press of the reader, or a moderator's.
MEANWHILE = st.sampled_from(["", "", "", "weekly", "daily", "from now", "end"])


class Readers(RuleBasedStateMachine):
    """Two readers with what they follow; a clock that goes in days; a mail server that may be down or silent."""

    @initialize()
    def begin(self):
        self.step = transaction.atomic()
        self.step.__enter__()
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

    def teardown(self):
        if hasattr(self, "step"):
            self.everything_comes_once()
            transaction.set_rollback(True)
            self.step.__exit__(None, None, None)

    @rule(where=st.integers(0, 1), in_thread=st.booleans())
    def somebody_writes(self, where, in_thread):
        write(self.posts[where], "More.", self.threads[where] if in_thread else None)

    @rule(where=st.integers(0, 1))
    def the_owner_adds_an_update(self, where):
        add_update(post_id=self.posts[where].pk, body="An update.", headline="")

    @rule()
    def a_moderator_hides_the_newest(self):
        newest = Comment.objects.exclude(pk__in=[thread.pk for thread in self.threads]).order_by("-pk").first()
        if newest:
            Comment.objects.filter(pk=newest.pk).update(state=Comment.State.REMOVED)
            self.hidden.add(newest.pk)

    @rule(person=WHOSE, place=st.sampled_from(PLACES), cadence=CADENCES, updates_only=st.booleans())
    def somebody_follows(self, person, place, cadence, updates_only):
        services.follow(email=person, what=Followed(**self.what[place], updates_only=updates_only), cadence=cadence)
        for waiting in Subscription.objects.waiting():
            services.confirm(subscription=waiting)

    @rule(person=WHOSE, cadence=CADENCES)
    def somebody_changes_how_often(self, person, cadence):
        if mine := Subscription.objects.filter(subscriber__email=person).order_by("pk").first():
            services.change_cadence(subscription=mine, cadence=cadence)

    @rule(person=WHOSE)
    def somebody_ends_one(self, person):
        if mine := Subscription.objects.filter(subscriber__email=person).order_by("-pk").first():
            self.end(mine)

    @rule(person=WHOSE, hour=st.sampled_from([None, 6, 20]), weekday=st.sampled_from([None, 2]))
    def somebody_changes_when(self, person, hour, weekday):
        for mine in Subscriber.objects.filter(email=person):
            services.change(subscriber=mine, hour=hour, weekday=weekday, detail="titles", telling=False)

    @rule(person=WHOSE, catch_up=st.booleans())
    def somebody_pauses_or_resumes(self, person, catch_up):
        for mine in Subscriber.objects.filter(email=person):
            if mine.paused:
                services.resume(subscriber=mine, catch_up=catch_up)
            else:
                services.pause(subscriber=mine)

    @rule(days=st.sampled_from([1, 1, 1, 3, 7]))
    def the_clock_goes_on(self, days):
        self.today += datetime.timedelta(days=days)
        plan(self.today)
        supersede(self.today)
        plan(self.today)

    @precondition(lambda self: self.waiting().exists())
    @rule(outcome=st.sampled_from(["sent", "sent", "sent", "failed", "uncertain", "late"]), meanwhile=MEANWHILE)
    def a_mail_goes_out(self, outcome, meanwhile):
        delivery = self.waiting().select_related("digest", "subscriber").order_by("?").first()
        self.send(delivery, outcome, meanwhile)

    @rule()
    def all_mails_go_out(self):
        for delivery in self.waiting().select_related("digest", "subscriber").order_by("?"):
            self.send(delivery, "sent")

    def waiting(self):
        return Delivery.objects.filter(state=State.PENDING, subscriber__paused=False)

    def send(self, delivery, outcome, meanwhile=""):
        Delivery.objects.filter(pk=delivery.pk).update(state=State.CLAIMED, owner="me")
        delivery.owner = "me"
        chosen = choose([delivery])[delivery.pk]
        mine = Subscription.objects.filter(subscriber=delivery.subscriber_id).order_by("pk").first()
        if meanwhile in Cadence.values and mine:
            services.change_cadence(subscription=mine, cadence=meanwhile)
        elif meanwhile == "from now":
            services.resume(subscriber=delivery.subscriber, catch_up=False)
        elif meanwhile == "end" and mine:
            self.end(mine)
            # What is on its way while its reader ends it may come once more by another: this is not promised.
            outcome = "failed"
        if outcome == "sent":
            state = State.SENT if chosen.events else State.EMPTY
            self.told[delivery.subscriber.email] += chosen.events
            before = dict(Subscription.objects.values_list("pk", "acked_seq"))
            turn(Outcome(delivery, state, chosen=chosen))
            self.note(before)
        else:
            turn(Outcome(delivery, State.PENDING if outcome == "late" else outcome))

    def note(self, before):
        for pk, from_seq, acked in Subscription.objects.values_list("pk", "from_seq", "acked_seq"):
            if acked != before[pk]:
                self.steps.setdefault((pk, from_seq), [(0, from_seq)]).append((before[pk], acked))

    def end(self, subscription):
        services.end_subscription(subscription=subscription)

    @invariant()
    def nothing_comes_twice(self):
        for person, told in getattr(self, "told", {}).items():
            assert len(told) == len(set(told)), person

    @invariant()
    def what_is_dealt_with_was_told(self):
        for each in Subscription.objects.confirmed().select_related("subscriber", "thread"):
            events = DigestEvent.objects.filter(seq__gt=each.from_seq, seq__lte=each.acked_seq)
            matching = matched(events, each).exclude(comment__in=self.hidden)
            missing = set(matching.values_list("pk", flat=True)) - set(self.told[each.subscriber.email])
            assert not missing, each.subscriber.email

    @invariant()
    def the_ranges_tile_the_sequence(self):
        for steps in getattr(self, "steps", {}).values():
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


def test_each_event_comes_once_whatever_happens():
    run_state_machine_as_test(
        Readers,
        settings=settings(
            deadline=None, max_examples=EXAMPLES, stateful_step_count=30, suppress_health_check=list(HealthCheck)
        ),
    )
