"""The HTML of comments: one article each. Their lists are made in forum/nesting.py.

The article of a published comment is stored with it (forum/fragments.py), since making it takes longer than reading
it. Whoever changes what this module writes for a thread's own page raises `LOOK` there.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from forum import names
from forum.long_comments import fold
from forum.models import Comment, Post
from forum.nesting import nested
from forum.threads import Row

State = Comment.State


@dataclass(frozen=True)
class Frame:
    """What the comments of one page have in common."""

    path: str
    year: int
    # The thread's own page, whose links are short: relative to its address.
    is_own_page: bool = False
    can_reply: bool = True
    moderate: bool = False
    # For moderators: show what readers cannot see, and point out the comment that it is about.
    reveal: bool = False
    target: int = 0
    # Its text stands elsewhere on the page, for who asks for it.
    target_folded: bool = False
    # While the owner collects comments: the ids of those that are ticked.
    picked: frozenset[int] | None = None
    # On pages with comments of several posts: the title of this one's, so that links can be told apart.
    title: str = ""
    # The comments that name comments of this page by their time, by the id of the one that is named.
    named_by: Mapping[int, Sequence[Row]] = field(default_factory=dict)

    @property
    def places(self) -> str:
        """What stands before `?c=14`."""
        return "" if self.is_own_page else self.path

    @property
    def below(self) -> str:
        """What stands before `/reply` and `/c/14`."""
        return self.path.rpartition("/")[2] if self.is_own_page else self.path


def thread_html(rows: Sequence[Row], frame: Frame) -> SafeString:
    """Nested lists for `rows`, which are pruned and in thread order."""
    articles, indents = [comment_html(row, frame).encode() for row in rows], {row.id: row.indent for row in rows}
    parts = nested([(row.id, row.parent_id, row.number) for row in rows], articles, indents)
    return mark_safe(b"".join(parts).decode())  # noqa: S308 - escaped there


def comment_html(row: Row, frame: Frame) -> str:
    """One comment, or the tombstone in its place."""
    anchor = f' id="c{row.number}"' if row.number else ""
    number = f" <b>#{row.number}</b>" if row.number else ""
    who = _who(row) + number + _edited(row)
    if row.is_published or (frame.reveal and row.html):
        kind = "c target" if row.id == frame.target else "c"
        state = "" if row.is_published else f'<p class="by">{State(row.state).label}</p>'
        return (
            f'<article class="{kind}"{anchor}><h3>{_time_link(row, frame)} {who}</h3>{state}'
            f"{_answers(row)}{_body(row, frame)}{_named_by(row, frame)}"
            f"{_said_by_moderators(row)}{_actions(row, frame)}</article>"
        )
    return (
        f'<article class="c gone"{anchor}><h3>{_tombstone(row, frame)}{number}</h3>{_again_link(row, frame)}</article>'
    )


def listed_html(row: Row, frame: Frame, *, post_year: str, extract: str) -> SafeString:
    """A readable comment apart from its thread, with the post that it stands under.

    `post_year` is shown after the title if it is not empty; `extract` stands for the text if that is too long.
    """
    place = f"{frame.path}?c={row.number}"
    year = f" ({post_year})" if post_year else ""
    answers = f", in reply to {link_to(row.parent, row, place_of=frame.path)}" if row.parent else ""
    body = row.html
    if extract:
        hidden = f'<span class="vh"> in number {row.number} on {escape(frame.title)}</span>'
        body = f'<p>{escape(extract)} <a href="{place}#c{row.number}">Read on{hidden}</a></p>'
    return mark_safe(  # noqa: S308 - each part is escaped where it is made
        f'<article class="c"><h3>{_time_link(row, frame)} {_who(row)} <b>#{row.number}</b>{_edited(row)}</h3>'
        f'<p class="to">On <a href="{frame.path}">{escape(frame.title)}</a>{year}{answers}</p>'
        f'<div class="body">{body}</div>{_actions(row, frame)}</article>'
    )


def when(moment: datetime.datetime | None, year: int) -> str:
    """`10:15 13 Jan`, with the year where it is not that of the post."""
    if moment is None:
        return "No time known"
    local = timezone.localtime(moment)
    date = f"{local.day} {local:%b}" + ("" if local.year == year else f" {local.year}")
    return f'<time datetime="{moment.astimezone(datetime.UTC):%Y-%m-%dT%H:%MZ}">{local:%H:%M}</time> {date}'


def _time_link(row: Row, frame: Frame) -> str:
    shown = when(row.posted_at, frame.year)
    if row.number is None:
        return f"<span>{shown}</span>"
    return f'<a href="{frame.places}?c={row.number}#c{row.number}">{shown}</a>'


def _who(row: Row) -> str:
    marks = [Comment.StaffRole(row.staff_role).label] if row.staff_role else []
    marks += ["Started this discussion"] if row.by_starter else []
    name = f"<bdi>{escape(row.name)}</bdi>" if row.name else ""
    if note := names.note(row.name, is_pen_name=row.pen_name is not None, staff_role=row.staff_role):
        name += f" <small>{note}</small>"
    elif not row.staff_role:
        name = "Anonymous"
    # Behind what is said of the name: nobody can type this.
    name += f" · {escape(row.voice)}" if row.voice else ""
    shown = " ".join([name, *(f'<span class="mark">{mark}</span>' for mark in marks)])
    return f"<span>{shown.strip()}</span>"


def _edited(row: Row) -> str:
    return f" <small>edited {timezone.localtime(row.edited_at):%H:%M}</small>" if row.edited_at else ""


def _tombstone(row: Row, frame: Frame) -> str:
    since = f", {when(row.state_since, frame.year)}" if row.state_since else ""
    reason = f" {escape(row.reason)}." if row.reason and row.state == State.REMOVED else ""
    said = State(row.state).label
    return (
        f'<span>{when(row.posted_at, frame.year)}</span> <span class="said">{said}{since}.{reason}{_sign(row)}</span>'
    )


def _sign(row: Row) -> str:
    """Of a signpost: where the comments went."""
    if row.sign is None:
        return ""
    count = "1 comment was" if row.sign.comments == 1 else f"{row.sign.comments} comments were"
    if not row.sign.address:
        return f" {count} moved to another post."
    return f' <a href="{escape(row.sign.address)}">{count} moved to {escape(row.sign.title)}</a>.'


def _again_link(row: Row, frame: Frame) -> str:
    """For the author of a removed comment who lost the receipt."""
    if row.state != State.REMOVED or row.number is None or frame.reveal:
        return ""
    # The address belongs to the moderation app, like that of reports.
    link = f'<a href="{frame.below}/c/{row.number}/again">Ask us to look again<i> at #{row.number}</i></a>'
    return f'<p class="acts">{link}</p>'


def _answers(row: Row) -> str:
    """Whom it answers. The stylesheet hides it where that is plain to see (forum/nesting.py)."""
    return f'<p class="to">In reply to {link_to(row.parent, row)}</p>' if row.parent else ""


def _named_by(row: Row, frame: Frame) -> str:
    links = ", ".join(link_to(answer, row) for answer in frame.named_by.get(row.id, ()))
    return f'<p class="by">Answered by name in {links}</p>' if links else ""


def _body(row: Row, frame: Frame) -> str:
    if frame.target_folded and row.id == frame.target:
        return '<p class="by">Its text is folded, and stands above.</p>'
    body = f'<div class="body">{fold(row.html)}</div>'
    summary = "<summary>Marked as off topic by a moderator: show it</summary>"
    return f'<details class="off">{summary}{body}</details>' if row.off_topic else body


def _said_by_moderators(row: Row) -> str:
    """A note on the comment; and below the one that begins a slow or a locked thread, what holds there."""
    said = [f"<b>A moderator:</b> {escape(row.note)}"] if row.note else []
    said += [slow_line(row.slow_minutes)] if row.slow_minutes else []
    said += ["This thread is locked: it takes no more replies"] if row.locked and row.parent_id is None else []
    return "".join(f'<p class="by">{line}</p>' for line in said)


def slow_line(minutes: int) -> str:
    each = "minute" if minutes == 1 else f"{minutes} minutes"
    return f"This thread is slow: one comment from each network every {each}"


def link_to(row: Row, other: Row, *, place_of: str = "") -> str:
    """A link to a comment by its time and number; with the date if the `other` one is of another day.

    It is on the same page, or on that of the post at `place_of`.
    """
    if row.number is None:
        return "a comment that is not published"
    clock = ""
    if row.posted_at:
        local = timezone.localtime(row.posted_at)
        same_day = other.posted_at and timezone.localtime(other.posted_at).date() == local.date()
        clock = f"{local:%H:%M} " if same_day else f"{local:%H:%M}, {local.day} {local:%b} "
    page = f"{place_of}?c={row.number}" if place_of else ""
    return f'<a href="{page}#c{row.number}">{clock}#{row.number}</a>'


def _actions(row: Row, frame: Frame) -> str:
    if frame.reveal:
        return ""
    if frame.picked is not None:
        ticked = " checked" if row.id in frame.picked else ""
        box = f'<input type="checkbox" name="pick" value="{row.id}" id="pick{row.id}"{ticked}>'
        return f'<div class="choice">{box}<label for="pick{row.id}">Collect number {row.number}</label></div>'
    on = f" on {escape(frame.title)}" if frame.title else ""
    links = [reply_link(frame.below, row.number, on)] if frame.can_reply and not row.locked else []
    links += [moderate_link(row.id, row.number)] if frame.moderate else []
    links += [f"{report_tag(frame.below, row.number)}Report<i> #{row.number}{on}</i></a>"]
    return f'<p class="acts">{" ".join(links)}</p>'


def reply_link(below: str, number: int | None, on: str = "") -> str:
    return f'<a href="{below}/reply?to={number}">Reply<i> to #{number}{on}</i></a>'


def report_tag(below: str, number: int | None) -> str:
    return f'<a href="{below}/c/{number}/report">'


def moderate_link(pk: int, number: int | None) -> str:
    # The address belongs to the moderation app; forum knows it as readers know it, by its path alone.
    return f'<a href="/moderation/comments/{pk}/">Moderate<i> #{number}</i></a>'


def quote_link(pk: int, number: int | None) -> str:
    """For the owner."""
    return f'<a href="/desk/comments/{pk}/">Quote<i> #{number}</i></a>'


def featured_line(post: Post) -> str:
    """Below a comment that stands in another post."""
    return f'<p class="by">Featured in <a href="{post.get_absolute_url()}">{escape(post.title)}</a></p>'
