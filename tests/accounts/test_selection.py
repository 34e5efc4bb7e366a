"""What one mail holds: the union of what somebody follows, without what another of their mails brought."""

import datetime

import pytest
from django.utils import timezone

from accounts import services
from accounts.digests.events import digests_to_come, seal
from accounts.digests.ledger import Outcome, turn
from accounts.digests.planning import plan
from accounts.digests.selection import choose
from accounts.models import Brought, Cadence, Delivery, Digest, DigestEvent, Subscription
from accounts.services import Followed
from forum.models import Comment, Label, Post
from forum.services.moving import move_branch
from forum.services.updates import add_update
from tests.scenery import make_post, write

pytestmark = pytest.mark.django_db
AT_ONCE, DAILY, WEEKLY = Cadence.AT_ONCE, Cadence.DAILY, Cadence.WEEKLY
CHARLIE = "charlie@example.org"


def follows(cadence=DAILY, email=CHARLIE, **what):
    services.follow(email=email, what=Followed(**what), cadence=cadence)
    waiting = Subscription.objects.waiting().get(subscriber__email=email)
    services.confirm(subscription=waiting)
    return waiting


def planned(cadence=DAILY, email=CHARLIE):
    """A delivery of everything that there is to tell now."""
    number = Digest.objects.count()
    now = timezone.now()
    digest = Digest.objects.create(cadence=cadence, period=str(number), horizon=seal(), planned_at=now)
    charlie = Subscription.objects.filter(subscriber__email=email).first().subscriber
    return Delivery.objects.create(
        digest=digest, subscriber=charlie, cadence=cadence, period=digest.period, state="claimed", owner="me"
    )


def brings(cadence=DAILY, email=CHARLIE):
    """Send one; the texts of it, "new" where a post itself is told of."""
    delivery = planned(cadence, email)
    chosen = choose([delivery])[delivery.pk]
    turn(Outcome(delivery, "sent" if chosen.events else "empty", chosen=chosen))
    return texts(chosen)


def texts(chosen):
    events = DigestEvent.objects.select_related("comment", "update", "post").in_bulk(chosen.events)
    found = (events[pk] for pk in chosen.events)
    return [each.comment.source if each.comment else each.update.body if each.update else "new" for each in found]


def test_one_mail_holds_the_union_each_thing_once(post):
    label = Label.objects.create(name="Rota", slug="rota")
    first = write(post, "First thread.")
    follows(post=post)
    follows(thread=first)
    follows(label=label)
    write(post, "Answer.", first)
    other = make_post("Labelled", labels=["Rota"])
    write(other, "Under it.")
    write(make_post("Neither"), "Nothing of this.")
    assert brings() == ["Answer.", "new", "Under it."]
    assert brings() == []


def test_a_thread_is_followed_without_the_others_of_its_post(post):
    first, second = write(post, "First."), write(post, "Second.")
    follows(thread=first)
    deep = write(post, "Deep.", write(post, "Answer.", first))
    write(post, "Elsewhere.", second)
    add_update(post_id=post.pk, headline="", body="An update.")
    assert deep.tree_id == first.tree_id
    assert brings() == ["Answer.", "Deep."]


def test_updates_only_leaves_comments_out(post):
    follows(updates_only=True)
    write(post, "A comment.")
    add_update(post_id=post.pk, headline="", body="An update.")
    make_post("Fresh")
    assert brings() == ["An update.", "new"]


@pytest.mark.parametrize("hidden", ["removed", "covered", "withdrawn", "off topic", "post"])
def test_what_readers_cannot_read_any_more_is_not_in_it(post, hidden):
    follows()
    goes, stays = write(post, "Goes."), write(make_post("Other"), "Stays.")
    delivery = planned()
    if hidden == "post":
        Post.objects.filter(pk=post.pk).update(state=Post.State.UNPUBLISHED)
    elif hidden == "off topic":
        Comment.objects.filter(pk=goes.pk).update(off_topic=True)
    else:
        empty = {"source": "", "html": "", "fragment": ""} if hidden == "withdrawn" else {}
        Comment.objects.filter(pk=goes.pk).update(state=hidden, **empty)
    assert texts(choose([delivery])[delivery.pk]) == ["new", stays.source]


def test_what_came_at_once_is_not_in_the_weekly_mail(post):
    follows(AT_ONCE, post=post)
    follows(WEEKLY)
    write(post, "Here.")
    assert brings(AT_ONCE) == ["Here."]
    write(make_post("Other"), "There.")
    write(post, "Here again.")
    assert brings(WEEKLY) == ["new", "There.", "Here again."]
    assert brings(AT_ONCE) == []
    assert not Subscription.objects.filter(acked_seq__lt=seal()).exists()


