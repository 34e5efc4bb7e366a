"""Moving a comment with all its replies to another post, and back. Nothing but its place and number changes.

The old numbers stay taken and lead to where the comments are now (forum/moved.py); a signpost stands at the old place.
What names a moved comment by its time, across the border, is plain text until it comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Q

from forum import fragments, tree
from forum.clock import this_minute
from forum.errors import CannotMove, ChangedSince, MovedMeanwhile
from forum.models import Comment, LaterComment, MovedComment, Post, TimeReference
from forum.page_version import raise_shared
from forum.querysets import CommentQuerySet
from forum.services import voices
from forum.services.references import named_by, note_references
from forum.signals import branch_moved
from forum.statements import insert

Facts = dict[str, Any]
MOVED = Comment.State.MOVED
# What the signpost takes over from the top of the branch, so that it stands where that stood.
OF_PLACE = ("post_id", "parent_id", "number", "posted_at", "published_at", "locked")


class Moving(NamedTuple):
    """One comment of a branch, in the order of its page."""

    pk: int
    number: int | None
    state: str
    by_starter: bool

    @property
    def is_published(self) -> bool:
        return self.state == Comment.State.PUBLISHED


@transaction.atomic
def move_branch(*, comment_id: int, to_post_id: int) -> tuple[Facts, Facts]:
    """Move a comment with all its replies, whatever their state, behind the threads of another post; the facts before
    and after it.

    Raises:
        CannotMove: it stands under that post, or is a signpost; or the post has no page.
        MovedMeanwhile: it went to another post at this very moment.
    """
    old_id = Comment.objects.values_list("post_id", flat=True).get(pk=comment_id)
    posts = tree.lock_posts({old_id, to_post_id})
    top, to = Comment.objects.get(pk=comment_id), posts[to_post_id]
    _check(top, old_id, to)
    branch = _branch(top)
    signpost = _signpost(top)
    numbers, last = [], to.last_number
    for each in branch:
        last += each.number is not None
        numbers.append((each.pk, last if each.number else None))
    tree.move(top, numbers, tree.new_tree(to.pk))
    tree.make_room(signpost.tree_id, top.rght, 2 - tree.width(top))
    insert(signpost)
    _note(branch, signpost)
    Comment.objects.filter(pk=top.pk).update(joined_as=signpost.pk)
    Post.objects.filter(pk=to.pk).update(last_number=last)
    _carry_along(_all_of(comment_id), posts[old_id], to)
    raise_shared()
    before = {"post": old_id, "number": top.number}
    return before, {"post": to.pk, "number": numbers[0][1], "signpost": signpost.pk, "moved": len(branch)}


@transaction.atomic
def put_back_branch(*, comment_id: int, signpost_id: int) -> None:
    """Move a branch back to its signpost, with the numbers that it had there.

    What came below it since goes along, and takes the next numbers of the old post.

    Raises:
        ChangedSince: it, or a part of it, or its signpost, was moved on since.
        MovedMeanwhile: it went to another post at this very moment.
    """
    ids = posts_of(comment_id, signpost_id)
    posts = tree.lock_posts(ids)
    top, signpost = Comment.objects.get(pk=comment_id), Comment.objects.filter(pk=signpost_id).first()
    if signpost is None or {top.post_id, signpost.post_id} != ids:
        raise MovedMeanwhile
    branch = _branch(top)
    noted = MovedComment.objects.filter(signpost=signpost)
    here = {each.pk for each in branch}
    whole = here.issuperset(noted.values_list("comment_id", flat=True))
    if top.parent_id or not whole or _was_moved_on(top, signpost):
        raise ChangedSince
    old, to = posts[top.post_id], posts[signpost.post_id]
    numbers, last = _numbers_back(branch, signpost, to)
    _leave_numbers(branch, old)
    _take_down(signpost, top)
    tree.make_room(signpost.tree_id, signpost.rght, tree.width(top) - 2)
    tree.move(top, numbers, tree.place_of(signpost))
    joined_as = None if signpost.joined_as == top.pk else signpost.joined_as
    Comment.objects.filter(pk=top.pk).update(joined_as=joined_as)
    _all_of(comment_id).update(locked=signpost.locked)
    Post.objects.filter(pk=to.pk).update(last_number=last)
    _carry_along(_all_of(comment_id), old, to)
    _name_again(_all_of(comment_id), to)
    raise_shared()


def _was_moved_on(top: Comment, signpost: Comment) -> bool:
    """Whether the branch, or its signpost, has left another signpost since."""
    standing = MovedComment.objects.filter(signpost__isnull=False)
    return standing.filter(Q(comment=top, signpost__gt=signpost.pk) | Q(comment=signpost)).exists()


def posts_of(comment_id: int, signpost_id: int) -> set[int]:
    """The posts that `put_back_branch` locks."""
    return set(Comment.objects.filter(pk__in=[comment_id, signpost_id]).values_list("post_id", flat=True))


def _check(top: Comment, old_id: int, to: Post) -> None:
    if top.post_id != old_id:
        raise MovedMeanwhile
    if old_id == to.pk:
        raise CannotMove("It stands under this post already. Choose another one.")
    if top.state == MOVED:
        raise CannotMove("This is a signpost: move the comments that it leads to.")
    if not to.is_published:
        raise CannotMove("Readers cannot read that post. Choose a published one.")


def _branch(top: Comment) -> list[Moving]:
    columns = _within(top).in_thread_order().values_list(*Moving._fields)
    return [Moving(*row) for row in columns]


def _within(top: Comment) -> CommentQuerySet:
    comments: CommentQuerySet = Comment.objects.filter(tree_id=top.tree_id, lft__gte=top.lft, rght__lte=top.rght)
    return comments


def _all_of(comment_id: int) -> CommentQuerySet:
    """The branch where it is now."""
    return _within(Comment.objects.get(pk=comment_id)).order_by()


def _signpost(top: Comment) -> Comment:
    """What is to stand in the place of a branch; not stored yet."""
    place = {name: getattr(top, name) for name in OF_PLACE}
    columns = {"tree_id": top.tree_id, "lft": top.lft, "rght": top.lft + 1, "level": top.level}
    joined_as = top.joined_as or top.pk
    return Comment(**place, **columns, joined_as=joined_as, state=MOVED, state_since=this_minute())


def _note(branch: Sequence[Moving], signpost: Comment) -> None:
    """Which comments the signpost stands for, and their numbers until now."""
    rows = [
        MovedComment(
            post_id=signpost.post_id,
            number=each.number,
            comment_id=each.pk,
            signpost=signpost,
            by_starter=each.by_starter,
        )
        for each in branch
    ]
    MovedComment.objects.bulk_create(rows, batch_size=500)
    Comment.objects.filter(pk__in=[each.pk for each in branch if each.by_starter]).update(by_starter=False)


def _numbers_back(branch: Sequence[Moving], signpost: Comment, to: Post) -> tuple[list[tuple[int, int | None]], int]:
    """The numbers that the branch gets where its signpost stands, and the last of that post."""
    noted = MovedComment.objects.filter(signpost=signpost, post=to, number__isnull=False)
    known = dict(noted.values_list("comment_id", "number")) | {branch[0].pk: signpost.number}
    last, numbers = to.last_number, []
    for each in branch:
        number = known.get(each.pk)
        if number is None and each.number is not None:
            number = last = last + 1
        numbers.append((each.pk, number))
    return numbers, last


def _leave_numbers(branch: Sequence[Moving], post: Post) -> None:
    """The numbers that a branch had here lead to where it goes back to."""
    rows = [MovedComment(post=post, number=each.number, comment_id=each.pk) for each in branch if each.number]
    MovedComment.objects.bulk_create(rows, batch_size=500)


def _take_down(signpost: Comment, top: Comment) -> None:
    """The branch stands here again: its numbers lead to itself; those that it had elsewhere still lead to it."""
    noted = MovedComment.objects.filter(signpost=signpost)
    here = noted.filter(post=signpost.post_id)
    started = list(here.filter(by_starter=True).values_list("comment_id", flat=True))
    Comment.objects.filter(pk__in=started).order_by().update(by_starter=True)
    here.delete()
    noted.update(signpost=None)
    MovedComment.objects.filter(comment=signpost).update(comment=top)
    Comment.objects.filter(pk=signpost.pk).delete()


def _carry_along(branch: CommentQuerySet, old: Post, to: Post) -> None:
    """What hangs on the comments of a branch follows it; both posts count anew and show it."""
    later = LaterComment.objects.filter(parent__in=branch)
    later.update(post=to)
    voices.carry(branch, later, to)
    TimeReference.objects.filter(comment__in=branch).update(post=to)
    readable = branch.published().count()
    Post.objects.filter(pk=old.pk).update(comment_count=F("comment_count") - readable)
    Post.objects.filter(pk=to.pk).update(comment_count=F("comment_count") + readable)
    fragments.redraw(to, branch.values_list("pk", flat=True))
    for post in (old, to):
        fragments.redraw(post, _tied_to(branch, post))
    branch_moved.send(Comment, comments=branch, to_post=to)


def _tied_to(branch: CommentQuerySet, post: Post) -> set[int]:
    """The comments of a post, outside a branch, that it names by their time, or that name it."""
    named = TimeReference.objects.filter(comment__in=branch, target__post=post).order_by()
    naming = TimeReference.objects.filter(target__in=branch, comment__post=post).order_by()
    found = {*named.values_list("target_id", flat=True), *naming.values_list("comment_id", flat=True)}
    return found - set(branch.values_list("pk", flat=True))


def _name_again(branch: CommentQuerySet, post: Post) -> None:
    """After it came back: what it names, and what names it, by time."""
    about = TimeReference.objects.filter(Q(comment__in=branch) | Q(target__in=branch), comment__post=post).order_by()
    affected = set(about.values_list("comment_id", flat=True))
    before = named_by(affected)
    note_references(post, affected)
    fragments.redraw(post, affected | before | named_by(affected))
