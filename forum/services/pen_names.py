"""Pen names: whoever takes one first keeps it with a secret phrase, until their last comment under it is withdrawn."""

from __future__ import annotations

import secrets
import uuid

from django.db import IntegrityError, transaction

from forum.errors import BadName, NameTaken, WrongPhrase
from forum.look_alikes import is_plain, skeleton
from forum.models import Comment, LaterComment, PenName
from forum.phrases import SALT_BYTES, clean_phrase, fits, hash_phrase

LEAST_LETTERS = 3


def prove(*, name: str, phrase: str) -> PenName | None:
    """The pen name that a clean `name` and a typed phrase stand for, stored or not; None for a name without a phrase.

    The slow part, to be done before anything is locked; at most one look at the database.

    Raises:
        BadName: the name looks like somebody's pen name, or cannot be one.
        BadPhrase: the phrase cannot be one.
        WrongPhrase: it is not that of this name.
    """
    looks = skeleton(name)
    if phrase and not name:
        raise BadName("Enter the name that the secret phrase is for, or leave both empty.")
    known = PenName.objects.filter(skeleton=looks).first() if looks else None
    if not phrase:
        if known:
            raise BadName(
                f"“{known.name}” is a pen name, or looks like one. If it is yours, enter its secret phrase. "
                "If not, choose another name."
            )
        return None
    phrase = clean_phrase(phrase, name=name)
    if known is None:
        return _new(name, looks, phrase)
    if not fits(phrase, known.phrase_hash):
        raise WrongPhrase
    return known


def hold(pen_name: PenName) -> PenName:
    """Store a pen name if nobody has it yet, and keep it from being forgotten until the transaction ends.

    Call it with the post locked.

    Raises:
        NameTaken: somebody else took it since `prove`.
    """
    known = PenName.objects.select_for_update(no_key=True).filter(skeleton=pen_name.skeleton).first()
    if known is None:
        try:
            with transaction.atomic():
                pen_name.save(force_insert=True)
        except IntegrityError:
            raise NameTaken from None
        return pen_name
    if known.phrase_hash != pen_name.phrase_hash:
        raise NameTaken
    return known


def forget_unused(pen_name_id: uuid.UUID | None) -> None:
    """Delete a pen name under which nothing is left, so that nothing of a withdrawn comment stays. In a transaction."""
    if pen_name_id is None:
        return
    # Whoever is about to post under it waits here, or is waited for.
    PenName.objects.select_for_update(no_key=True).filter(pk=pen_name_id).first()
    if not any(kind.objects.filter(pen_name=pen_name_id).exists() for kind in (Comment, LaterComment)):
        PenName.objects.filter(pk=pen_name_id).delete()


def _new(name: str, looks: str, phrase: str) -> PenName:
    if not is_plain(name) or len(looks) < LEAST_LETTERS:
        raise BadName(f"A pen name needs at least {LEAST_LETTERS} letters or figures, and no letters but Latin ones.")
    phrase_hash = hash_phrase(phrase, salt=secrets.token_bytes(SALT_BYTES))
    return PenName(name=name, skeleton=looks, phrase_hash=phrase_hash)
