"""From comments to a post: collecting comments, and making a post that quotes them in their places."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from django.db import transaction
from django.db.models import Max

from forum import tree
from forum.errors import BadText, NotPublished
from forum.models import Comment, Pick, Post
from forum.services.posts import PostDraft, create_post, save_post
from forum.source import clean_body, clean_headline

# A form may have 300 fields, and each comment collected takes up to two.
MOST_PICKS = 100


@transaction.atomic
def set_picks(*, post_id: int, comment_ids: Collection[int]) -> int:
    """Collect exactly these comments of a post; those of other posts stay collected. New ones go to the end.

    At most 100 are collected in all; how many found no room.
    """
    tree.lock_post(post_id, page_changes=False)
    wanted = Comment.objects.filter(post=post_id, pk__in=comment_ids).published().in_thread_order()
    Pick.objects.filter(comment__post=post_id).exclude(comment__in=wanted).delete()
    known = set(Pick.objects.values_list("comment_id", flat=True))
    last = Pick.objects.aggregate(last=Max("position"))["last"] or 0
    new = [pk for pk in wanted.values_list("pk", flat=True) if pk not in known]
    room = max(MOST_PICKS - len(known), 0)
    picks = [Pick(comment_id=pk, position=last + step) for step, pk in enumerate(new[:room], start=1)]
    Pick.objects.bulk_create(picks, ignore_conflicts=True)
    return len(new[room:])


@transaction.atomic
def order_picks(*, positions: Mapping[int, int], dropped: Collection[int] = ()) -> None:
    """Put the collected comments into this order (by their ids), without the ones that are dropped."""
    Pick.objects.filter(comment__in=dropped).delete()
    picks = list(Pick.objects.all())
    picks.sort(key=lambda pick: (positions.get(pick.comment_id, pick.position), pick.position))
    for place, pick in enumerate(picks, start=1):
        pick.position = place
    Pick.objects.bulk_update(picks, ["position"])


@transaction.atomic
def make_round_up(*, title: str, lead_in: str, nonce: str) -> Post:
    """A draft that begins with the lead-in and quotes the collected comments; then nothing is collected any more.

    Raises:
        BadTitle: there is none, or it has more than 200 characters.
        BadText: nothing is collected, or the lead-in cannot be stored.
    """
    if before := Post.objects.filter(nonce=nonce).first():
        return before
    title, lead_in = clean_headline(title), clean_body(lead_in, called="lead-in")
    picks = list(Pick.objects.select_related("comment__post", "comment__voice"))
    comments = [pick.comment for pick in picks]
    if not comments:
        raise BadText("Collect comments first: nothing is ticked.")
    parts = [lead_in, *map(quoting, comments)]
    post = create_post(draft=PostDraft(title=title, body="\n\n".join(filter(None, parts))), nonce=nonce)
    # Not all: somebody may have collected another one meanwhile.
    Pick.objects.filter(pk__in=[pick.pk for pick in picks]).delete()
    return post


def quoting(comment: Comment) -> str:
    """The block that quotes a comment in the text of a post."""
    return f":::comment {comment.post.get_absolute_url()}?c={comment.number}\n:::"


def newest_besides(comment: Comment) -> Post | None:
    """The owner's newest post, unless the comment stands under it: then the one before."""
    return Post.objects.published().filter(kind=Post.Kind.OWNER).exclude(pk=comment.post_id).first()


def feature_comment(*, comment_id: int) -> Post:
    """Quote a comment at the end of the newest post, so that today's readers find what is said under an old one.

    Doing it twice quotes it once.

    Raises:
        NotPublished: the comment is not there for readers, or there is no other post.
    """
    comment: Comment | None = Comment.objects.filter(pk=comment_id).published().select_related("post").first()
    newest = comment and newest_besides(comment)
    if not comment or not newest:
        raise NotPublished
    with transaction.atomic():
        post = tree.lock_post(newest.pk)
        if quoting(comment) in post.body:
            return post
        draft = replace(PostDraft.of(post), body=f"{post.body}\n\n{quoting(comment)}")
        return save_post(post_id=post.pk, version=post.version, draft=draft)
