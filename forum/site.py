"""The owner's settings, as every page needs them."""

from __future__ import annotations

import time
from email.header import Header
from email.utils import formataddr, parseaddr
from typing import cast

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, InterfaceError, transaction
from django.http import HttpRequest

from forum.models import SiteSettings

KEY = "site-settings"
# What the page of a thread shows of them. Its own query reads it: asking Redis would take as long as that query.
SHOWN = ("name", "tagline", "voices_by_default", "later_for_all", "comments", "away")
YES_OR_NO = {"voices_by_default", "later_for_all", "away"}
# Other processes without a common Redis learn of a change within this time.
SECONDS = 30
# And a process whose neighbour changed them, within this: asking Redis takes a tenth of the time of a comment.
HERE_SECONDS = 1


class Here:
    """What this process knows, and until when."""

    settings: SiteSettings | None = None
    until = 0.0

    @classmethod
    def keep(cls, settings: SiteSettings | None) -> None:
        cls.settings, cls.until = settings, time.monotonic() + HERE_SECONDS


def current() -> SiteSettings:
    """The settings as they are; the defaults where the owner has set none."""
    if Here.settings and time.monotonic() < Here.until:
        return Here.settings
    found = cast(SiteSettings | None, cache.get(KEY))
    if found is None:
        try:
            return stored()
        except (DatabaseError, InterfaceError):  # The page that says so needs a name too.
            return SiteSettings(pk=1)
    Here.keep(found)
    return found


def of(request: HttpRequest) -> SiteSettings:
    """The settings that a page shows, asked for once; one that is kept for everybody shows those it is kept under."""
    found: SiteSettings | None = getattr(request, "site_settings", None)
    if found is None:
        found = request.site_settings = current()  # type: ignore[attr-defined]
    return found


def shown(*values: str | bool | None) -> SiteSettings:
    """The settings with these values of `SHOWN`; they are None where the owner has set nothing."""
    if values[0] is None:
        return SiteSettings()
    return SiteSettings(
        **{name: bool(value) if name in YES_OR_NO else value for name, value in zip(SHOWN, values, strict=True)}
    )


def stored() -> SiteSettings:
    """The settings as the database has them, for whoever is about to change them."""
    found = SiteSettings.objects.filter(pk=1).first() or SiteSettings(pk=1)
    Here.keep(None)
    cache.set(KEY, found, SECONDS)
    return found


def save(changed: SiteSettings) -> None:
    """Store the settings. This process sees them at once, the others as `SECONDS` and `HERE_SECONDS` say."""
    changed.pk = 1
    try:
        with transaction.atomic():
            changed.save()
    except IntegrityError:  # Another press made the row at this very moment.
        changed.save(force_update=True)
    Here.keep(None)
    cache.set(KEY, changed, SECONDS)


def change(**fields: object) -> None:
    """Store these settings alone, so that the owner's page and the clock do not overwrite each other's."""
    if not SiteSettings.objects.filter(pk=1).update(**fields):
        SiteSettings.objects.bulk_create([SiteSettings(pk=1)], ignore_conflicts=True)
        SiteSettings.objects.filter(pk=1).update(**fields)
    stored()


def mail_sender(name: str = "") -> str:
    """The From header of a mail: `name`, or the one that the owner chose, and the address of `DEFAULT_FROM_EMAIL`."""
    found = current()
    name = name or found.sender or found.name
    if not name.isascii():  # Cut into encoded words of the length that mail programs know, on one line.
        name = Header(name, "utf-8", maxlinelen=75).encode(linesep="")
    return formataddr((name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
