"""The owner's settings, as every page needs them."""

from __future__ import annotations

from typing import cast

from django.core.cache import cache
from django.db import DatabaseError, InterfaceError

from forum.models import SiteSettings

KEY = "site-settings"
# Other processes without a common Redis learn of a change within this time.
SECONDS = 30


def current() -> SiteSettings:
    """The settings as they are; the defaults where the owner has set none."""
    found = cast(SiteSettings | None, cache.get(KEY))
    if found is None:
        try:
            found = SiteSettings.objects.filter(pk=1).first() or SiteSettings(pk=1)
        except (DatabaseError, InterfaceError):  # The page that says so needs a name too.
            return SiteSettings(pk=1)
        cache.set(KEY, found, SECONDS)
    return found


def save(changed: SiteSettings) -> None:
    """Store the settings, and let this process (with Redis, every process) see them at once."""
    changed.pk = 1
    changed.save()
    cache.set(KEY, changed, SECONDS)
