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
        last = case.decisions.select_related("moderator").last()
        who = "something new came in (a report, a request, an appeal, or the author changed the text); it is below."
        if case.outcome == "withdrawn":
            who = "its author withdrew the comment."
        elif not case.is_open and last:
            who = f"{last.moderator.get_short_name()} was faster ({last.sentence})."
        super().__init__(f"This case changed while you were reading: {who} Your decision was not carried out.")
        self.case = case


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


class NotReadable(ForumError):
    """The comment is not there for readers, so nothing can be reported."""

    status = 410

    def __init__(self) -> None:
        super().__init__("This comment is no longer there for readers.")
