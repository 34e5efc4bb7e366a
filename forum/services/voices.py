"""Giving comments a voice, when their author asks for one. Call these with the post locked."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from forum import receipts
from forum.errors import NotYourComment
from forum.marks_of_voices import new_mark
from forum.models import Comment, LaterComment, MovedComment, Post, Voice
from forum.services.references import follow_change
from forum.voices import key_from_receipt

WITHDRAWN = Comment.State.WITHDRAWN


def voice_for(post: Post, *, key: str, typed_code: str, appears_later: bool) -> Voice | None:
    """The voice of a new comment; None for nobody who asked for one.

    `key` is that of the browser's voice under this post, or "". `typed_code` is the receipt code of an earlier
    comment by the same author, which gets the voice as well, unless the new one appears later: then both show it from
    that moment on (`settle`), or the change would tell when the new one was written.

    Raises:
        NotYourComment: no comment under this post has this code.
    """
    if not typed_code.strip():
        return _voice(post, key) if key else None
    earlier = _proved(post, typed_code)
    if earlier.voice:
        return earlier.voice
    own_key = key_from_receipt(earlier.receipt_hash or "")
    if isinstance(earlier, Comment) and appears_later:
        return _voice(post, own_key)
    voice = _voice(post, key or own_key)
    _give(post, earlier, voice)
    return voice


def settle(post: Post, voice: Voice) -> bool:
    """Give a voice to the comment that it began with, if that is not done yet; whether it was done now."""
    waiting = Comment.objects.filter(post=post, voice=None, receipt_hash__isnull=False).exclude(state=WITHDRAWN)
    for pk, receipt_hash in waiting.order_by("pk").values_list("pk", "receipt_hash"):
        if key_from_receipt(receipt_hash or "") == voice.key:
            _give(post, Comment.objects.get(pk=pk), voice)
            return True
    return False


def forget_unused(voice_id: uuid.UUID | None) -> None:
    """Delete a voice that no comment has any more, nor one that appears later, nor one that may come back.

    So with what it left under the posts that its comments were moved away from (`homes`); all of them are locked.
    """
    if voice_id is None:
        return
    named = Voice.objects.filter(pk=voice_id).values("key")
    for voice in Voice.objects.filter(key__in=named):
        if not _is_used(voice):
            voice.delete()


def homes(comment: Comment) -> set[int]:
    """The posts that a comment was moved away from and may come back to: its voice is kept there."""
    away = MovedComment.objects.filter(comment=comment.pk, comment__voice__isnull=False, signpost__isnull=False)
    return set(away.values_list("post_id", flat=True))


def _is_used(voice: Voice) -> bool:
    here = {"post": voice.post_id, "voice": voice.pk}
    if any(kind.objects.filter(**here).exists() for kind in (Comment, LaterComment)):
        return True
    away = MovedComment.objects.filter(post=voice.post_id, signpost__isnull=False, comment__voice__key=voice.key)
    return away.exists()


def carry(comments: QuerySet[Comment], later: QuerySet[LaterComment], to: Post) -> None:
    """Let the voices of a branch follow it to another post, both posts locked; the rows stand under that post already.

    The branch gets another voice with the same key; nobody can prove to have it, since keys hang on the post. Its mark
    is the same, unless somebody else has that there. The voice that it had stays for as long as a signpost stands, so
    that both are one again, with its own mark, once the branch comes back.
    """
    used = {pk for rows in (comments, later) for pk in rows.order_by().values_list("voice_id", flat=True) if pk}
    for voice in Voice.objects.filter(pk__in=used).exclude(post=to):
        known = known_voice(to, voice.key)
        if known is None:
            taken = set(Voice.objects.filter(post=to).values_list("mark", flat=True))
            mark = new_mark(taken) if voice.mark in taken else voice.mark
            known = Voice.objects.create(post=to, key=voice.key, mark=mark)
        for rows in (comments, later):
            rows.order_by().filter(voice=voice.pk).update(voice=known)
        if not _is_used(voice):
            voice.delete()


def known_voice(post: Post, key: str) -> Voice | None:
    """The voice that the holder of this key has under a post already."""
    return Voice.objects.filter(post=post, key=key).first() if key else None


def _voice(post: Post, key: str) -> Voice:
    if known := known_voice(post, key):
        return known
    taken = Voice.objects.filter(post=post).values_list("mark", flat=True)
    return Voice.objects.create(post=post, key=key, mark=new_mark(set(taken)))


def _proved(post: Post, typed: str) -> Comment | LaterComment:
    """The comment whose receipt code was typed, if it stands under this post and its author may still speak of it."""
    code = receipts.read_code(typed)
    if code is None:
        raise NotYourComment
    by_code = {"receipt_hash": receipts.hash_code(code), "post": post}
    found: Comment | None = Comment.objects.filter(**by_code).exclude(state=WITHDRAWN).select_related("voice").first()
    waiting = LaterComment.objects.filter(**by_code).select_related("voice")
    earlier = found or waiting.first()
    if earlier is None:
        raise NotYourComment
    return earlier


def _give(post: Post, earlier: Comment | LaterComment, voice: Voice) -> None:
    # Not save(): mptt's would write the tree columns as they were read.
    if isinstance(earlier, LaterComment):
        LaterComment.objects.filter(pk=earlier.pk).update(voice=voice)
    else:
        Comment.objects.filter(pk=earlier.pk).update(voice=voice)
        follow_change(post, earlier)
