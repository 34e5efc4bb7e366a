"""Keeping the owner's pictures, and the lines that set one into a post."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from forum.blocks import PICTURE_NAME, picture_size
from forum.clock import SAME_AGAIN
from forum.errors import ForumError
from forum.locks import Lock, hold
from forum.models import Autosave, HousePage, Picture, Post, PostUpdate, PostVersion
from forum.pictures import encode
from forum.source import clean_title


@dataclass(frozen=True)
class Place:
    """Where a picture stands: in a text of the post `post_id`, or (None) elsewhere."""

    text: str
    title: str
    post_id: int | None

    def __str__(self) -> str:
        return f"{self.text} “{self.title}”"


@dataclass(frozen=True)
class KeptPicture:
    """A picture without its bytes, its size in pixels, and where it stands."""

    picture: Picture
    width: int
    height: int
    places: list[Place]


class PictureInUse(ForumError):
    """The picture stands in a text and cannot be deleted."""

    status = 409

    def __init__(self, places: list[Place]) -> None:
        super().__init__(f"This picture stands in {', '.join(map(str, places))}, so it is not deleted.")


def store_picture(*, upload: bytes | BinaryIO) -> Picture:
    """Encode an uploaded file anew and keep it. The same file within ten minutes is the same picture.

    Raises:
        BadPicture: the file cannot be taken; see `forum.pictures.encode`.
    """
    encoded = encode(upload)
    with transaction.atomic():
        hold(Lock.PICTURES)
        since = timezone.now() - SAME_AGAIN
        same = Picture.objects.filter(uploaded_at__gte=since, data=encoded.data).first()
        name = f"{secrets.token_hex(8)}-{encoded.width}x{encoded.height}"
        return same or Picture.objects.create(name=name, data=encoded.data)


def delete_picture(*, name: str) -> None:
    """Erase a picture for good; nothing happens if it is gone already.

    Raises:
        PictureInUse: a post, one of its versions or updates, an open editor or a house page names it.
    """
    if places := places_of_pictures().get(name):
        raise PictureInUse(places)
    Picture.objects.filter(pk=name).delete()


def newest_pictures(count: int) -> list[KeptPicture]:
    """The pictures that were uploaded last."""
    places = places_of_pictures()
    return [
        KeptPicture(picture, *picture_size(picture.name), places.get(picture.name, []))
        for picture in Picture.objects.defer("data")[:count]
    ]


def places_of_pictures() -> dict[str, list[Place]]:
    """By the name of a picture, the posts and pages with a text that names it; each once."""
    places: dict[str, dict[int | None, Place]] = defaultdict(dict)
    for body, place in texts_with_pictures():
        for match in PICTURE_NAME.finditer(body):
            places[match[0]].setdefault(place.post_id, place)
    return {name: list(found.values()) for name, found in places.items()}


def texts_with_pictures() -> Iterator[tuple[str, Place]]:
    """Each text of the owner's that names a picture; of one post's, what readers see first."""
    for texts, text, title, post_id in (
        (Post.objects, "the post", "title", "pk"),
        (PostUpdate.objects, "an update to", "post__title", "post_id"),
        (Autosave.objects, "what is being written for", "post__title", "post_id"),
        (PostVersion.objects, "an earlier version of", "post__title", "post_id"),
    ):
        rows = texts.filter(body__regex=PICTURE_NAME.pattern).values_list("body", title, post_id)
        for body, name, pk in rows.iterator():
            yield body, Place(text, name or "a post not saved yet", pk)
    for body, page in HousePage.objects.filter(body__regex=PICTURE_NAME.pattern).values_list("body", "page"):
        yield body, Place("the page", f"/{page}/", None)


def picture_block(picture: Picture, alt: str, caption: str, credit: str) -> str:
    """The lines that set a picture into a post. What has no words has no line."""
    words = {"alt": alt, "caption": caption, "credit": credit}
    lines = [f"{name}: {line}" for name, text in words.items() if (line := clean_title(text))]
    return "\n".join([f":::picture {picture.name}", *lines, ":::"])
