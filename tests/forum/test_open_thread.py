"""The open thread of the week makes itself: once, on Monday at six in London, whatever the clocks do."""

import datetime

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from forum import site
from forum.clock import last_time
from forum.models import Post, SiteSettings
from forum.services.open_thread import MONDAY, OPENS_AT, open_weekly_thread
from forum.signals import post_published
from forum.tasks import keep_time
from tests.scenery import at, at_once

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("moment", "start"),
    [
        ("2026-11-23T05:59:59", "2026-11-16T06:00:00+00:00"),
        ("2026-11-23T06:00:00", "2026-11-23T06:00:00+00:00"),
        ("2026-11-29T23:59:59", "2026-11-23T06:00:00+00:00"),
        # Summer time begins on Sunday 29 March and ends on Sunday 25 October 2026.
        ("2026-03-30T04:59:59", "2026-03-23T06:00:00+00:00"),
        ("2026-03-30T05:00:00", "2026-03-30T05:00:00+00:00"),
        ("2026-10-26T05:30:00", "2026-10-19T05:00:00+00:00"),
        ("2026-10-26T06:00:00", "2026-10-26T06:00:00+00:00"),
        # Already Monday in London, still Sunday in UTC.
        ("2026-07-05T23:30:00", "2026-06-29T05:00:00+00:00"),
    ],
)
def test_it_opens_on_monday_at_six_in_london(moment, start):
    with at(moment) as now:
        assert last_time(now, OPENS_AT, MONDAY).astimezone(now.tzinfo).isoformat() == start


@given(st.datetimes(datetime.datetime(1991, 1, 1), datetime.datetime(2100, 1, 1), timezones=st.just(datetime.UTC)))
def test_it_is_never_in_the_future_and_never_more_than_a_week_and_an_hour_old(moment):
    age = moment - last_time(moment, OPENS_AT, MONDAY)
    assert 0 <= age.total_seconds() <= 7 * 86400 + 3600


def test_it_holds_what_the_settings_say():
    SiteSettings.objects.update_or_create(pk=1, defaults={"open_thread_text": "What fits **nowhere** else."})
    cache.clear()
    with at("2026-11-25T12:00:00"):
        open_weekly_thread()
    post = Post.objects.get()
    assert (post.kind, post.title) == (Post.Kind.OPEN_THREAD, "Open thread, week of 23 November 2026")
    assert post.html == "<p>What fits <strong>nowhere</strong> else.</p>"
    assert post.published_at.isoformat() == "2026-11-23T06:00:00+00:00"
    assert post.get_absolute_url() == "/2026/11/open-thread-week-of-23-november-2026.html"
    assert post.takes_comments
    page = Client().get("/").content.decode()
    assert '<span class="mark">Open thread</span>' in page


def test_once_a_week_and_after_a_long_silence_only_the_newest():
    with at("2026-11-23T06:00:00"):
        keep_time()
        keep_time()
    with at("2026-11-29T20:00:00"):
        keep_time()
    assert Post.objects.count() == 1
    with at("2026-12-16T09:00:00"):
        keep_time()
    titles = Post.objects.order_by("published_at").values_list("title", flat=True)
    assert list(titles) == ["Open thread, week of 23 November 2026", "Open thread, week of 14 December 2026"]


def test_the_first_week_of_a_year_has_one_of_its_own():
    for moment in ("2026-12-29T09:00:00", "2027-01-01T09:00:00", "2027-01-04T09:00:00"):
        with at(moment):
            open_weekly_thread()
    assert list(Post.objects.order_by("pk").values_list("nonce", flat=True)) == [
        "open-thread-2026-W53",
        "open-thread-2027-W01",
    ]


def test_none_where_the_owner_wants_none():
    site.save(SiteSettings(open_thread=False))
    keep_time()
    assert Post.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_many_processes_at_once_one_makes_it():
    made, told = [], []
    post_published.connect(receiver := lambda post, **kwargs: told.append(post.pk), weak=False)
    try:
        assert at_once(*[lambda: made.append(open_weekly_thread())] * 6) == []
    finally:
        post_published.disconnect(receiver)
    assert len(made) == 6
    assert [post for post in made if post] == list(Post.objects.all())
    assert Post.objects.count() == len(set(told)) == 1
