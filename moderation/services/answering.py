"""Answering a comment that is held: an answer and an extract from it are published, the rest stays held.

Lock order as in forum/tree.py: the post first, then the case, the log last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from forum import tree
from forum.errors import ChangedSince
from forum.extracts import plain_text
from forum.models import Comment, Post
from forum.screening import PUBLISH
from forum.services import decided
from forum.services.comments import lock_comment, remove_comment, store_changes, store_comment
from forum.services.posting import rendered
from forum.source import clean_source
from moderation.errors import DecidedMeanwhile, ExtractMissing, NotInText, NotPossible, RequestWaits
from moderation.models import Action, Case, Decision
from moderation.services.cases import close, is_asked
from moderation.services.log import record

State = Comment.State
GONE = "> [withdrawn by its author]"
TAKEN_BACK = "The moderator took this answer back"


@dataclass(frozen=True)
class Reply:
    """What a moderator answers: `extract` are words of the held comment, `text` is the answer, in Markdown."""

    extract: str
    text: str
    staff_role: str
    internal_note: str = ""


@transaction.atomic
def answer_held(*, case_id: int, version: int, moderator: Any, reply: Reply) -> Decision:
    """Publish an answer in the place of a held comment, below what that answers, and close its case.

    Raises:
        DecidedMeanwhile: `version` is not the one that the case has now.
        NotPossible: the comment is not held.
        ExtractMissing, NotInText: there is no extract, or it does not stand in the comment word for word.
        BadText: the answer cannot be taken.
        RequestWaits: somebody who asked for its removal has no answer.
    """
    post = tree.lock_post(Case.objects.values_list("post_id", flat=True).get(pk=case_id))
    case = Case.objects.select_for_update(of=("self",)).select_related("comment", "post").get(pk=case_id)
    if case.version != version:
        raise DecidedMeanwhile(case)
    held = case.comment
    if held is None or held.state != State.HELD or case.newer or not post.is_published:
        raise NotPossible
    if is_asked(case):
        raise RequestWaits(case)
    source = clean_source(f"{quotation(held, reply.extract)}\n\n{clean_source(reply.text, called='answer')}")
    answer = _published(post, held, source, reply.staff_role)
    facts = decided.comment_facts(held.pk)
    line = record(
        case=case,
        post_id=post.pk,
        comment_id=held.pk,
        moderator=moderator,
        action=Action.ANSWER,
        internal_note=reply.internal_note,
        before=facts,
        after=facts | {"answer": answer.pk},
    )
    close(case, outcome=Action.ANSWER)
    return line


def quotation(held: Comment, extract: str) -> str:
    """An extract as a quotation; whole words of the comment as it was typed, or as it is shown.

    Raises:
        ExtractMissing, NotInText: there is none, or it is not there word for word.
    """
    words = " ".join(extract.split())
    if not words:
        raise ExtractMissing
    whole = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)" if words[0].isalnum() else rf"{re.escape(words)}(?!\w)")
    if not any(whole.search(" ".join(text.split())) for text in (held.source, plain_text(held.html))):
        raise NotInText(words)
    return "\n".join(f"> {line}".rstrip() for line in extract.strip().splitlines())


def _published(post: Post, held: Comment, source: str, staff_role: str) -> Comment:
    parent = Comment.objects.filter(pk=held.parent_id).published().first()
    if parent:
        parent.post = post
    answer = Comment(post=post, parent=parent, source=source, html=rendered(source), staff_role=staff_role)
    store_comment(answer, PUBLISH)
    return answer


def answers_to(comment: Comment) -> list[Comment]:
    """The answers to a held comment that stand, whether readers can see them or not."""
    lines = Decision.objects.filter(comment=comment, action=Action.ANSWER, undone_by=None)
    return list(
        Comment.objects.filter(pk__in=[line.after["answer"] for line in lines]).select_related("post").order_by("pk")
    )


def take_answer_down(line: Decision) -> None:
    """Undo it: readers see that the answer was taken back. Its post is locked.

    Raises:
        ChangedSince: the answer is no longer readable.
    """
    answer = Comment.objects.get(pk=line.after["answer"])
    if answer.state not in (State.PUBLISHED, State.COVERED):
        raise ChangedSince
    remove_comment(comment_id=answer.pk, reason=TAKEN_BACK)


def forget_extracts(comment: Comment) -> None:
    """Its author withdrew what was held: the words that were quoted from it go, the answers stay."""
    lines = Decision.objects.filter(comment=comment, action=Action.ANSWER)
    for pk in [line.after["answer"] for line in lines]:
        answer = lock_comment(pk)
        if answer.source.startswith("> ") and not answer.source.startswith(GONE):
            source = f"{GONE}\n\n{answer.source[end_of_quotation(answer.source) :]}"
            store_changes(answer, {"source": source, "html": rendered(source)})


def end_of_quotation(source: str) -> int:
    """Where the answer begins, behind the lines that are quoted."""
    found = re.match(r"(?:>[^\n]*\n)+\n*", source)
    return found.end() if found else 0
