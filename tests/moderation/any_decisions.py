"""Any sequence of decisions and undos: what the suite tries shortly, and `make prove` at length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from django.db.models import F
from hypothesis import strategies as st

from accounts.models import User
from accounts.roles import Role
from forum.errors import ForumError
from forum.integrity import find_faults
from forum.models import Comment, MovedComment, Post, Voice
from moderation.models import Action, Case, Category, Decision, Topic
from moderation.services import (
    Reply,
    Ruling,
    answer_held,
    decide,
    decide_many,
    lock_thread,
    move_comment,
    open_case,
    park,
    park_all,
    pin_note,
    report_comment,
    slow_down,
    undo,
    undo_batch,
)
from moderation.services.covering import VOICES, cover_if_asked
from moderation.services.log import first_broken
from tests.scenery import at, make_post, make_thread, write

LINKS = "http://a.example http://b.example http://c.example"
# Undone, a comment has them as before. Not its number, if it had none: a number is given once.
FACTS = (
    *("post_id", "parent_id", "state", "reason", "state_since", "off_topic", "note", "locked", "slow_minutes"),
    *("source", "html", "fragment", "look", "joined_as", "voice_id", "voice__mark", "level", "posted_at"),
)
SOMETIMES = 10


class Board:
    """Three posts, threads on two of them, a topic that is parked on the third; Bob decides everything."""

    def __init__(self) -> None:
        self.bob = User.objects.create(email="bob@example.org", role=Role.MODERATOR)
        self.posts = [make_post(title) for title in ("One", "Two", "Three")]
        with at("2026-01-05T10:15"):
            made = [*make_thread(self.posts[0], "a(b(c(d)e)f)g").values(), *make_thread(self.posts[1], "x(y)").values()]
        made += [write(self.posts[0], f"{LINKS} {n}", to) for n, to in enumerate((None, made[1]))]
        made += [write(self.posts[0], f"@10:15 hear hear {n}", made[n], voice_key=f"key {n % 2}") for n in range(3)]
        self.made = [comment.pk for comment in made]
        self.topic = Topic.objects.create(name="grades", words="grade\nband", rule="Not here.", post=self.posts[2])

    def comment(self, number: int) -> Comment:
        return Comment.objects.select_related("post").get(pk=self.made[number % len(self.made)])

    def standing(self) -> list[Decision]:
        """What was decided and not undone, the last first."""
        return list(Decision.objects.filter(undone_by=None).exclude(action=Action.UNDO).order_by("-pk"))

    def facts(self) -> list[Any]:
        """All that undoing has to bring back."""
        rows = Comment.objects.filter(pk__in=self.made).order_by("pk").values("pk", "number", *FACTS)
        order = [
            list(Comment.objects.filter(post=post, pk__in=self.made).in_thread_order().values_list("pk", flat=True))
            for post in self.posts
        ]
        posts = list(Post.objects.order_by("pk").values("pk", "pinned_note"))
        return [list(rows), order, posts, sorted(Voice.objects.values_list("pk", "post", "key", "mark"))]


def rule(board: Board, comment: Comment, action: Action) -> None:
    case = open_case(post=comment.post, comment=comment)
    ruling = Ruling(action, "Spam", words=(comment.source.split()[-1],))
    decide(case_id=case.pk, version=case.version, moderator=board.bob, ruling=ruling)


def rule_on_many(board: Board, comment: Comment, dice: int) -> None:
    about = [comment, board.comment(dice), board.comment(dice + 1)]
    picked = [(case.pk, case.version) for case in (open_case(post=each.post, comment=each) for each in about)]
    answer = ("stays", "goes", "off_topic")[dice % 3]
    decide_many(picked=picked, moderator=board.bob, answer=answer, ruling=Ruling(Action.REMOVE, "Spam"))


def report_and_cover(board: Board, comment: Comment) -> None:
    case = report_comment(comment=comment, category=Category.RACISM_OR_HATE, text="").case
    cover_if_asked(case=case, comment=comment, category=Category.RACISM_OR_HATE, voices=VOICES)


def answer(board: Board, comment: Comment) -> None:
    case = open_case(post=comment.post, comment=comment)
    reply = Reply(comment.source.split()[0], "An answer.", "moderator")
    answer_held(case_id=case.pk, version=case.version, moderator=board.bob, reply=reply)


def undo_one(board: Board, dice: int) -> None:
    if lines := board.standing():
        undo(decision_id=lines[dice % len(lines)].pk, moderator=board.bob)


def undo_together(board: Board, dice: int) -> None:
    if batches := [each for each in dict.fromkeys(line.batch for line in board.standing()) if each]:
        undo_batch(batch=batches[dice % len(batches)], moderator=board.bob)


Verb = Callable[[Board, Comment, int], object]
IN_A_CASE = (
    *(Action.APPROVE, Action.REFUSE, Action.KEEP, Action.NOTE, Action.REMOVE, Action.RESTORE, Action.DISMISS),
    *(Action.COVER, Action.OFF_TOPIC, Action.ON_TOPIC, Action.REDACT),
)
VERBS: dict[str, Verb] = {action: lambda b, c, n, action=action: rule(b, c, action) for action in IN_A_CASE}
VERBS |= {
    "decide many": rule_on_many,
    "report, and cover": lambda b, c, n: report_and_cover(b, c),
    "answer": lambda b, c, n: answer(b, c),
    "lock": lambda b, c, n: lock_thread(comment=c, moderator=b.bob, locked=n % 3 > 0),
    "slow": lambda b, c, n: slow_down(comment=c, moderator=b.bob, minutes=n % 3),
    "pin": lambda b, c, n: pin_note(post=b.posts[n % 3], moderator=b.bob, text="" if n % 2 else f"Note {n % 5}"),
    "move": lambda b, c, n: move_comment(comment_id=c.pk, to_post=b.posts[n % 3], moderator=b.bob),
    "park": lambda b, c, n: park(topic=b.topic, comment_id=c.pk, moderator=b.bob),
    "park many": lambda b, c, n: park_all(
        topic=b.topic, comment_ids=[c.pk, b.comment(n).pk, b.comment(n + 1).pk], moderator=b.bob
    ),
    "undo the last": lambda b, c, n: undo_one(b, 0),
    "undo any": lambda b, c, n: undo_one(b, n),
    "undo together": lambda b, c, n: undo_together(b, n),
}
Step = tuple[str, int, int]
STEP = st.tuples(st.sampled_from(sorted(VERBS)), st.integers(0, 99), st.integers(0, 99))


def try_sequence(steps: Sequence[Step]) -> int:
    """Carry it out, three steps a minute, and undo what stands at the end, the last first; how many did something.

    Raises:
        AssertionError: trees, counts or the log are not sound; or what was there at first is not there again.
    """
    with at("2026-01-06T10:00"):
        board = Board()
    first, done = board.facts(), 0
    for count, (verb, which, dice) in enumerate(steps):
        with suppress(ForumError), at(f"2026-01-06T{11 + count // 180}:{count // 3 % 60:02}"):
            VERBS[verb](board, board.comment(which), dice)
            done += 1
        if count % SOMETIMES == 0:
            assert find_faults() == []
    check_log_and_cases()
    with at("2026-01-06T23:00"):
        for line in board.standing():
            undo(decision_id=line.pk, moderator=board.bob)
    last = board.facts()
    for before, after in zip(first[0], last[0], strict=True):
        after["number"] = after["number"] if before["number"] else None
    for now, then in zip(last, first, strict=True):
        assert now == then
    assert not MovedComment.objects.exclude(signpost=None).exists()
    check_log_and_cases()
    return done


def check_log_and_cases() -> None:
    assert find_faults() == []
    assert first_broken() is None
    assert not Case.objects.exclude(comment=None).exclude(post=F("comment__post")).exists()
