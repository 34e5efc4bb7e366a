"""Every transition of a comment, allowed and forbidden."""

import datetime
import itertools

import pytest
from django.utils import timezone

from forum.errors import AppealedBefore, CannotMove, NoSuchReceipt, NotAllowedNow, NotChangeable, Refused
from forum.models import Comment, LaterComment, Post
from forum.receipts import hash_code
from forum.services import comments, decided
from forum.services.appeals import appeal
from forum.services.changes import change_text
from forum.services.later import release_due_comments, withdraw_later
from forum.services.moving import move_branch
from forum.services.posting import Submission, post_comment
from forum.services.redacting import redact
from forum.services.slow_threads import slow_thread
from forum.services.tickets import open_ticket
from forum.signals import comment_published, comment_withdrawn
from tests.scenery import make_post, make_rule, write_with_code

pytestmark = pytest.mark.django_db

State = Comment.State
LINKS = "http://a.example http://b.example http://c.example"


def change(comment, code, text):
    """Its author's change; what a moderator has decided on refuses in other words, but refuses."""
    try:
        change_text(code=code, text=text)
    except NotChangeable as error:
        raise NotAllowedNow(comment, "changed") from error


STEPS = {
    "approve": lambda comment, code: comments.approve_comment(comment_id=comment.pk),
    "refuse": lambda comment, code: comments.refuse_comment(comment_id=comment.pk, reason="Libel"),
    "cover": lambda comment, code: comments.cover_comment(comment_id=comment.pk),
    "keep": lambda comment, code: comments.keep_comment(comment_id=comment.pk),
    "remove": lambda comment, code: comments.remove_comment(comment_id=comment.pk, reason="Spam"),
    "restore": lambda comment, code: comments.restore_comment(comment_id=comment.pk),
    "change": lambda comment, code: change(comment, code, "Other words."),
    "change, and it is held": lambda comment, code: change(comment, code, f"Now with links: {LINKS}"),
    "appeal": lambda comment, code: appeal(code=code, text="Please look again."),
    "withdraw": lambda comment, code: comments.withdraw_comment(code=code),
    "redact": lambda comment, code: redact(comment_id=comment.pk, words=[source_of(comment)[:4]]),
    "mark as off topic": lambda comment, code: decided.mark_comment(comment_id=comment.pk, off_topic=True),
    "add a note": lambda comment, code: decided.mark_comment(comment_id=comment.pk, note="We looked at it."),
    "lock its thread": lambda comment, code: decided.lock_thread(comment_id=comment.pk),
    "slow its thread": lambda comment, code: slow_thread(comment_id=comment.pk, minutes=5),
    "move": lambda comment, code: move_branch(comment_id=comment.pk, to_post_id=elsewhere().pk),
}
# The states of a comment, those apart in which a moderator has decided or an appeal was made.
HELD, POSTED, APPROVED, CHANGED_AND_HELD, COVERED, REFUSED, REMOVED, APPEALED, WITHDRAWN, SIGNPOST = (
    *("held", "posted", "approved", "changed and held", "covered"),
    *("refused", "removed", "appealed", "withdrawn", "what a moved one left"),
)
WAY = {
    HELD: (LINKS, [], State.HELD),
    POSTED: ("Some words.", [], State.PUBLISHED),
    APPROVED: (LINKS, ["approve"], State.PUBLISHED),
    CHANGED_AND_HELD: ("Some words.", ["change, and it is held"], State.HELD),
    COVERED: ("Some words.", ["cover"], State.COVERED),
    REFUSED: (LINKS, ["refuse"], State.REFUSED),
    REMOVED: ("Some words.", ["remove"], State.REMOVED),
    APPEALED: ("Some words.", ["remove", "appeal"], State.REMOVED),
    WITHDRAWN: ("Some words.", ["withdraw"], State.WITHDRAWN),
    SIGNPOST: ("Some words.", ["move"], State.MOVED),
}
ALLOWED = {
    (HELD, "approve"): State.PUBLISHED,
    (HELD, "refuse"): State.REFUSED,
    (HELD, "change"): State.HELD,
    (HELD, "change, and it is held"): State.HELD,
    (POSTED, "keep"): State.PUBLISHED,
    (POSTED, "cover"): State.COVERED,
    (APPROVED, "cover"): State.COVERED,
    (COVERED, "keep"): State.PUBLISHED,
    (COVERED, "remove"): State.REMOVED,
    (POSTED, "remove"): State.REMOVED,
    (POSTED, "change"): State.PUBLISHED,
    (POSTED, "change, and it is held"): State.HELD,
    (APPROVED, "keep"): State.PUBLISHED,
    (APPROVED, "remove"): State.REMOVED,
    (CHANGED_AND_HELD, "approve"): State.PUBLISHED,
    (CHANGED_AND_HELD, "refuse"): State.REFUSED,
    (CHANGED_AND_HELD, "change"): State.HELD,
    # The same text again: nothing happens.
    (CHANGED_AND_HELD, "change, and it is held"): State.HELD,
    (REFUSED, "restore"): State.PUBLISHED,
    (REFUSED, "appeal"): State.REFUSED,
    (REMOVED, "restore"): State.PUBLISHED,
    (REMOVED, "appeal"): State.REMOVED,
    (APPEALED, "restore"): State.PUBLISHED,
    **{(state, "withdraw"): State.WITHDRAWN for state in WAY if state not in (WITHDRAWN, SIGNPOST)},
    **{(state, "redact"): WAY[state][2] for state in (HELD, POSTED, APPROVED, CHANGED_AND_HELD, COVERED)},
    **{(state, step): State.PUBLISHED for state in (POSTED, APPROVED) for step in ("mark as off topic", "add a note")},
    # Its thread, whatever became of the comment itself.
    **{(state, step): WAY[state][2] for state in WAY for step in ("lock its thread", "slow its thread")},
    **{(state, "move"): WAY[state][2] for state in WAY if state != SIGNPOST},
}


