"""What can go wrong in the queue and in reporting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forum.errors import ForumError

if TYPE_CHECKING:
    from moderation.models import Case


class DecidedMeanwhile(ForumError):
    """Something came in while a moderator was reading; `case` is how it stands now."""

    status = 409

    def __init__(self, case: Case) -> None:
        what = self.what_happened(case)
        super().__init__(f"This case changed while you were reading: {what} Your decision was not carried out.")
        self.case = case

    @staticmethod
    def what_happened(case: Case) -> str:
        """What the moderator could not know, in a part of a sentence."""
        last = next(iter(sorted(case.decisions.all(), key=lambda line: -line.pk)), None)
        if case.outcome == "withdrawn":
            return "its author withdrew the comment."
        if not case.is_open and last:
            return f"{last.who} was faster ({last.sentence})."
        if last and last.action == "hand_over":
            return f"{last.who} left it to a colleague."
        return "something new came in (a report, a request, an appeal, or the author changed the text)."


class NotPossible(ForumError):
    """The action does not fit the state of the comment."""

    status = 409

    def __init__(self) -> None:
        super().__init__("That cannot be done with this comment as it stands now.")


class ReasonMissing(ForumError):
    def __init__(self) -> None:
        super().__init__("Choose a reason: readers, and the author, will see it.")


class AnswerMissing(ForumError):
    def __init__(self) -> None:
        super().__init__("Say why it stays so: the author, who appealed, will read it.")


class NoteMissing(ForumError):
    def __init__(self) -> None:
        super().__init__("Write the note: readers will see it below the comment.")


class NeedsAnswer(ForumError):
    status = 409

    def __init__(self) -> None:
        super().__init__("It is an appeal: its author is to read an answer of its own.")


class RequestWaits(ForumError):
    """Somebody asked for a removal and was not told why it stays; `request_id` is whom to answer."""

    status = 409

    def __init__(self, case: Case) -> None:
        super().__init__("Somebody asked for its removal and waits: answer the request, that decides the case as well.")
        self.request_id = int(case.removal_requests.filter(answered_at=None).values_list("pk", flat=True)[0])


class TooManyAtOnce(ForumError):
    def __init__(self, most: int) -> None:
        super().__init__(f"Choose at most {most} at once.")


class ExtractMissing(ForumError):
    def __init__(self) -> None:
        super().__init__("Copy the words that you answer from the comment: they stand above your answer.")


class NotInText(ForumError):
    """What is to be quoted does not stand in the held comment word for word."""

    def __init__(self, words: str) -> None:
        super().__init__(f"“{words[:80]}” does not stand in the comment word for word. Copy it from there.")


class WordsForAsker(ForumError):
    def __init__(self) -> None:
        super().__init__("Write the answer: whoever asked reads it with their receipt.")


class NothingTakenDown(ForumError):
    """A request that is granted, but nothing goes."""

    status = 409

    def __init__(self) -> None:
        super().__init__("It still stands there. Choose what to take down, or refuse the request.")


class CannotUndo(ForumError):
    """A decision that is too old, was undone before, or has nothing to put back."""

    status = 409

    def __init__(self) -> None:
        super().__init__("This cannot be undone any more: it was undone before, or thirty days are over.")


class AskedAlready(ForumError):
    """Somebody without a receipt asked for the same before."""

    status = 409

    def __init__(self) -> None:
        super().__init__("Somebody has asked for this already, and a moderator looks at it or has done so.")


class FirstModerator(ForumError):
    """Whoever removed a comment is not the one to decide on the appeal, where somebody else can."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "You made the decision that this appeal is about, so another moderator decides. Your words were not sent."
        )


class NoteForColleague(ForumError):
    def __init__(self) -> None:
        super().__init__("Tell your colleague why you leave it: write the note for moderators.")


class NobodyElse(ForumError):
    status = 409

    def __init__(self) -> None:
        super().__init__("There is no other moderator to leave it to.")


class NotReadable(ForumError):
    """The comment is not there for readers, so nothing can be reported."""

    status = 410

    def __init__(self) -> None:
        super().__init__("This comment is no longer there for readers.")
