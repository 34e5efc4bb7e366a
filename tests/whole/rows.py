"""What a seized database tells by its rows alone: asked inside the site's own process (`manage.py shell`)."""

from __future__ import annotations

import json

from django.contrib.sessions.models import Session
from django.db import models

from forum.models import Post
from tests.whole.test_what_is_held import rows_of_a_comment


def tell_tale_rows() -> list[str]:
    """Sessions of people who never signed in, and times finer than a minute on what belongs to a reader."""
    found = [f"session row {session.session_key}" for session in Session.objects.all()]
    for model in rows_of_a_comment() - {Post}:
        found += finer_than_a_minute(model._base_manager.all())
    return found + finer_than_a_minute(Post.objects.from_readers())


def finer_than_a_minute(rows: models.QuerySet) -> list[str]:
    label = rows.model._meta.label
    times = [field.name for field in rows.model._meta.local_concrete_fields if isinstance(field, models.DateTimeField)]
    return [
        f"exact time in {label}.{name}"
        for name in times
        if any(time and (time.second or time.microsecond) for time in rows.values_list(name, flat=True))
    ]


def report() -> None:
    print(json.dumps(tell_tale_rows()))
