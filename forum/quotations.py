"""Comments that posts quote: fetched whenever a post is read, so that what was taken back is gone there too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import reduce
from html import escape
from operator import or_

from django.db.models import Q
from django.utils import timezone

from forum.models import Comment, MovedComment, Post, Quotation
from forum.moved import comment_now
from forum.statements import Statement

# What forum/blocks.py leaves in the HTML of a post.
PLACE = re.compile(
    r'<figure class="comment" id="(?P<item>item-\d+)"><a href="(?P<address>/(?P<year>\d{4})/(?P<month>\d{2})/'
    r'(?P<slug>[-\w]+)\.html\?c=(?P<number>\d+)#c\d+)"[^>]*></a></figure>',
    re.ASCII,
)
CAPTION_OF_GONE = "<figcaption>This comment is not there for readers.</figcaption>"
# SQLite takes at most 1,000 alternatives in one condition.
MOST_POSTS = 500
# What a caption does not say: else each quoted comment would bring the whole of its post along.
LONG_TEXTS = ("post__body", "post__html", "post__updates_html", "post__sent_body")


def fill(htmls: Sequence[str]) -> list[str]:
    """The HTML of posts with the comments that they quote; one query for up to 500 posts that are quoted from."""
    places = {key(match) for html in htmls for match in PLACE.finditer(html)}
    if not places:
        return list(htmls)
    found = find(places)
    return [PLACE.sub(lambda match: figure(match, found.get(key(match))), html) for html in htmls]


def key(match: re.Match[str]) -> tuple[int, int, str, int]:
    return int(match["year"]), int(match["month"]), match["slug"], int(match["number"])


def find(places: set[tuple[int, int, str, int]]) -> dict[tuple[int, int, str, int], Comment]:
    """The comments at these places, whatever their state, under posts that are readable."""
    readable = Comment.objects.filter(post__in=Post.objects.readable()).exclude(state=Comment.State.MOVED)
    found = {
        (comment.post.year or 0, comment.post.month or 0, comment.post.slug, comment.number or 0): comment
        for there in _conditions(places)
        for comment in readable.select_related("post", "voice").defer(*LONG_TEXTS).filter(there)
    }
    return found | _moved(places - found.keys())


def _conditions(places: set[tuple[int, int, str, int]]) -> Iterator[Q]:
    """What finds the rows at these places, of up to 500 posts at a time."""
    numbers = defaultdict(list)
    for year, month, slug, number in sorted(places):
        numbers[year, month, slug].append(number)
    wanted = [Q(post__year=y, post__month=m, post__slug=slug, number__in=n) for (y, m, slug), n in numbers.items()]
    for start in range(0, len(wanted), MOST_POSTS):
        yield reduce(or_, wanted[start : start + MOST_POSTS])


def _moved(places: set[tuple[int, int, str, int]]) -> dict[tuple[int, int, str, int], Comment]:
    """The comments that stood at these places before they were moved."""
    place = ("post__year", "post__month", "post__slug", "number")
    marks = (MovedComment.objects.all(), Comment.objects.filter(state=Comment.State.MOVED))
    # Most places are of comments that never were: only where something was moved from is it asked whereto.
    left = {row for there in _conditions(places) for rows in marks for row in rows.filter(there).values_list(*place)}
    found = {}
    for year, month, slug, number in sorted(left):
        post = Post.objects.readable().at(year, month, slug).first()
        if post and (comment := comment_now(post, number)):
            found[year, month, slug, number] = comment
    return found


def lacks_one(html: bytes) -> bool:
    """Whether a quoted comment was not found for this page. It may come to be without anybody telling the post."""
    return CAPTION_OF_GONE.encode() in html


def figure(match: re.Match[str], comment: Comment | None) -> str:
    """One quoted comment with its name and time, which lead to its place; or a line that says why it is not here."""
    item = f'<figure class="comment" id="{match["item"]}">'
    if comment is None:
        return f'<figure class="comment gone" id="{match["item"]}">{CAPTION_OF_GONE}</figure>'
    local = timezone.localtime(comment.posted_at) if comment.posted_at else None
    when = f"{local:%H:%M}, {local.day} {local:%B %Y}" if local else f"Number {comment.number}"
    link = f'<a href="{match["address"]}">{when}</a>'
    if not comment.is_published:
        said = f"{comment.get_state_display()}."
        return item.replace('"comment"', '"comment gone"') + f"<figcaption>{link}: {said}</figcaption></figure>"
    note = f" ({comment.name_note})" if comment.name_note else ""
    voice = f" · {escape(comment.voice.mark)}" if comment.voice else ""
    who = f"<bdi>{escape(comment.shown_name)}</bdi>{note}{voice}"
    caption = f"<figcaption>{link}, {who}, on “{escape(comment.post.title)}”</figcaption>"
    return f'{item}{caption}<blockquote class="body">{comment.html}</blockquote></figure>'


def note_quotations(post: Post) -> None:
    """Remember which comments a post quotes, so that they can say where they are featured."""
    matches = PLACE.finditer(post.html)
    quoted = {comment.pk for comment in find({key(match) for match in matches}).values()}
    Quotation.objects.filter(post=post).exclude(comment__in=quoted).delete()
    known = set(Quotation.objects.filter(post=post).values_list("comment_id", flat=True))
    Quotation.objects.bulk_create([Quotation(post=post, comment_id=pk) for pk in sorted(quoted - known)])


FEATURED = Statement(
    lambda post: (
        Quotation.objects.filter(comment__post=post, post__state=Post.State.PUBLISHED)
        .exclude(post=post)
        .order_by("post__published_at")
        .values_list("comment_id", "post__title", "post__year", "post__month", "post__slug")
    ),
    int,
)


def featured_in(post: Post) -> dict[int, Post]:
    """Which comments of a post stand in another post (the newest one, of several), by the comment's id.

    Of the other posts only what a link to them needs.
    """
    rows = FEATURED.rows(post.pk)
    return {pk: Post(title=title, year=year, month=month, slug=slug) for pk, title, year, month, slug in rows}
