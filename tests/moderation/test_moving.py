"""Moving a branch to another post and back: nothing is lost, nothing but the place of its top changes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import User
from accounts.roles import Role
from forum import threads
from forum.errors import CannotMove, ChangedSince
from forum.integrity import find_faults, mend
from forum.models import Comment, MovedComment, Post
from moderation.models import Decision
from moderation.services import move_comment, undo
from moderation.services.log import first_broken
from tests.scenery import make_post, make_thread, outline, write

pytestmark = pytest.mark.django_db
State = Comment.State
# All that undoing a move has to bring back.
COLUMNS = (
    *("pk", "post_id", "parent_id", "number", "state", "tree_id", "lft", "rght", "level", "joined_as", "source"),
    *("fragment", "voice_id", "voice__mark", "by_starter", "locked", "receipt_hash", "published_at"),
)


def rows_of(post):
    return list(Comment.objects.filter(post=post).in_thread_order().values(*COLUMNS))


def shape(post):
    return outline(threads.read_rows(post))


@pytest.fixture
def other(db):
    return make_post("The open thread")


def test_a_branch_goes_with_its_replies_and_a_signpost_stays(post, other, bob, client):
    made = make_thread(post, "a(b(c)d)e")
    make_thread(other, "xy")
    line = move_comment(comment_id=made["b"].pk, to_post=other, moderator=bob)
    assert shape(post) == "a(<moved>d)e"
    assert shape(other) == "xyb(c)"
    assert find_faults() == []
    moved = dict(Comment.objects.filter(post=other).values_list("source", "number"))
    assert (moved["This is b."], moved["This is c."]) == (3, 4)
    page = client.get(post.get_absolute_url()).content.decode()
    where = f"{other.get_absolute_url()}?c=3#c3"
    assert f'<a href="{where}">2 comments were moved to The open thread</a>' in page
    assert "This is c." not in page
    assert 'href="#c3"' in client.get(other.get_absolute_url()).content.decode()
    counts = dict(Post.objects.values_list("title", "comment_count"))
    assert (counts[post.title], counts[other.title]) == (3, 4)
    undo(decision_id=line.pk, moderator=bob)
    assert shape(post) == "a(b(c)d)e"
    assert shape(other) == "xy"
    assert find_faults() == []
    assert first_broken() is None
