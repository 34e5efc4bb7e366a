"""The list on `/privacy/`, the list in the code and the live database say the same."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from itertools import chain

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from forum import reader_cookies, voices
from forum.holdings import MINUTE, Holding, subjects
from forum.models import Comment
from tests.whole.traces import words_of_keys

# Tables of no model: the index of the search (words of readable texts) and Django's list of migrations.
NO_MODEL = {"django_migrations", "forum_search", "sqlite_sequence"}
NO_MODEL |= {f"forum_search_{part}" for part in ("data", "idx", "docsize", "config", "content")}
BESIDE = ("memory", "cookie", "file")
# A row that belongs to a comment may lead to a person here, and nowhere else.
# Anybody may follow any thread: that says nothing about who wrote in it.
TO_A_PERSON = {
    *("moderation.Case.left_by", "moderation.Decision.moderator", "moderation.StaffMail.recipient"),
    *("accounts.Subscription.subscriber", "accounts.Brought.subscriber"),
}


def holdings() -> list[Holding]:
    return [holding for subject in subjects() for holding in subject.holdings]


def live_columns() -> set[str]:
    every = apps.get_models(include_auto_created=True)
    return {f"{m._meta.label}.{field.name}" for m in every for field in m._meta.local_concrete_fields}


def listed_columns() -> list[str]:
    """What the list names, where "*" is all of a model."""
    listed = []
    for column in chain.from_iterable(holding.each_column for holding in holdings()):
        where, name = column.rsplit(".", 1)
        if name == "*":
            assert where.split(".")[0] not in ("forum", "moderation", "accounts"), "ours are named one by one"
            listed += [f"{where}.{field.name}" for field in apps.get_model(where)._meta.local_concrete_fields]
        elif where not in BESIDE:
            listed.append(column)
    return listed


def rows_of_a_comment() -> set[type[models.Model]]:
    """The models whose rows point at a comment, directly or through another row, and those that it points at."""
    found: set[type[models.Model]] = set()
    waiting: list[type[models.Model]] = [Comment]
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            related = model._meta.get_fields(include_hidden=True)
            waiting += [field.related_model for field in related if field.auto_created and not field.concrete]
    return found | {field.related_model for field in Comment._meta.local_concrete_fields if field.is_relation}


def test_every_column_is_on_the_list_once_and_nothing_else_is():
    listed = listed_columns()
    assert live_columns() - set(listed) == set(), (
        "say in what_is_held.py what this tells of whom, and how long it stays"
    )
    assert set(listed) - live_columns() == set()
    assert {column: times for column, times in Counter(listed).items() if times > 1} == {}


def test_every_entry_says_all(settings):
    for holding in holdings():
        for said in (holding.what, holding.precision, holding.points_to, holding.kept):
            assert said.strip(" .")
            assert not said.endswith(".")


@pytest.mark.django_db
def test_there_is_no_table_beside_those():
    every = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert set(connection.introspection.table_names(include_views=True)) - every - NO_MODEL == set()


def test_what_belongs_to_a_comment_knows_no_person_and_no_second():
    precision = {column: holding.precision for holding in holdings() for column in holding.each_column}
    assert {"Report", "RemovalRequest", "Decision", "Ticket", "DigestEvent"} <= {
        m.__name__ for m in rows_of_a_comment()
    }
    for model in rows_of_a_comment():
        for field in model._meta.local_concrete_fields:
            column = f"{model._meta.label}.{field.name}"
            if isinstance(field, models.DateTimeField):
                assert MINUTE in precision[column], column
            if field.is_relation and field.related_model._meta.app_label not in ("forum", "moderation"):
                assert column in TO_A_PERSON
            assert not isinstance(field, models.GenericIPAddressField | models.EmailField), column


@pytest.mark.django_db
def test_the_page_prints_the_list_and_the_live_columns(client):
    html = client.get("/privacy/").content.decode()
    printed = {unescape(name) for name in re.findall(r"<code>([\w.*-]+)</code>", html)}
    assert {name for name in printed if name.split(".")[0] not in BESIDE and not name.endswith("*")} >= {
        column for column in live_columns() if column.split(".")[0] in ("forum", "moderation", "accounts")
    }
    assert printed == {column for holding in holdings() for column in holding.each_column}
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html)))
    for holding in holdings():
        entry = f"{holding.what}. How exact: {holding.precision}. Points to: {holding.points_to}. Kept: {holding.kept}."
        assert entry in text
    assert "Everything that is held" not in client.get("/about/").content.decode()


def test_the_cookies_of_readers_are_on_the_list():
    listed = {column.split(".")[1] for holding in holdings() for column in holding.each_column if "cookie." in column}
    theirs = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages"}
    staff = {re.sub("^__Host-|id$|token$", "", name) for name in theirs}
    assert listed == {*reader_cookies.NAMES, voices.cookie_name(), *staff}


def test_the_words_of_keys_are_read_from_any_cache():
    assert words_of_keys([b"forum:1:limit:comment:29:ab", "forum-page:3f", b"_kombu.binding.celery"]) == {
        "limit",
        "forum-page",
        "_kombu",
    }
