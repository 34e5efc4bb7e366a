"""The HTML of a thread, joined in Python: a template call per comment would be most of a page's time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from forum.models import Comment, Post
from forum.threads import Row

State = Comment.State
# Indents that the stylesheet still draws on a phone; from here on, see .step4 and .step5 there.
NARROWEST_INDENT = 4


@dataclass(frozen=True)
class Frame:
    """What the comments of one page have in common."""

    path: str
    year: int
    can_reply: bool = True
    moderate: bool = False
    # For moderators: show what readers cannot see, and point out the comment that it is about.
    reveal: bool = False
    target: int = 0
    # For the owner: a link to quote a comment; or, while collecting, the ids of the comments that are ticked.
    quote: bool = False
    picked: frozenset[int] | None = None
    # The posts that feature comments of this page, by the comment's id.
    featured: Mapping[int, Post] = field(default_factory=dict)
    # On pages with comments of several posts: the title of this one's, so that links can be told apart.
    title: str = ""


def thread_html(rows: Sequence[Row], frame: Frame) -> SafeString:
    """Nested lists for `rows`, which are pruned and in thread order."""
    return mark_safe("".join(_parts(rows, frame)))  # noqa: S308 - each part is escaped where it is made


def _parts(rows: Sequence[Row], frame: Frame) -> Iterator[str]:
    depth = -1
    for row in rows:
        if row.indent > depth:
            yield '<ol class="thread">' if depth < 0 else "<ol>"
        else:
            yield "</li>" + "</ol></li>" * (depth - row.indent)
        depth = row.indent
        yield "<li>"
        yield comment_html(row, frame)
    yield "</li></ol>" * (depth + 1)


def comment_html(row: Row, frame: Frame) -> str:
    """One comment, or the tombstone in its place."""
    anchor = f' id="c{row.number}"' if row.number else ""
    number = f'<span class="n">#{row.number}</span>' if row.number else ""
    if row.is_published or (frame.reveal and row.html):
        kind = "c target" if row.id == frame.target else "c"
        state = "" if row.is_published else f'<p class="to">{State(row.state).label}</p>'
        return (
            f'<article class="{kind}"{anchor}><h3>{_time_link(row, frame)}{_who(row)}{number}</h3>{state}'
            f'{_answers(row)}<div class="body">{row.html}</div>{_featured(row, frame)}{_actions(row, frame)}</article>'
        )
    link = _moderate_link(row, frame)
    actions = f'<p class="acts">{link}</p>' if link else ""
    return f'<article class="c gone"{anchor}><h3>{_tombstone(row, frame)}{number}</h3>{actions}</article>'


def listed_html(row: Row, frame: Frame, *, post_year: str, extract: str) -> SafeString:
    """A readable comment apart from its thread, with the post that it stands under.

    `post_year` is shown after the title if it is not empty; `extract` stands for the text if that is too long.
    """
    place = f"{frame.path}?c={row.number}"
    year = f" ({post_year})" if post_year else ""
    answers = f", in reply to {_link_to(row.parent, row, place_of=frame.path)}" if row.parent else ""
    body = row.html
    if extract:
        hidden = f'<span class="vh"> in number {row.number} on {escape(frame.title)}</span>'
        body = f'<p>{escape(extract)} <a href="{place}#c{row.number}">Read on{hidden}</a></p>'
    return mark_safe(  # noqa: S308 - each part is escaped where it is made
        f'<article class="c"><h3>{_time_link(row, frame)}{_who(row)}<span class="n">#{row.number}</span></h3>'
        f'<p class="to">On <a href="{frame.path}">{escape(frame.title)}</a>{year}{answers}</p>'
        f'<div class="body">{body}</div>{_actions(row, frame)}</article>'
    )


def when(moment: datetime.datetime | None, year: int) -> str:
    """`10:15 <span>13 Jan</span>`, with the year where it is not that of the post."""
    if moment is None:
        return "No time known"
    local = timezone.localtime(moment)
    date = f"{local.day} {local:%b}" + ("" if local.year == year else f" {local.year}")
    return f'<time datetime="{local:%Y-%m-%dT%H:%M%z}">{local:%H:%M}</time> <span class="date">{date}</span>'


def _time_link(row: Row, frame: Frame) -> str:
    shown = when(row.posted_at, frame.year)
    if row.number is None:
        return f'<span class="at">{shown}</span> '
    return f'<a class="at" href="{frame.path}?c={row.number}#c{row.number}">{shown}</a> '


def _who(row: Row) -> str:
    marks = [Comment.StaffRole(row.staff_role).label] if row.staff_role else []
    marks += ["Started this discussion"] if row.by_starter else []
    name = f"<bdi>{escape(row.name)}</bdi>" if row.name else ""
    if not row.staff_role:
        name += ' <span class="unchecked">name not checked</span>' if name else "Anonymous"
    shown = " ".join([name, *(f'<span class="mark">{mark}</span>' for mark in marks)])
    return f'<span class="who">{shown.strip()}</span> '


def _tombstone(row: Row, frame: Frame) -> str:
    since = f", {when(row.state_since, frame.year)}" if row.state_since else ""
    reason = f" {escape(row.reason)}." if row.reason and row.state == State.REMOVED else ""
    said = State(row.state).label
    return f'{when(row.posted_at, frame.year)} <span class="said">{said}{since}.{reason}</span> '


def _answers(row: Row) -> str:
    """Whom it answers, unless that is plain to see: right above and one step out, at every width of the page."""
    if row.parent is None or (row.follows_parent and row.indent < NARROWEST_INDENT):
        return ""
    step = f" step{min(row.indent, 5)}" if row.follows_parent else ""
    return f'<p class="to{step}">In reply to {_link_to(row.parent, row)}</p>'


def _link_to(row: Row, answer: Row, *, place_of: str = "") -> str:
    """A link to a comment by its time and number; with the date if the answer is of another day.

    It is on the same page, or on that of the post at `place_of`.
    """
    if row.number is None:
        return "a comment that is not published"
    clock = ""
    if row.posted_at:
        local = timezone.localtime(row.posted_at)
        same_day = answer.posted_at and timezone.localtime(answer.posted_at).date() == local.date()
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
    hidden = f'<span class="vh"> number {row.number}{on}</span>'
    reply = f'<a href="{frame.path}/reply?to={row.number}" data-reply>Reply<span class="vh"> to</span>{hidden}</a>'
    report = f'<a href="{frame.path}/c/{row.number}/report" rel="nofollow" class="report">Report{hidden}</a>'
    quote = f'<a href="/desk/comments/{row.id}/">Quote{hidden}</a>' if frame.quote else ""
    return f'<p class="acts">{reply if frame.can_reply else ""}{_moderate_link(row, frame)}{quote}{report}</p>'


def _featured(row: Row, frame: Frame) -> str:
    post = frame.featured.get(row.id)
    if post is None:
        return ""
    return f'<p class="to">Featured in <a href="{post.get_absolute_url()}">{escape(post.title)}</a></p>'


def _moderate_link(row: Row, frame: Frame) -> str:
    # The address belongs to the moderation app; forum knows it as readers know it, by its path alone.
    if not frame.moderate:
        return ""
    return f'<a href="/moderation/comments/{row.id}/">Moderate<span class="vh"> number {row.number}</span></a>'