def test_what_came_by_a_subscription_that_ended_does_not_come_again(post):
    daily = follows(DAILY, post=post)
    follows(WEEKLY)
    write(post, "Before.")
    assert brings(DAILY) == ["Before."]
    services.end_subscription(subscription=daily)
    write(post, "After.")
    services.purge()
    assert Brought.objects.count() == 1
    assert brings(WEEKLY) == ["After."]
    services.purge()
    assert Brought.objects.count() == 0


def test_a_changed_cadence_neither_repeats_nor_leaves_out(post):
    mine = follows(DAILY)
    write(post, "One.")
    assert brings(DAILY) == ["One."]
    write(post, "Two.")
    services.change_cadence(subscription=mine, cadence=WEEKLY)
    assert brings(DAILY) == []
    assert brings(WEEKLY) == ["Two."]
    services.change_cadence(subscription=mine, cadence=DAILY)
    assert brings(DAILY) == []


@pytest.mark.parametrize(("catch_up", "expected"), [(True, ["Meanwhile.", "Since."]), (False, ["Since."])])
def test_after_a_pause_readers_catch_up_or_start_from_now(post, catch_up, expected):
    mine = follows()
    services.pause(subscriber=mine.subscriber)
    write(post, "Meanwhile.")
    services.resume(subscriber=mine.subscriber, catch_up=catch_up)
    write(post, "Since.")
    assert brings() == expected


def test_a_moved_branch_is_told_with_its_new_post_and_once(post):
    there = make_post("There")
    follows(post=there)
    follows(email="dora@example.org", post=post)
    top = write(post, "Top.")
    write(post, "Below.", top)
    assert brings(email="dora@example.org") == ["Top.", "Below."]
    move_branch(comment_id=top.pk, to_post_id=there.pk)
    assert brings() == ["Top.", "Below."]
    assert brings(email="dora@example.org") == []


def test_a_post_that_gets_a_label_wakes_those_who_follow_it(post):
    label = Label.objects.create(name="Rota", slug="rota")
    follows(label=label)
    write(post, "Before the label.")
    post.labels.add(label)
    write(post, "After it.")
    assert brings() == ["Before the label.", "After it."]


def test_confirming_brings_nothing_that_was_there(post):
    write(post, "Before.")
    follows()
    assert brings() == []


def test_what_a_reader_moved_meanwhile_stays_and_nothing_moves_twice(post):
    mine = follows()
    write(post, "Hello.")
    delivery = planned()
    chosen = choose([delivery])[delivery.pk]
    write(post, "Since.")
    services.resume(subscriber=mine.subscriber, catch_up=False)
    stands = Subscription.objects.get().acked_seq
    assert stands > delivery.digest.horizon
    turn(Outcome(delivery, "sent", chosen=chosen))
    assert Subscription.objects.get().acked_seq == stands
    Subscription.objects.update(acked_seq=dict(chosen.moved)[mine.pk])
    turn(Outcome(delivery, "sent", chosen=chosen))
    assert Subscription.objects.get().acked_seq < delivery.digest.horizon, "it was sent once"


def test_a_chunk_takes_as_few_questions_as_one(post, django_assert_max_num_queries):
    label = Label.objects.create(name="Rota", slug="rota")
    post.labels.add(label)
    first = write(post, "First.")
    for number in range(30):
        what = [{}, {"post": post}, {"label": label}, {"thread": first}][number % 4]
        follows(email=f"reader{number}@example.org", **what)
    write(post, "Answer.", first)
    plan(timezone.now() + datetime.timedelta(days=1))
    deliveries = list(Delivery.objects.select_related("digest", "subscriber"))
    assert len(deliveries) == 30
    with django_assert_max_num_queries(4):
        chosen = choose(deliveries)
    assert {tuple(texts(each)) for each in chosen.values()} == {("Answer.",)}


def test_moderators_are_told_how_many_have_a_comment_before_them(post):
    label = Label.objects.create(name="Rota", slug="rota")
    post.labels.add(label)
    first = write(post, "First.")
    for what in ({}, {"post": post}, {"label": label}, {"thread": first}, {"updates_only": True}):
        follows(email=f"{len(what)}{'-'.join(what)}@example.org", **what)
    elsewhere = make_post("Elsewhere")
    follows(email="elsewhere@example.org", post=elsewhere)
    answer = write(post, "Answer.", first)
    assert digests_to_come(answer) == 4
    assert digests_to_come(first) == 0