def source_of(comment):
    return Comment.objects.get(pk=comment.pk).source


def elsewhere():
    return Post.objects.get(title="Elsewhere")


def all_rows():
    return [list(kind.objects.order_by("pk").values()) for kind in (Comment, Post)]


def held(post):
    return write_with_code(post, LINKS)


@pytest.mark.parametrize(("state", "step"), list(itertools.product(WAY, STEPS)))
def test_every_step_from_every_state(post, state, step):
    text, steps, reached = WAY[state]
    make_post("Elsewhere")
    comment, code = write_with_code(post, text)
    for each in steps:
        STEPS[each](comment, code)
    if state == SIGNPOST:
        # Nobody has its receipt.
        comment, code = Comment.objects.get(post=post), bytes(16)
    comment.refresh_from_db()
    assert comment.state == reached
    before = all_rows()
    target = ALLOWED.get((state, step))
    if target:
        STEPS[step](comment, code)
        comment.refresh_from_db()
        assert comment.state == target
    else:
        with pytest.raises((NotAllowedNow, AppealedBefore, NoSuchReceipt, CannotMove)):
            STEPS[step](comment, code)
        assert all_rows() == before
    for each in Post.objects.all():
        assert each.comment_count == Comment.objects.filter(post=each).published().count()
    assert bool(comment.fragment) == comment.is_published


LATER_STEPS = {
    "change": lambda code: change_text(code=code, text="Other words."),
    "withdraw": lambda code: withdraw_later(code=code),
    "appeal": lambda code: appeal(code=code, text="Please look again."),
    "withdraw a comment": lambda code: comments.withdraw_comment(code=code),
}


@pytest.mark.parametrize(("text", "released"), [("Some words.", State.PUBLISHED), (LINKS, State.HELD)])
@pytest.mark.parametrize("step", LATER_STEPS)
def test_every_step_while_it_waits_for_its_moment(post, text, released, step):
    posted = open_ticket(post_comment(post=post, submission=Submission(text, later=True)))
    assert Comment.objects.count() == 0
    if step not in ("change", "withdraw"):
        with pytest.raises(NoSuchReceipt):
            LATER_STEPS[step](posted.code)
    else:
        LATER_STEPS[step](posted.code)
    assert Comment.objects.count() == 0
    LaterComment.objects.update(release_at=timezone.now() - datetime.timedelta(minutes=1))
    release_due_comments()
    made = Comment.objects.first()
    if step == "withdraw":
        assert made is None
        return
    # What was to be held stays so, whatever its author makes of it.
    assert (made.state, made.edited_at) == (released, None)
    assert made.source == ("Other words." if step == "change" else text)
    comments.withdraw_comment(code=posted.code)


def test_what_the_screener_refuses_is_not_stored(post):
    make_rule("casino", answer="refuse")
    _, code = write_with_code(post, "Some words.")
    with pytest.raises(Refused):
        write_with_code(post, "A casino!")
    with pytest.raises(Refused):
        change_text(code=code, text="A casino!")
    assert Comment.objects.get().source == "Some words."


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
