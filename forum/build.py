"""Which release is running, so that pages made by another one are never served."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

import django
from django.conf import settings


@cache
def build_id() -> str:
    """A name for the code, templates and static files of this process, and for the site and database it serves."""
    base = Path(settings.BASE_DIR)
    files = [file for app in ("forum", "moderation", "accounts", "config") for file in (base / app).rglob("*.py")]
    files += [file for file in (base / "templates").rglob("*") if file.is_file()]
    # Names with checksums in them; without this file pages name static files plainly.
    files += [file for file in [settings.STATIC_ROOT / "staticfiles.json"] if file.exists()]
    database = settings.DATABASES["default"]
    names = [django.get_version(), settings.SITE_URL, database["NAME"], database.get("HOST"), database.get("PORT")]
    digest = blake2b(repr(names).encode(), digest_size=12)
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()
