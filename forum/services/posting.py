"""Posting a comment: what was sent becomes a comment, now or later, and a ticket to the page that says so."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from forum import modes, receipts, site, tree
from forum.clock import SAME_AGAIN, this_minute
from forum.errors import BadPhrase, BadText, Closed, NotTheStarter, ParentGone, Refused, ThreadLocked
from forum.extracts import shows_nothing
from forum.markup import render_comment
from forum.models import Comment, LaterComment, Post
from forum.page_version import raise_shared
from forum.screening import PUBLISH, Answer, Draft, Verdict, screen
from forum.services import pen_names, voices
from forum.services.comments import store_comment
from forum.services.later import keep_for_later
from forum.services.tickets import issue_ticket
from forum.source import clean_name, clean_source
from forum.statements import Record, Statement, together

# What is needed of a comment that is answered, in the order of the columns; its text is not.
PLACE = ("id", "post_id", "parent_id", "number", "state", "posted_at", "locked", "tree_id", "lft", "rght", "level")


def _answered(post: int, number: int) -> QuerySet[Comment, Any]:
    return Comment.objects.filter(post=post, number=number).published().values_list(*PLACE)


def _same(post: int, source: str, since: datetime.datetime, **place: object) -> QuerySet[Comment, Any]:
    # By time, for which there is an index: in the order of the thread the whole of it would be walked.
    recent = Comment.objects.filter(post=post, source=source, posted_at__gte=since, **place)
    return recent.order_by("posted_at").values_list("pk")[:1]


ANSWERED = Statement(_answered, int, int)
SAME_ALONE = Statement(partial(_same, parent=None), int, str, datetime.datetime)
SAME_REPLY = Statement(
    lambda post, source, since, number: _same(post, source, since, parent__number=number),
    *(int, str, datetime.datetime, int),
)


@dataclass(frozen=True)
class Submission:
    """What a form sent; `reply_to` is the number of the comment that it answers.

    `starter_code` is the receipt code of the discussion, from whoever wants to be shown as having begun it. `later`
    asks that the comment appear at a random minute within the hour. `voice_key` asks for the browser's voice under this
    post; `voice_code` is the receipt code of an earlier comment that gets the same voice (services/voices.py). With a
    `phrase` the name is a pen name. A comment with the mark of the staff has neither voice nor pen name. `hold` is a
    reason, found before the screener is asked, for a moderator to look at it first.
    """

    text: str
    reply_to: int | None = None
    name: str = ""
    nonce: str = ""
    staff_role: str = ""
    starter_code: str = ""
    later: bool = False
    voice_key: str = ""
    voice_code: str = ""
    phrase: str = ""
    hold: Verdict | None = None


def post_comment(*, post: Post, submission: Submission) -> str:
    """Store a comment and return the ticket of the page to show.

    The same form sent twice gives the first comment and its receipt again. The same text in the same place
    within ten minutes, from anywhere else, gives a ticket to the first comment without a receipt: copying a
    text must not make anybody its author.

    Raises:
        BadText, BadName, BadPhrase: what was typed cannot be taken.
        NotTheStarter, NotYourComment: the code is not that of the discussion, or of an earlier comment.
        Refused: the screener's no.
        Closed: the post takes no comments.
        ParentGone: the comment to be answered is not readable.
        ThreadLocked: its thread takes no replies.
    """
    source = clean_source(submission.text)
    code = receipts.code_from_nonce(submission.nonce, post_id=post.pk, reply_to=submission.reply_to, source=source)
    if same := _made_by(code):
        return issue_ticket(same, code)
    comment = _drafted(post, submission, source)
    verdict = verdict_on(comment, submission.hold)
    later = not comment.staff_role and (submission.later or site.current().later_for_all)
    with transaction.atomic():
        made, code = _stored(comment, submission, verdict, code, later=later)
    # After the commit, since others who write under this post wait until then.
    return issue_ticket(made, code)


def _stored(
    comment: Comment, submission: Submission, verdict: Verdict, code: bytes | None, *, later: bool
) -> tuple[Comment | LaterComment, bytes | None]:
    """What is there now, and its code for whoever is proved to be its author."""
    is_read_at_once = not later and verdict.answer is Answer.PUBLISH
    known = _lock_and_look(comment, submission.reply_to, later=later, grows=is_read_at_once)
    if same := _made_by(code):
        transaction.set_rollback(True)  # The post did not grow.
        return same, code
    if not modes.takes_comments(comment.post, site.current()):
        raise Closed("This post takes no more comments.")
    comment.parent = _parent(comment.post, known.parent, submission.reply_to, by_staff=bool(comment.staff_role))
    if same := known.same or _same_later(comment, later=later):
        transaction.set_rollback(True)
        return same, None
    if is_read_at_once:
        comment.number = comment.post.last_number
    _give_names(comment, submission, appears_later=later)
    code = code or receipts.new_code()
    comment.receipt_hash = receipts.hash_code(code)
    if later:
        return keep_for_later(comment, verdict), code
    store_comment(comment, verdict)
    if submission.voice_code:  # The earlier comment may stand in other posts, too.
        raise_shared()
    return comment, code


@dataclass(frozen=True)
class Known:
    """What stood in the database once the post was locked; `parent` are the columns of what is answered."""

    parent: Record | None
    same: Comment | None


def _lock_and_look(comment: Comment, reply_to: int | None, *, later: bool, grows: bool) -> Known:
    """Lock the post, and look up all that others could change until then: one round trip, since others wait."""
    pk, source, since = comment.post_id, comment.source, this_minute() - SAME_AGAIN
    with together() as ask:
        post = ask(tree.LOCK if later else tree.GROW if grows else tree.CHANGE, pk)
        parent = ask(ANSWERED, pk, reply_to) if reply_to else []
        same = ask(SAME_REPLY, pk, source, since, reply_to) if reply_to else ask(SAME_ALONE, pk, source, since)
    comment.post = tree.locked(post)
    return Known(
        parent=parent[0] if parent else None,
        same=Comment.objects.get(pk=same[0][0]) if same else None,
    )


def _drafted(post: Post, submission: Submission, source: str) -> Comment:
    """The comment as it was sent, before anything decides about it."""
    name = clean_name(submission.name)
    pen_name = pen_names.prove(name=name, phrase=submission.phrase.strip())
    if pen_name and submission.staff_role:
        raise BadPhrase("A comment with your staff mark can have no pen name. Leave the phrase empty.")
    return Comment(
        post=post,
        source=source,
        html=rendered(source),
        name=pen_name.name if pen_name else name,
        pen_name=pen_name,
        staff_role=submission.staff_role,
        by_starter=_is_by_starter(post, submission.starter_code),
    )


def _give_names(comment: Comment, submission: Submission, *, appears_later: bool) -> None:
    """The voice that its author asked for, and the pen name that they proved."""
    if comment.staff_role:
        return
    key, code = submission.voice_key, submission.voice_code
    comment.voice = voices.voice_for(comment.post, key=key, typed_code=code, appears_later=appears_later)
    if comment.pen_name:
        comment.pen_name = pen_names.hold(comment.pen_name)


def rendered(source: str) -> str:
    """The HTML of a comment's text.

    Raises:
        BadText: it shows nothing.
    """
    html = render_comment(source)
    if shows_nothing(html):
        raise BadText("Enter a comment that shows something: this one has only marks and spaces.")
    return html


def verdict_on(comment: Comment, hold: Verdict | None) -> Verdict:
    """What the screener says of a draft; if that is to publish it, what was found before.

    Raises:
        Refused: the screener's no.
    """
    if comment.staff_role:
        return PUBLISH
    draft = Draft(post=comment.post, source=comment.source, html=comment.html, name=comment.name)
    verdict = screen(draft)
    if verdict.answer is Answer.REFUSE:
        raise Refused(verdict.reason)
    return hold if hold and verdict.answer is Answer.PUBLISH else verdict


def _made_by(code: bytes | None) -> Comment | LaterComment | None:
    """What the same form made before. No rule that came since may deny it."""
    if code is None:
        return None
    by_code = {"receipt_hash": receipts.hash_code(code)}
    return Comment.objects.filter(**by_code).first() or LaterComment.objects.filter(**by_code).first()


def _same_later(comment: Comment, *, later: bool) -> LaterComment | None:
    """A comment with the same text in the same place that waits, as this one is to wait."""
    if not later:
        return None
    return LaterComment.objects.filter(post=comment.post, parent=comment.parent, source=comment.source).first()


def _is_by_starter(post: Post, typed: str) -> bool:
    if not typed.strip() or not post.is_from_reader:
        return False
    code = receipts.read_code(typed)
    if code is None or receipts.hash_code(code) != post.receipt_hash:
        raise NotTheStarter
    return True


def _parent(post: Post, row: Record | None, number: int | None, *, by_staff: bool) -> Comment | None:
    if number is None:
        return None
    if row is None:
        raise ParentGone(f"Comment {number} can no longer be answered: it is not there for readers any more.")
    parent = Comment.from_db(connection.alias, PLACE, row)
    if parent.locked and not by_staff:
        raise ThreadLocked
    parent.post = post
    return parent
