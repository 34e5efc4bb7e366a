"""The house pages: their text as the site comes with it, and the versions that the owner saves over it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.db import IntegrityError, transaction

from forum import house_pages
from forum.errors import BadText, ForumError
from forum.markup import render_house_page
from forum.models import HousePage
from forum.site import current
from forum.source import UNSTORABLE, clean_title

HOUSE_PAGES = ("house-rules", "privacy", "about", "help")
DEFAULTS = Path(house_pages.__file__).parent
MAX_LENGTH = 100_000
TITLE_LENGTH = 100
TITLE = re.compile(r"# +(.*\S) *(?:\n|$)")


class PageEditedMeanwhile(ForumError):
    """Somebody saved the page since this editor opened it; `page` is what is stored now."""

    status = 409

    def __init__(self, page: HousePage) -> None:
        super().__init__("Somebody saved this page while you were writing. Nothing of yours is lost: it is below.")
        self.page = page


def newest_version(page: str) -> HousePage:
    """What readers see; version 0, which no row holds, is the text that the site comes with."""
    return HousePage.objects.filter(page=page).order_by("-version").first() or default_version(page, current().name)


def read_version(page: str, version: int) -> HousePage | None:
    """One version of a page, None if there is none."""
    if version == 0:
        return default_version(page, current().name)
    return HousePage.objects.filter(page=page, version=version).first()


@lru_cache(maxsize=32)
def default_version(page: str, site_name: str) -> HousePage:
    """The text that the site comes with, in its name."""
    body = (DEFAULTS / f"{page}.md").read_text(encoding="utf-8").replace("SITE_NAME", site_name).strip()
    return HousePage(page=page, version=0, body=body, html=html_of(body))


def save_page(*, page: str, version: int, body: str) -> HousePage:
    """Store a new version of a page; a text that is stored already makes none.

    Raises:
        BadText: it does not begin with a title, is too long, or holds what no database stores.
        PageEditedMeanwhile: `version` is not the newest, and the newest says something else.
    """
    text = clean_body(body)
    try:
        with transaction.atomic():
            return _save(page, version, text)
    except IntegrityError:  # Somebody stored this version at this very moment.
        return _save(page, version, text)


def _save(page: str, version: int, body: str) -> HousePage:
    stored = newest_version(page)
    if stored.body == body:
        return stored
    if stored.version != version:
        raise PageEditedMeanwhile(stored)
    return HousePage.objects.create(page=page, version=version + 1, body=body, html=html_of(body))


def clean_body(body: str) -> str:
    """The text as it is stored.

    Raises:
        BadText: see `save_page`.
    """
    text = body.replace("\r\n", "\n").strip()
    if not title_of(text):
        raise BadText("Begin with the title of the page, on a line of its own: # House rules")
    if len(title_of(text)) > TITLE_LENGTH:
        raise BadText(f"The title must be {TITLE_LENGTH} characters or fewer.")
    if len(text) > MAX_LENGTH:
        raise BadText(
            f"The text must be {MAX_LENGTH:,} characters or fewer. You have {len(text) - MAX_LENGTH:,} too many."
        )
    if UNSTORABLE.search(text):
        raise BadText("The text holds a character that cannot be stored. Type it anew where it came from.")
    return text


def title_of(body: str) -> str:
    """What the first line says after its mark, "" where there is no such line."""
    found = TITLE.match(body)
    return clean_title(found[1]) if found else ""


def html_of(body: str) -> str:
    """All but the title, as readers see it."""
    return render_house_page(TITLE.sub("", body, count=1))
