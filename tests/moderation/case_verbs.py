"""The states of a case, how each is reached, and all that can be done in it (test_case_states.py says what may be)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from forum.models import Comment, Post
from forum.services.appeals import appeal
from forum.services.changes import change_text
from forum.services.comments import withdraw_comment
from moderation.errors import NotPossible
from moderation.models import Action, Case, Category, Decision, RemovalRequest
from moderation.services import (
    Answer,
    Reply,
    Ruling,
    answer_held,
    answer_request,
    ask_for_removal,
    ask_to_look_again,
    decide,
    decide_many,
    lock_thread,
    move_comment,
    open_case,
    pin_note,
    report_comment,
    slow_down,
    undo,
)
from moderation.services.covering import VOICES, cover_if_asked
from tests.scenery import write_with_code

LINKS = "http://a.example http://b.example http://c.example"
TEXT, HELD_TEXT = "Some words.", f"Some words. {LINKS}"
Outcome = RemovalRequest.Outcome


@dataclass
class Scene:
    """One case, and the people around it: Bob decided first, Alice decides next."""

    post: Post
    other: Post
    bob: Any
    alice: Any
    case: Case | None = None
    comment: Comment | None = None
    code: bytes | None = None

    def write(self, text: str) -> None:
        self.comment, self.code = write_with_code(self.post, text)

    def take(self, case: Case) -> None:
        self.case = case

    @property
    def version(self) -> int:
        return Case.objects.get(pk=self.case.pk).version

    def decide(self, action: Action, moderator: Any, version: int | None = None) -> None:
        ruling = Ruling(action, "Libel", words=("words",))
        decide(case_id=self.case.pk, version=version or self.version, moderator=moderator, ruling=ruling)

    def about(self) -> Comment:
        if self.comment is None:
            raise NotPossible
        return Comment.objects.get(pk=self.comment.pk)

    def report(self) -> None:
        self.take(report_comment(comment=self.about(), category=Category.SPAM, text="It is spam.").case)

    def report_again(self) -> None:
        report_comment(comment=self.about(), category=Category.LIBEL, text="It is libel.")

    def request(self) -> None:
        ask_for_removal(post=self.post, comment=self.comment, text="It is about me.")

    def answer(self, outcome: str, action: Action | None) -> None:
        asked = RemovalRequest.objects.filter(case=self.case, answered_at=None).first()
        if asked is None:
            raise NotPossible
        said = Answer(outcome, "We looked at it.", self.version, action)
        answer_request(request_id=asked.pk, moderator=self.alice, answer=said)

    def undo(self) -> None:
        line = Decision.objects.filter(case=self.case).exclude(action=Action.UNDO).last()
        if line is None:
            raise NotPossible
        undo(decision_id=line.pk, moderator=self.alice)

    def many(self, answer: str) -> None:
        ruling = Ruling(Action.REMOVE, "Libel")
        done = decide_many(picked=[(self.case.pk, self.version)], moderator=self.alice, answer=answer, ruling=ruling)
        for _, error in done.skipped:
            raise error

    def answer_held(self) -> None:
        reply = Reply("Some words.", "An answer.", "moderator")
        answer_held(case_id=self.case.pk, version=self.version, moderator=self.alice, reply=reply)

    def cover_by_readers(self) -> None:
        said = {"comment": self.about(), "category": Category.RACISM_OR_HATE, "voices": VOICES}
        if cover_if_asked(case=Case.objects.get(pk=self.case.pk), **said) is None:
            raise NotPossible

    def withdraw(self) -> None:
        self.about()
        withdraw_comment(code=self.code)

    def change(self, text: str) -> None:
        self.about()
        change_text(code=self.code, text=text)

    def appeal(self) -> None:
        self.about()
        appeal(code=self.code, text="It names nobody.")


# How each state of a case is reached.
STATES = {
    "reported": [lambda s: s.write(TEXT), Scene.report],
    "held": [lambda s: s.write(HELD_TEXT), lambda s: s.take(Case.objects.get())],
    "covered": [lambda s: s.write(TEXT), Scene.report, lambda s: s.decide(Action.COVER, s.bob)],
    "covered by readers": [lambda s: s.write(TEXT), Scene.report, Scene.cover_by_readers],
    "requested": [lambda s: s.write(TEXT), lambda s: s.take(open_case(post=s.post, comment=s.comment)), Scene.request],
    "kept": [lambda s: s.write(TEXT), Scene.report, lambda s: s.decide(Action.KEEP, s.bob)],
    "off topic": [lambda s: s.write(TEXT), Scene.report, lambda s: s.decide(Action.OFF_TOPIC, s.bob)],
    "removed": [lambda s: s.write(TEXT), Scene.report, lambda s: s.decide(Action.REMOVE, s.bob)],
}
STATES |= {
    "approved": [*STATES["held"], lambda s: s.decide(Action.APPROVE, s.bob)],
    "refused": [*STATES["held"], lambda s: s.decide(Action.REFUSE, s.bob)],
    "answered": [*STATES["held"], Scene.answer_held],
    "withdrawn": [*STATES["reported"], Scene.withdraw],
    "moved": [*STATES["reported"], lambda s: move_comment(comment_id=s.comment.pk, to_post=s.other, moderator=s.bob)],
    "undone": [*STATES["removed"], Scene.undo],
    "kept and reported again": [*STATES["kept"], Scene.report_again],
    "appealed": [*STATES["removed"], Scene.appeal, lambda s: s.take(Case.objects.open().get())],
    "asked again": [
        *STATES["removed"],
        lambda s: s.take(ask_to_look_again(comment=s.comment, text="It names nobody.").case),
    ],
    "post": [lambda s: s.take(open_case(post=s.post))],
    "post requested": [lambda s: s.take(open_case(post=s.post)), Scene.request],
    "post closed": [lambda s: s.take(open_case(post=s.post)), lambda s: s.decide(Action.DISMISS, s.bob)],
}
VERBS = {action.value: (lambda s, action=action: s.decide(action, s.alice)) for action in Action if action != "undo"}
VERBS |= {
    "keep, having read an older version": lambda s: s.decide(Action.KEEP, s.alice, s.version - 1 or 99),
    "restore, by whoever removed it": lambda s: s.decide(Action.RESTORE, s.bob),
    "undo the decision": Scene.undo,
    "open a case": lambda s: open_case(post=s.post, comment=s.comment),
    "report": Scene.report_again,
    "request": Scene.request,
    "grant, and remove": lambda s: s.answer(Outcome.GRANTED, Action.REMOVE),
    "grant, done already": lambda s: s.answer(Outcome.GRANTED, None),
    "refuse the request": lambda s: s.answer(Outcome.REFUSED, None),
    "answer the held comment": Scene.answer_held,
    "cover by readers": Scene.cover_by_readers,
    "many: stays": lambda s: s.many("stays"),
    "many: goes": lambda s: s.many("goes"),
    "many: off topic": lambda s: s.many("off_topic"),
    "move away": lambda s: move_comment(
        comment_id=s.about().pk, to_post=s.post if s.about().post == s.other else s.other, moderator=s.alice
    ),
    "lock its thread": lambda s: lock_thread(comment=s.about(), moderator=s.alice),
    "slow its thread": lambda s: slow_down(comment=s.about(), moderator=s.alice, minutes=5),
    "pin a note": lambda s: pin_note(post=s.post, moderator=s.alice, text="Stay calm, please."),
    "author: withdraw": Scene.withdraw,
    "author: change": lambda s: s.change("Other words."),
    "author: change, and it is held": lambda s: s.change(f"Now with links: {LINKS}"),
    "author: appeal": Scene.appeal,
    "without a receipt: look again": lambda s: ask_to_look_again(comment=s.about(), text="It was mine."),
}
