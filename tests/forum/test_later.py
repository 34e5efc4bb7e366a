"""Comments that appear later: nobody learns when they were written, and nothing of them is lost."""

import datetime

import pytest
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from forum import site
from forum.errors import NoSuchReceipt, ParentGone
from forum.models import Comment, LaterComment, Post, SiteSettings, Ticket
from forum.screening import Answer, Verdict
from forum.services.comments import find_by_code, remove_comment
from forum.services.later import find_later, release_due_comments, withdraw_later
from forum.services.posting import Submission, post_comment
from forum.services.tickets import open_ticket
from tests.scenery import at, at_once, write

pytestmark = pytest.mark.django_db

ARRIVAL = "2026-01-13T10:17:42"
NONCE = "0123456789abcdef" * 2


def send_later(post: Post, text: str = "Not now.", moment: str = ARRIVAL, **fields):
    """Dana asks that her comment appear later; what the page after it shows."""
    with at(moment):
        ticket = post_comment(post=post, submission=Submission(text, later=True, **fields))
        return open_ticket(ticket)


def release(moment: str = "2026-01-13T12:00:30") -> int:
    with at(moment):
        return release_due_comments()


def test_until_its_minute_it_is_no_comment(post):
    waiting = send_later(post).later
    assert Comment.objects.count() == 0
    after = waiting.release_at - datetime.datetime(2026, 1, 13, 10, 17, tzinfo=datetime.UTC)
    assert datetime.timedelta(minutes=1) <= after <= datetime.timedelta(minutes=60)
    assert release((waiting.release_at - datetime.timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")) == 0
    assert release(waiting.release_at.strftime("%Y-%m-%dT%H:%M:%S")) == 1
    comment = Comment.objects.get()
    assert (comment.number, comment.html) == (1, "<p>Not now.</p>")
    assert comment.posted_at == comment.published_at == waiting.release_at
    assert LaterComment.objects.count() == 0
    assert release() == 0


def test_all_sixty_minutes_are_drawn(post):
    drawn = {send_later(post, f"Number {number}").later.release_at.minute for number in range(400)}
    assert len(drawn) > 50


def test_its_row_holds_no_time_but_that_of_its_release(post):
    times = [
        field.name for field in LaterComment._meta.fields if isinstance(field, models.DateField | models.TimeField)
    ]
    assert times == ["release_at"]
    assert send_later(post).later.pk.version == 4


def test_the_owner_may_make_it_the_rule_on_ticks_of_a_quarter(post):
    site.save(SiteSettings(later_for_all=True))
    with at(ARRIVAL):
        for number in range(60):
            post_comment(post=post, submission=Submission(f"Number {number}"))
        staff = open_ticket(post_comment(post=post, submission=Submission("Now.", staff_role="owner"))).comment
    assert staff.is_published
    ticks = {later.release_at.strftime("%H:%M") for later in LaterComment.objects.all()}
    assert ticks == {"10:30", "10:45", "11:00", "11:15"}


def test_comments_of_one_tick_appear_together_in_an_order_of_their_own(post):
    written = [f"Number {number}" for number in range(20)]
    for text in written:
        send_later(post, text)
    LaterComment.objects.update(release_at=datetime.datetime(2026, 1, 13, 11, 0, tzinfo=datetime.UTC))
    assert release("2026-01-13T11:00:09") == 20
    shown = list(Comment.objects.order_by("number").values_list("source", flat=True))
    assert sorted(shown) == sorted(written)
    assert shown != written, "one time in 20! it is the same"
    assert list(Comment.objects.order_by("pk").values_list("source", flat=True)) == shown
    assert Post.objects.get(pk=post.pk).comment_count == 20


def test_the_receipt_opens_it_before_and_after(post):
    said = send_later(post, nonce=NONCE)
    assert find_later(said.code).source == "Not now."
    release()
    with pytest.raises(NoSuchReceipt):
        find_later(said.code)
    assert find_by_code(said.code).source == "Not now."


def test_pressing_twice_is_one_comment_before_and_after_its_release(post):
    first, second = send_later(post, nonce=NONCE), send_later(post, nonce=NONCE)
    assert (first.later, first.code) == (second.later, second.code)
    release()
    assert send_later(post, nonce=NONCE).comment == Comment.objects.get()
    assert LaterComment.objects.count() == 0


def test_a_copied_text_yields_no_receipt(post):
    send_later(post)
    same = send_later(post)
    assert same.later
    assert same.code is None
    assert LaterComment.objects.count() == 1


def test_withdrawn_before_it_appears_nothing_is_left(post):
    said = send_later(post, nonce=NONCE)
    withdraw_later(code=said.code)
    assert (LaterComment.objects.count(), Comment.objects.count(), Ticket.objects.count()) == (0, 0, 0)
    with pytest.raises(NoSuchReceipt):
        withdraw_later(code=said.code)
    assert release() == 0


def test_the_page_after_posting_shows_the_comment_once_it_is_there(post):
    with at(ARRIVAL):
        ticket = post_comment(post=post, submission=Submission("Soon.", later=True, nonce=NONCE))
        LaterComment.objects.update(release_at=datetime.datetime(2026, 1, 13, 10, 18, tzinfo=datetime.UTC))
    release("2026-01-13T10:18:01")
    with at("2026-01-13T10:18:30"):
        assert open_ticket(ticket).comment.number == 1


def test_what_is_to_be_held_is_held_at_its_release(post):
    why = Verdict(Answer.HOLD, "It has many links.", rule="links", detail="3 links")
    said = send_later(post, hold=why)
    assert said.later.reason == "It has many links."
    release()
    comment = Comment.objects.get()
    assert (comment.state, comment.reason, comment.number) == ("held", "It has many links.", None)
    assert comment.cases.get().held_detail == "3 links"


def test_its_parent_may_go_meanwhile(post):
    parent = write(post, "A question?")
    send_later(post, "An answer.", reply_to=1)
    remove_comment(comment_id=parent.pk, reason="Spam")
    with pytest.raises(ParentGone):
        send_later(post, "Another answer.", reply_to=1)
    release()
    assert Comment.objects.get(source="An answer.").parent == parent


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_release_each_once(post):
    for number in range(5):
        send_later(post, f"Number {number}")
    LaterComment.objects.update(release_at=datetime.datetime(2026, 1, 13, 11, 0, tzinfo=datetime.UTC))
    with at("2026-01-13T11:00:09"):
        assert at_once(release_due_comments, release_due_comments) == []
    assert sorted(Comment.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


@given(moment=st.datetimes(datetime.datetime(2026, 1, 1), datetime.datetime(2026, 12, 31)))
def test_a_tick_is_a_quarter_within_the_hour(moment):
    from forum.services.later import _a_tick

    with at(moment.isoformat()):
        tick = _a_tick()
    wait = tick - moment.replace(tzinfo=datetime.UTC)
    assert tick.minute % 15 == 0
    assert datetime.timedelta() < wait <= datetime.timedelta(hours=1)


def test_on_its_pages(client, post):
    path = post.get_absolute_url()
    answer = client.post(f"{path}/comments", {"text": "Not now.", "later": "on", "nonce": NONCE})
    posted = client.get(answer["Location"]).content.decode()
    waiting = LaterComment.objects.get()
    assert "Your comment appears at" in posted
    code = posted.split('id="code">')[1].split("<")[0]
    shown = client.post("/receipts/", {"code": code}).content.decode()
    assert "Until then nobody can see it" in shown
    assert "Not now." not in client.get(path).content.decode()
    withdrawn = client.post("/receipts/withdrawal/", {"code": code})
    assert "nothing of it is left" in withdrawn.content.decode()
    assert client.post("/receipts/", {"code": code}).status_code == 404
    assert not LaterComment.objects.filter(pk=waiting.pk).exists()


def test_the_form_keeps_the_wish_beside_an_error(client, post):
    page = client.post(f"{post.get_absolute_url()}/comments", {"text": "", "later": "on"}).content.decode()
    assert 'name="later" aria-describedby="later-hint" checked' in page


def test_the_rule_is_said_in_the_form_at_once(client, post):
    path = post.get_absolute_url()
    assert "Let it appear later" in client.get(path).content.decode()
    site.save(SiteSettings(later_for_all=True))
    page = client.get(path).content.decode()
    assert "a random quarter of an hour" in page
    assert 'name="later"' not in page
