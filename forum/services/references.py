"""Keeping the clock times that name comments, and the articles that show them, as the comments are.

Call them with the post locked, after the change is stored.
"""

from __future__ import annotations

import datetime
import re
import time
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from forum import fragments, tree
from forum.markup import render_comment
from forum.models import Comment, MovedComment, Post, TimeReference
from forum.references import Mention, find_mentions, resolve

MOVED = Comment.State.MOVED
MOST_SECONDS = 20
# A character that nobody can type (forum/characters.py).
MARK = "\ufdd5"
MARK_OR_QUOTATION = re.compile(f"{MARK}|</?blockquote>")


class Named(NamedTuple):
    """A comment that may be meant."""

    pk: int
    number: int
    posted_at: datetime.datetime
    # The signpost that it left behind, if it was moved here.
    signpost: int | None = None

    def may_name(self, other: Named) -> bool:
        """What was moved means only what came with it; and what stood here before cannot mean what was moved here."""
        if self.signpost:
            return self.signpost == other.signpost
        return not other.signpost or other.number < self.number


def stands_alone(new: Comment) -> bool:
    """Whether a comment that is about to be stored names none by its time. None names it: times name earlier ones."""
    return not find_mentions(new.source)


def follow_change(post: Post, changed: Comment) -> None:
    """After a comment appeared, was edited or moved, went or came back: what it names, and what names its minute."""
    about = Q(comment=changed)
    if changed.number and changed.posted_at:
        about |= Q(post=post, minute=minute_of_day(changed.posted_at))
    known = set(TimeReference.objects.filter(about).order_by().values_list("comment_id", flat=True))
    if not known and not find_mentions(changed.source):
        fragments.redraw(post, [changed.pk])
        return
    affected = known | {changed.pk}
    redrawn = affected | named_by(affected)
    note_references(post, affected)
    fragments.redraw(post, redrawn | named_by(affected))


def follow_all(post: Post) -> None:
    """After an import, or a new release: every comment of a post."""
    ids = set(Comment.objects.filter(post=post).order_by().values_list("pk", flat=True))
    note_references(post, ids)
    fragments.redraw(post, ids)


def draw_old_looks() -> None:
    """After a new release: post by post, for at most twenty seconds; the next minute goes on."""
    end = time.monotonic() + MOST_SECONDS
    old = Comment.objects.published().filter(look__lt=fragments.LOOK).order_by("-look", "-post")
    while time.monotonic() < end and (post_id := old.values_list("post_id", flat=True).first()):
        with transaction.atomic():
            post = tree.lock_post(post_id)
            render_again(post)
            follow_all(post)


def render_again(post: Post) -> None:
    """Store the texts of a post's comments as this release renders them."""
    stored = Comment.objects.filter(post=post).published().order_by("pk").values_list("pk", "source", "html")
    for pk, source, html in list(stored):
        if (rendered := render_comment(source)) != html:
            Comment.objects.filter(pk=pk).update(html=rendered)


def named_by(ids: Collection[int]) -> set[int]:
    """The comments that these name."""
    targets = TimeReference.objects.filter(comment__in=ids, target__isnull=False)
    return set(targets.order_by().values_list("target_id", flat=True))


def note_references(post: Post, ids: Collection[int]) -> None:
    """Work out what these comments name, as far as they are readable, and store it."""
    TimeReference.objects.filter(comment__in=ids, comment__post=post).delete()
    speakers = Comment.objects.filter(post=post, pk__in=ids).published().order_by("pk")
    found = [
        (Named(pk, number, posted_at), mentions)
        for pk, number, posted_at, source, html in speakers.values_list("pk", "number", "posted_at", "source", "html")
        if number and posted_at and (mentions := own_mentions(source, html))
    ]
    if found:
        signposts = _signposts(post)
        by_minute = comments_by_minute(post, signposts)
        known = [(speaker._replace(signpost=signposts.get(speaker.pk)), mentions) for speaker, mentions in found]
        rows = [row for speaker, mentions in known for row in references(post, speaker, mentions, by_minute)]
        TimeReference.objects.bulk_create(rows, batch_size=500)


def own_mentions(source: str, html: str) -> list[Mention]:
    """What a comment names in its author's own words: not in an article or a quotation that stands in it."""
    mentions = find_mentions(source)
    if not mentions or "<blockquote>" not in html:
        return mentions
    marked = render_comment(source, [(mention.start, mention.end, MARK) for mention in mentions])
    waiting, depth, own = iter(mentions), 0, []
    for match in MARK_OR_QUOTATION.finditer(marked):
        if match[0] != MARK:
            depth += -1 if match[0].startswith("</") else 1
        elif (mention := next(waiting)) and not depth:
            own.append(mention)
    return own


def references(
    post: Post, speaker: Named, mentions: list[Mention], by_minute: dict[int, list[Named]]
) -> list[TimeReference]:
    """The rows for what one comment names."""
    minutes = {mention.hour * 60 + mention.minute for mention in mentions}
    named_then = [named for minute in minutes for named in by_minute.get(minute, ())]
    near = {named.number: named for named in named_then if speaker.may_name(named)}
    candidates = [(named.number, named.posted_at) for named in near.values()]
    rows = []
    for reference in resolve(mentions, candidates, speaker.posted_at, own_number=speaker.number):
        mention = reference.mention
        for number in reference.numbers or (None,):
            rows.append(
                TimeReference(
                    post=post,
                    comment_id=speaker.pk,
                    target_id=near[number].pk if number else None,
                    start=mention.start,
                    end=mention.end,
                    minute=mention.hour * 60 + mention.minute,
                )
            )
    return rows


def comments_by_minute(post: Post, signposts: Mapping[int, int]) -> dict[int, list[Named]]:
    """All comments that ever stood on the page with a time, by the minute of the day that it shows.

    Those that were moved away count with the number that they had, or their time would lead to somebody else; those
    that are back count once.
    """
    columns = ("pk", "number", "posted_at")
    here = Comment.objects.filter(post=post, number__isnull=False).exclude(state=MOVED).order_by()
    gone = MovedComment.objects.filter(post=post, number__isnull=False).exclude(comment__state=MOVED).order_by()
    gone = gone.exclude(comment__post=post)
    by_minute: dict[int, list[Named]] = defaultdict(list)
    for pk, number, posted_at in here.values_list(*columns):
        if number and posted_at:
            by_minute[minute_of_day(posted_at)].append(Named(pk, number, posted_at, signposts.get(pk)))
    for pk, number, posted_at in gone.values_list("comment", "number", "comment__posted_at"):
        if number and posted_at:
            by_minute[minute_of_day(posted_at)].append(Named(pk, number, posted_at))
    return by_minute


def _signposts(post: Post) -> dict[int, int]:
    """Of the comments that were moved to a post, the signpost that each left behind last."""
    rows = MovedComment.objects.filter(comment__post=post, signpost__isnull=False).order_by("pk")
    return {comment: signpost for comment, signpost in rows.values_list("comment_id", "signpost_id") if signpost}


def minute_of_day(moment: datetime.datetime) -> int:
    """As the page shows it."""
    local = timezone.localtime(moment)
    return local.hour * 60 + local.minute
