"""The stored article of each published comment: what its thread's page shows, made when something about it changes.

Reading a page then only joins what is stored. An article that an older `LOOK` made is made anew while it is read, and
stored again by the clock (forum/tasks.py): a release that changes the look shows everywhere at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby

from django.db.models import Q

from forum.markup import render_comment
from forum.models import Comment, Post, TimeReference
from forum.thread_html import Frame, comment_html
from forum.threads import PUBLISHED, Place, Row, row_of, rows_of

# Raised whenever thread_html.py or markup.py write something else for the page of a thread.
LOOK = 3
MOVED: str = Comment.State.MOVED.value
# Comments drawn with one round of queries.
AT_ONCE = 500

# The references of each comment: where the time stands, and the comments that it may mean.
Names = dict[int, list[tuple[int, int, list[int]]]]


def articles(post: Post, places: Sequence[Place]) -> list[bytes]:
    """The articles for these places of a page: stored ones, and what has to be made for the others."""
    missing = [place.id for place in places if place.look != LOOK or place.state != PUBLISHED]
    if not missing:
        return [place.fragment for place in places]
    drawn = draw(post, missing)
    return [drawn[place.id].encode() if place.id in drawn else place.fragment for place in places]


def article_of_new(comment: Comment) -> str:
    """The article of a comment that is about to be stored, and that no clock time concerns."""
    row, parent = row_of(comment), comment.parent
    if parent:
        row.parent = Row(parent.pk, None, parent.level, parent.number, parent.state, posted_at=parent.posted_at)
    return comment_html(row, _frame(comment.post))


def redraw(post: Post, ids: Iterable[int]) -> None:
    """Make and store the articles of these comments anew, if they are published; call it with the post locked."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        for pk, article in draw(post, wanted[start : start + AT_ONCE]).items():
            Comment.objects.filter(pk=pk).published().update(fragment=article, look=LOOK)


def draw(post: Post, ids: Collection[int]) -> dict[int, str]:
    """The articles of these comments, by id; of those that are not published, their tombstones."""
    drawn = rows_of(Comment.objects.filter(post=post, pk__in=ids).order_by("pk"))
    names = _names(ids)
    meant = {pk for places in names.values() for _, _, pks in places for pk in pks}
    brief = _brief(post, meant | set(names) | {row.parent_id for row in drawn if row.parent_id})
    known = {row.id: row for row in brief}
    _put_names_in([row for row in drawn if row.id in names], names, known)
    for row in drawn:
        row.parent = known.get(row.parent_id or 0)
    frame = _frame(post, _answers(names, known))
    return {row.id: comment_html(row, frame) for row in drawn}


def _frame(post: Post, named_by: Mapping[int, Sequence[Row]] | None = None) -> Frame:
    return Frame(post.get_absolute_url(), post.year or 0, is_own_page=True, named_by=named_by or {})


def _names(ids: Collection[int]) -> Names:
    """What these comments name by time, and what those name that name them."""
    naming = TimeReference.objects.filter(target__in=ids).order_by().values("comment")
    rows = TimeReference.objects.filter(Q(comment__in=ids) | Q(comment__in=naming), target__isnull=False)
    names: Names = defaultdict(list)
    columns = rows.order_by("comment", "start", "target__number").values_list("comment_id", "start", "end", "target_id")
    for (comment, start, end), group in groupby(columns, key=lambda row: row[:3]):
        names[comment].append((start, end, [target for *_, target in group if target is not None]))
    return names


def _brief(post: Post, ids: Collection[int]) -> list[Row]:
    """Comments with just what a link to them says. To one that was moved to another post since, nothing leads."""
    columns = ("id", "parent_id", "level", "number", "state", "posted_at", "post")
    rows = Comment.objects.filter(pk__in=ids).order_by().values_list(*columns) if ids else []
    return [
        Row(pk, parent, level, number, state if at_post == post.pk else MOVED, posted_at=at)
        for pk, parent, level, number, state, at, at_post in rows
    ]


def _put_names_in(rows: Sequence[Row], names: Names, known: dict[int, Row]) -> None:
    """Render these comments with a link, or a question, at each time that names another."""
    sources = dict(Comment.objects.filter(pk__in=[row.id for row in rows]).values_list("pk", "source")) if rows else {}
    for row in rows:
        source, replaced = sources[row.id], []
        for start, end, pks in names[row.id]:
            if html := _name_html(source[start:end], [known[pk] for pk in pks]):
                replaced.append((start, end, html))
        row.html = render_comment(source, replaced)


def _name_html(clock: str, meant: Sequence[Row]) -> str:
    """A link if one comment can be meant, both numbers beside the plain time if two can; "" for plain text.

    A comment that was taken down still counts, or its time would lead to somebody else; but nothing leads to it.
    """
    numbers = [row.number for row in meant if row.is_published]
    if not numbers:
        return ""
    if len(meant) == 1:
        return f'<a href="#c{numbers[0]}">{clock}</a>'
    links = " or ".join(f'<a href="#c{number}">#{number}</a>' for number in numbers)
    return f'{clock} <span class="tie">({links}?)</span>'


def _answers(names: Names, known: dict[int, Row]) -> dict[int, list[Row]]:
    """Which readable comments surely name a comment, by the id of the one that is named, in order."""
    answers: dict[int, dict[int, Row]] = defaultdict(dict)
    for comment, places in names.items():
        for _, _, pks in places:
            if len(pks) == 1 and known[comment].is_published:
                answers[pks[0]][comment] = known[comment]
    return {pk: sorted(rows.values(), key=lambda row: row.number or 0) for pk, rows in answers.items()}
