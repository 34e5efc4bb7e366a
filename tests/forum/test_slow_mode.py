"""A slow thread takes one comment from each network in so many minutes."""

import time

import pytest
from django.test import override_settings

from forum.errors import BadPause
from forum.models import Comment
from forum.services.slow_threads import end_slow_mode, slow_thread
from tests.scenery import at_once, make_post, write

LINE = "This thread is slow"


pytestmark = pytest.mark.usefixtures("middle_of_a_window")


@pytest.fixture
def slow(post) -> Comment:
    comment = write(post, "It begins with words and it never ends.")
    write(post, "You would say that.", comment)
    slow_thread(comment_id=comment.pk, minutes=5)
    return comment


def answer(client, path, text, to="1", **more):
    return client.post(path, {"text": text, "reply_to": to, **more.pop("fields", {})}, **more)


def test_one_comment_and_then_a_pause_for_the_whole_thread(client, path, slow):
    assert answer(client, path, "First.").status_code == 303
    response = answer(client, path, "Second, to a reply.", to="2")
    assert response.status_code == 429
    page = response.content.decode()
    assert "Wait 5 minutes" in page
    assert "Second, to a reply." in page
    assert Comment.objects.count() == 3
    assert answer(client, path, "From another network.", REMOTE_ADDR="198.51.100.7").status_code == 303


def test_the_pause_ends(client, path, slow, monkeypatch):
    answer(client, path, "First.")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 4.5 * 60)
    assert "Wait 1 minute," in answer(client, path, "Too early.").content.decode()
    monkeypatch.setattr(time, "time", lambda: now + 5.1 * 60)
    assert answer(client, path, "Second.").status_code == 303


def test_other_threads_and_new_ones_do_not_wait(client, post, path, slow):
    other = write(post, "Another matter.")
    answer(client, path, "First.")
    assert client.post(path, {"text": "A thread of its own."}).status_code == 303
    assert answer(client, path, "Here too.", to=str(other.number)).status_code == 303


def test_pressing_twice_is_one_turn(client, path, slow):
    fields = {"nonce": "0123456789abcdef" * 2}
    first = answer(client, path, "First.", fields=fields)
    assert answer(client, path, "First.", fields=fields).status_code == first.status_code == 303
    assert Comment.objects.count() == 3
    assert answer(client, path, "Another.", fields={"nonce": "fedcba9876543210" * 2}).status_code == 429


def test_what_is_not_taken_costs_no_turn(client, path, slow):
    assert answer(client, path, "").status_code == 422
    assert answer(client, path, "It has a text now.").status_code == 303


def test_readers_and_writers_are_told(client, post, slow):
    assert LINE in client.get(post.get_absolute_url()).content.decode()
    assert LINE in client.get(f"{post.get_absolute_url()}/reply?to=2").content.decode()
    assert LINE not in client.get(f"{post.get_absolute_url()}/reply").content.decode()
    end_slow_mode(comment_id=slow.pk)
    assert LINE not in client.get(post.get_absolute_url()).content.decode()
    assert LINE not in client.get(f"{post.get_absolute_url()}/reply?to=2").content.decode()


def test_from_any_comment_the_whole_thread_is_slowed(post, slow):
    end_slow_mode(comment_id=Comment.objects.get(number=2).pk)
    assert not Comment.objects.exclude(slow_minutes=0).exists()
    slow_thread(comment_id=Comment.objects.get(number=2).pk, minutes=60)
    assert list(Comment.objects.exclude(slow_minutes=0)) == [slow]


@pytest.mark.parametrize("minutes", [-1, 0, 61])
def test_a_pause_is_a_minute_to_an_hour(slow, minutes):
    with pytest.raises(BadPause):
        slow_thread(comment_id=slow.pk, minutes=minutes)


def test_a_moderator_sets_the_pace_beside_the_case(as_bob, client, post):
    comment = write(post, "Here we go again.")
    address = f"/moderation/comments/{comment.pk}/"
    as_bob.post(address)
    assert "Slow mode of this thread: off" in as_bob.get(address, follow=True).content.decode()
    page = as_bob.post(f"{address}slow/", {"minutes": "10"}, follow=True).content.decode()
    assert "Slow mode of this thread: 10 min" in page
    assert "Enter a pause" in as_bob.post(f"{address}slow/", {"minutes": "many"}, follow=True).content.decode()
    page = as_bob.post(f"{address}slow/", {"minutes": "0"}, follow=True).content.decode()
    assert "Slow mode of this thread: off" in page
    assert client.post(f"{address}slow/", {"minutes": "10"}).status_code in (302, 403)
    comment.refresh_from_db()
    assert comment.slow_minutes == 0


@override_settings(FORUM_LIMITS=False)
def test_it_can_be_switched_off_for_measuring(client, path, slow):
    assert [answer(client, path, f"Number {number}.").status_code for number in range(3)] == [303] * 3


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_one_is_taken(client):
    post = make_post()
    slow_thread(comment_id=write(post, "It begins.").pk, minutes=5)
    statuses: list[int] = []

    def send(number: int) -> None:
        statuses.append(answer(type(client)(), f"{post.get_absolute_url()}/comments", f"At once {number}.").status_code)

    assert at_once(*[lambda number=number: send(number) for number in range(10)]) == []
    assert sorted(statuses) == [303] + [429] * 9
