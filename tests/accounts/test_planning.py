"""Which digest is due when, and for whom: the clock, chosen hours, what is sent at once."""

import datetime
import random
import time
from functools import partial
from unittest import mock

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import services
from accounts.digests import planning
from accounts.digests.events import note_update, seal
from accounts.digests.forgetting import tally
from accounts.digests.planning import plan, plan_at_once, supersede
from accounts.models import Cadence, Delivery, Digest, DigestEvent, PostOffice, Subscriber, Subscription
from accounts.services import Followed
from forum.models import PostUpdate
from tests.accounts.conftest import subscribed
from tests.scenery import at, at_once, make_post, write

pytestmark = pytest.mark.django_db
DAILY, WEEKLY, AT_ONCE = Cadence.DAILY, Cadence.WEEKLY, Cadence.AT_ONCE
State = Delivery.State


def moment(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


def follows(email, cadence, **looks):
    """Somebody who confirmed long ago."""
    services.follow(email=email, what=Followed(), cadence=cadence, **looks)
    services.confirm(subscription=Subscription.objects.waiting().get())
    Subscription.objects.update(confirmed_at=moment("2025-01-01T00:00"))
    return Subscriber.objects.get(email=email)


def periods(cadence):
    """Of each delivery of this cadence: who gets it, its period, and its slot."""
    rows = Delivery.objects.filter(cadence=cadence).order_by("pk")
    return list(rows.values_list("subscriber__email", "period", "digest__slot"))


@pytest.mark.parametrize(
    ("cadence", "hour", "now", "period"),
    [
        # Summer time begins: there is no 01:00, and its digest comes at 02:00.
        (DAILY, 7, "2026-03-29T05:59", "2026-03-28"),
        (DAILY, 7, "2026-03-29T06:00", "2026-03-29"),
        (DAILY, 1, "2026-03-29T00:59", "2026-03-28"),
        (DAILY, 1, "2026-03-29T01:00", "2026-03-29"),
        # It ends: 01:00 comes twice, and brings one digest.
        (DAILY, 1, "2026-10-25T00:00", "2026-10-25"),
        (DAILY, 1, "2026-10-25T01:00", "2026-10-25"),
        (DAILY, 7, "2026-10-25T06:59", "2026-10-24"),
        (DAILY, 7, "2026-10-25T07:00", "2026-10-25"),
        # Leap day, and the day after it.
        (DAILY, 7, "2028-02-29T07:00", "2028-02-29"),
        (DAILY, 7, "2028-03-01T06:59", "2028-02-29"),
        # Week 53, the week after it, and a year whose first days belong to the old one's last week.
        (WEEKLY, 7, "2026-12-28T07:00", "2026-W53"),
        (WEEKLY, 7, "2027-01-03T23:59", "2026-W53"),
        (WEEKLY, 7, "2027-01-04T07:00", "2027-W01"),
        (WEEKLY, 7, "2025-12-29T07:00", "2026-W01"),
    ],
)
def test_each_moment_belongs_to_one_period(post, cadence, hour, now, period):
    with at("2025-06-01T12:00:00"):
        charlie = follows("charlie@example.org", cadence, hour=hour)
        write(post, "Hello.")
    plan(moment(now))
    assert periods(cadence) == [(charlie.email, period, f"{hour:02d}")]


@pytest.mark.parametrize("first", ["2026-03-25", "2026-10-21", "2026-12-24", "2028-02-25"])
def test_a_fortnight_of_hours_has_one_digest_a_day_and_a_week(post, first):
    with at("2025-06-01T12:00:00"):
        for number, hour in enumerate((0, 1, 2, None)):
            for cadence in (DAILY, WEEKLY):
                follows(f"{cadence}{number}@example.org", cadence, hour=hour)
    for hour in range(14 * 24):
        if hour % 24 == 0:
            write(post, "News of the day.")
        plan(moment(f"{first}T00:00") + datetime.timedelta(hours=hour))
    for cadence, least in ((DAILY, 14), (WEEKLY, 2)):
        for subscriber in Subscriber.objects.filter(subscriptions__cadence=cadence):
            found = [period for email, period, _ in periods(cadence) if email == subscriber.email]
            assert len(found) == len(set(found))
            assert found == sorted(found)
            assert least <= len(found) <= least + 1


def test_everybody_gets_it_at_the_hour_and_day_of_their_choice(post):
    follows("site@example.org", DAILY)
    follows("six@example.org", DAILY, hour=6)
    follows("evening@example.org", WEEKLY, hour=20, weekday=2)
    follows("day@example.org", WEEKLY, weekday=3)
    plan(moment("2026-01-11T23:00"))
    Delivery.objects.all().delete()
    write(post, "Hello.")
    week = [moment("2026-01-12T00:30") + datetime.timedelta(hours=hour) for hour in range(7 * 24)]
    seen, known = {}, set()
    for now in week:
        plan(now)
        for email, *_ in {*periods(DAILY), *periods(WEEKLY)} - known:
            seen.setdefault(email, []).append(now.strftime("%a %H"))
        known = {*periods(DAILY), *periods(WEEKLY)}
    assert seen.pop("evening@example.org") == ["Wed 20"]
    assert seen.pop("day@example.org") == ["Thu 07"]
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert seen == {
        "site@example.org": [f"{day} 07" for day in days],
        "six@example.org": [f"{day} 06" for day in days],
    }


def test_who_changes_the_hour_gets_one_mail_a_day(post):
    charlie = follows("charlie@example.org", DAILY, hour=7)
    follows("dora@example.org", DAILY, hour=18)
    write(post, "Hello.")
    for day in (13, 14, 15):
        for hour in range(24):
            if hour in (3, 9, 12, 17, 20):
                chosen = {3: 7, 9: 18, 12: None, 17: 6, 20: 18}[hour]
                services.change(subscriber=charlie, hour=chosen, weekday=None, detail="titles", telling=False)
            plan(moment(f"2026-01-{day}T{hour:02d}:05"))
    found = [period for email, period, _ in periods(DAILY) if email == charlie.email]
    assert found == sorted(set(found))
    assert {"2026-01-13", "2026-01-14", "2026-01-15"} <= set(found)


def test_a_host_asleep_for_three_days_owes_one_digest(post):
    follows("charlie@example.org", DAILY)
    follows("dora@example.org", WEEKLY)
    follows("eve@example.org", AT_ONCE)
    write(post, "Hello.")
    later = timezone.now() + datetime.timedelta(days=17)
    for _ in range(3):
        plan(later)
    assert Delivery.objects.count() == 3
    assert Delivery.objects.values("subscriber").distinct().count() == 3


def test_what_is_new_alone_is_planned_and_only_for_those_who_follow_it(post):
    first = write(post, "First.")
    other = make_post("Other")
    for what in ({}, {"post": post}, {"post": other}, {"thread": first}, {"updates_only": True}):
        services.follow(email=f"{len(Subscriber.objects.all())}@example.org", what=Followed(**what), cadence=DAILY)
    for waiting in Subscription.objects.waiting():
        services.confirm(subscription=waiting)
    plan(timezone.now() + datetime.timedelta(days=1))
    assert periods(DAILY) == []
    write(post, "Answer.", first)
    plan(timezone.now() + datetime.timedelta(days=2))
    assert [email[0] for email, *_ in periods(DAILY)] == ["0", "1", "3"]


def test_who_paused_or_never_confirmed_is_left_out(post):
    services.pause(subscriber=follows("charlie@example.org", DAILY))
    services.follow(email="dora@example.org", what=Followed(), cadence=DAILY)
    write(post, "Hello.")
    plan(timezone.now() + datetime.timedelta(days=1))
    assert periods(DAILY) == []


def test_at_once_waits_until_nothing_moved_for_five_minutes_and_gathers(post):
    with at("2026-01-13T10:00:00"):
        charlie = subscribed("charlie@example.org", cadence=AT_ONCE)
        write(post, "One.")
    with at("2026-01-13T10:03:00"):
        write(post, "Two.")
    assert plan_at_once(moment("2026-01-13T10:04:59")) == 0
    assert plan_at_once(moment("2026-01-13T10:05:00")) == 1
    assert plan_at_once(moment("2026-01-13T10:08:00")) == 0, "one mail in five minutes"
    with at("2026-01-13T10:09:00"):
        write(post, "Three.")
    assert plan_at_once(moment("2026-01-13T10:10:00")) == 1
    assert plan_at_once(moment("2026-01-13T10:16:00")) == 1
    events = list(DigestEvent.objects.filter(comment__isnull=False).order_by("seq").values_list("seq", flat=True))
    horizons = list(Digest.objects.order_by("pk").values_list("horizon", flat=True))
    assert horizons == events
    assert list(charlie.deliveries.order_by("pk").values_list("state", flat=True)) == [
        State.SUPERSEDED,
        State.SUPERSEDED,
        State.PENDING,
    ]


def test_a_late_approval_and_a_new_post_rest_too(post):
    with at("2026-01-13T10:00:00"):
        subscribed("charlie@example.org", cadence=AT_ONCE)
    with at("2026-01-13T11:00:00"):
        make_post("Fresh", publish_at=moment("2026-01-13T11:00"))
    assert plan_at_once(moment("2026-01-13T11:04:00")) == 0
    assert plan_at_once(moment("2026-01-13T11:05:00")) == 1


def test_what_was_lost_at_once_has_another_chance_the_next_day(post):
    with at("2026-01-13T10:00:00"):
        subscribed("charlie@example.org", cadence=AT_ONCE)
        write(post, "One.")
    assert plan_at_once(moment("2026-01-13T10:06:00")) == 1
    Delivery.objects.update(state=State.FAILED)
    assert plan_at_once(moment("2026-01-13T20:00:00")) == 0
    assert plan_at_once(moment("2026-01-14T10:06:00")) == 1
    assert plan_at_once(moment("2026-01-14T10:30:00")) == 0


@pytest.mark.parametrize(("cadence", "hours"), [(AT_ONCE, 6), (DAILY, 20), (WEEKLY, 72)])
def test_what_would_come_too_late_is_left_to_the_next_digest(post, cadence, hours):
    follows("charlie@example.org", cadence)
    write(post, "Hello.")
    now = timezone.now() + datetime.timedelta(days=8)
    plan(now)
    assert supersede(now + datetime.timedelta(hours=hours, minutes=-1)) == 0
    assert supersede(now + datetime.timedelta(hours=hours, minutes=1)) == 1
    assert Delivery.objects.get().reason == "late"


def test_a_delivery_that_came_back_behind_a_newer_one_is_overtaken(post):
    follows("charlie@example.org", DAILY)
    write(post, "Hello.")
    now = timezone.now() + datetime.timedelta(days=1)
    plan(now)
    Delivery.objects.update(state=State.CLAIMED)
    write(post, "More.")
    plan(now + datetime.timedelta(days=1))
    Delivery.objects.update(state=State.PENDING)
    assert supersede(now + datetime.timedelta(days=1)) == 1
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == [State.SUPERSEDED, State.PENDING]


@pytest.mark.parametrize(("policy", "expected"), [("resend", 2), ("hold", 1)])
def test_nothing_is_planned_for_whom_the_owner_has_to_decide(post, policy, expected):
    PostOffice.objects.create(pk=1, when_uncertain=policy)
    follows("charlie@example.org", DAILY)
    write(post, "Hello.")
    plan(timezone.now() + datetime.timedelta(days=1))
    Delivery.objects.update(state=State.UNCERTAIN)
    plan(timezone.now() + datetime.timedelta(days=2))
    assert Delivery.objects.count() == expected


@pytest.mark.django_db(transaction=True)
def test_a_planner_that_dies_half_way_and_ten_others_leave_the_same_rows():
    post = make_post()
    for number in range(20):
        subscribed(f"reader{number}@example.org", cadence=[DAILY, WEEKLY, AT_ONCE][number % 3])
    write(post, "Hello.")
    when = timezone.now() + datetime.timedelta(days=7)

    class Killed(BaseException):
        pass

    def dies(*args, **kwargs):
        planned(*args, **kwargs)
        raise Killed

    planned = planning.deliver_to
    with mock.patch.object(planning, "deliver_to", dies), pytest.raises(Killed):
        plan(when)
    assert (Digest.objects.count(), Delivery.objects.count()) == (0, 0)
    assert at_once(*[partial(plan, when)] * 10) == []
    assert Delivery.objects.count() == 20
    assert sorted(Digest.objects.values_list("cadence", flat=True)) == sorted([DAILY, WEEKLY, AT_ONCE])
    assert plan(when) == 0


@pytest.mark.django_db(transaction=True)
def test_who_leaves_while_it_is_planned_takes_the_delivery_along():
    post = make_post()
    people = [subscribed(f"reader{number}@example.org") for number in range(8)]
    for day in range(1, 4):
        write(post, "Hello.")
        when = timezone.now() + datetime.timedelta(days=day)
        leaving = [partial(services.unsubscribe, subscriber_id=people.pop().pk) for _ in range(2)]
        assert at_once(partial(plan, when), partial(plan, when), *leaving) == []
        assert set(Delivery.objects.values_list("subscriber", flat=True)) <= {each.pk for each in people}


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_late_is_passed_over_by_no_planner():
    """Eight writers whose transactions overlap, three planners that each tell what lies behind their last horizon."""
    post = make_post()
    updates = [PostUpdate(post=post, number=number, body="x", html="x") for number in range(1, 121)]
    PostUpdate.objects.bulk_create(updates)
    told, still_writing = [set() for _ in range(3)], {update.pk for update in updates[:8]}

    def writes(mine):
        for update in mine:
            with transaction.atomic():
                note_update(update)
                time.sleep(random.uniform(0, 0.01))
        still_writing.discard(mine[0].pk)

    def tells(mine):
        last, ended = 0, False
        while not ended:
            ended = not still_writing
            horizon = seal()
            mine |= set(DigestEvent.objects.filter(seq__gt=last, seq__lte=horizon).values_list("pk", flat=True))
            last = horizon

    writers = [partial(writes, updates[number::8]) for number in range(8)]
    assert at_once(*writers, *(partial(tells, each) for each in told)) == []
    seal()
    everything = dict(DigestEvent.objects.values_list("pk", "seq"))
    assert sorted(everything.values()) == list(range(1, len(everything) + 1))
    assert [len(everything) - len(each) for each in told] == [0, 0, 0]


def test_who_was_sent_what_is_forgotten_after_sixty_days_and_counted(post):
    follows("charlie@example.org", DAILY)
    dora = follows("dora@example.org", DAILY)
    write(post, "Hello.")
    plan(timezone.now() - datetime.timedelta(days=61))
    plan(timezone.now())
    (old, new) = Digest.objects.filter(cadence=DAILY).order_by("pk")
    Delivery.objects.filter(digest=old).update(state=State.SENT)
    services.purge()
    old.refresh_from_db()
    assert (old.counts, old.deliveries.count()) == ({"sent": 2}, 0)
    services.erase(subscriber_id=dora.pk)
    new.refresh_from_db()
    assert new.counts == {"pending": 1}
    assert tally([old, new]) == {old.pk: {"sent": 2}, new.pk: {"pending": 2}}
