"""Connections to PostgreSQL that are kept between requests."""

import pytest
from django.db import connection

from forum.models import Post
from tests.scenery import at_once


def begin_request() -> None:
    """What Django does with kept connections when a request begins."""
    connection.close_if_unusable_or_obsolete()


@pytest.mark.django_db(transaction=True)
def test_a_connection_is_kept_until_the_server_ends_it_which_fails_no_request():
    begin_request()
    assert Post.objects.count() == 0
    if connection.vendor != "postgresql":
        return
    first = connection.connection.info.backend_pid
    begin_request()
    assert Post.objects.count() == 0
    assert connection.connection.info.backend_pid == first
    assert at_once(lambda: connection.cursor().execute("SELECT pg_terminate_backend(%s, 5000)", [first])) == []
    begin_request()
    assert Post.objects.count() == 0
    assert connection.connection.info.backend_pid != first
