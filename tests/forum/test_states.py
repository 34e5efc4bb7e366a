"""Every transition of a comment, allowed and forbidden."""

import itertools

import pytest

from forum.errors import NoSuchReceipt, NotAllowedNow
from forum.models import Comment, Post
from forum.receipts import hash_code
from forum.services import comments
from forum.signals import comment_published, comment_withdrawn
from tests.scenery import write_with_code

pytestmark = pytest.mark.django_db

State = Comment.State
STEPS = {
    "approve": lambda comment, code: comments.approve_comment(comment_id=comment.pk),
    "refuse": lambda comment, code: comments.refuse_comment(comment_id=comment.pk, reason="Libel"),
    "remove": lambda comment, code: comments.remove_comment(comment_id=comment.pk, reason="Spam"),
    "restore": lambda comment, code: comments.restore_comment(comment_id=comment.pk),
    "withdraw": lambda comment, code: comments.withdraw_comment(code=code),
}
ALLOWED = {
    (State.HELD, "approve"): State.PUBLISHED,
    (State.HELD, "refuse"): State.REFUSED,
    (State.HELD, "withdraw"): State.WITHDRAWN,
    (State.PUBLISHED, "remove"): State.REMOVED,
    (State.PUBLISHED, "withdraw"): State.WITHDRAWN,
    (State.REFUSED, "restore"): State.PUBLISHED,
    (State.REFUSED, "withdraw"): State.WITHDRAWN,
    (State.REMOVED, "restore"): State.PUBLISHED,
    (State.REMOVED, "withdraw"): State.WITHDRAWN,
}
WAY = {
    State.HELD: [],
    State.PUBLISHED: ["approve"],
    State.REFUSED: ["refuse"],
    State.REMOVED: ["approve", "remove"],
    State.WITHDRAWN: ["withdraw"],
}


def held(post):
    return write_with_code(post, "http://a.example http://b.example http://c.example")


@pytest.mark.parametrize(("state", "step"), list(itertools.product(State, STEPS)))
def test_every_step_from_every_state(post, state, step):
    comment, code = held(post)
    for each in WAY[state]:
        STEPS[each](comment, code)
    comment.refresh_from_db()
    assert comment.state == state
    before = (comment.state, comment.number, comment.source, comment.reason)
    target = ALLOWED.get((state, step))
    if target:
        STEPS[step](comment, code)
        comment.refresh_from_db()
        assert comment.state == target
    else:
        with pytest.raises(NotAllowedNow):
            STEPS[step](comment, code)
        comment.refresh_from_db()
        assert (comment.state, comment.number, comment.source, comment.reason) == before
    readable = Comment.objects.filter(post=post).published().count()
    assert Post.objects.get(pk=post.pk).comment_count == readable


def test_a_number_is_given_once_and_never_again(post):
    first, _ = held(post)
    second, _ = write_with_code(post, "Published at once.")
    assert (first.number, second.number) == (None, 1)
    comments.approve_comment(comment_id=first.pk)
    comments.remove_comment(comment_id=first.pk, reason="Spam")
    comments.restore_comment(comment_id=first.pk)
    first.refresh_from_db()
    assert first.number == 2
    comments.remove_comment(comment_id=first.pk, reason="Spam")
    assert write_with_code(post, "Third.")[0].number == 3


def test_readable_for_the_first_time_is_told_once(post):
    told = []
    comment_published.connect(receiver := lambda comment, **kwargs: told.append(comment.pk), weak=False)
    try:
        comment, _ = held(post)
        comments.approve_comment(comment_id=comment.pk)
        comments.remove_comment(comment_id=comment.pk, reason="Spam")
        comments.restore_comment(comment_id=comment.pk)
    finally:
        comment_published.disconnect(receiver)
    assert told == [comment.pk]


def test_withdrawing_erases_text_and_name(post):
    comment, code = write_with_code(post, "Take this back.", name="Dana")
    told = []
    comment_withdrawn.connect(receiver := lambda comment, **kwargs: told.append(comment.source), weak=False)
    try:
        comments.withdraw_comment(code=code)
    finally:
        comment_withdrawn.disconnect(receiver)
    comment.refresh_from_db()
    assert (comment.source, comment.html, comment.name) == ("", "", "")
    assert told == [""]
    assert comment.receipt_hash == hash_code(code)


def test_a_receiver_that_fails_undoes_the_step(post):
    comment, _ = held(post)

    def broken(**kwargs):
        raise RuntimeError("broken receiver")

    comment_published.connect(broken)
    try:
        with pytest.raises(RuntimeError):
            comments.approve_comment(comment_id=comment.pk)
    finally:
        comment_published.disconnect(broken)
    comment.refresh_from_db()
    assert (comment.state, comment.number) == (State.HELD, None)


def test_a_wrong_code_finds_nothing(post):
    _, code = write_with_code(post, "Mine.")
    with pytest.raises(NoSuchReceipt):
        comments.find_by_code(bytes(16))
    assert comments.find_by_code(code).source == "Mine."
