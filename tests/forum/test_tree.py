"""The tree columns: right after every way of writing, and proved by check_threads."""

from functools import partial

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from forum import threads, tree
from forum.integrity import find_faults, mend
from forum.models import Comment, Post
from forum.services.comments import approve_comment
from forum.services.imports import Conversation, Item, import_conversation
from tests.scenery import at_once, make_post, make_thread, outline, write

pytestmark = pytest.mark.django_db


def parents_of(size: int):
    """Lists in which each entry is None or a smaller index."""
    return st.lists(st.integers(0, 10**6), min_size=size, max_size=size).map(
        lambda numbers: [None if index == 0 or n % 5 < 2 else n % index for index, n in enumerate(numbers)]
    )


@given(st.integers(0, 60).flatmap(parents_of))
def test_number_nodes_nests_every_forest(parents):
    places = tree.number_nodes(parents)
    roots = [i for i, p in enumerate(parents) if p is None]
    sizes = dict.fromkeys(roots, 0)
    for index, parent in enumerate(parents):
        root = index
        while parents[root] is not None:
            root = parents[root]
        sizes[root] += 1
        lft, rght, level = places[index]
        assert lft < rght
        if parent is None:
            assert (lft, level) == (1, 0)
        else:
            assert places[parent][0] < lft < rght < places[parent][1]
            assert level == places[parent][2] + 1
    assert all(places[root][1] == 2 * size for root, size in sizes.items())


def test_number_nodes_survives_any_depth():
    parents = [None, *range(20_000)]
    assert tree.number_nodes(parents)[-1] == (20_001, 20_002, 20_000)


def test_replies_come_in_the_order_in_which_they_joined(post):
    make_thread(post, "a(b(c)d(e))f(g)")
    late = make_thread(post, "h")
    write(post, "This is i.", Comment.objects.get(source="This is b."))
    assert outline(threads.read_rows(post)) == "a(b(ci)d(e))f(g)h"
    assert late["h"].number == 8
    assert find_faults() == []


@settings(max_examples=20, deadline=None)
@given(parents=st.integers(1, 25).flatmap(parents_of), more=st.integers(1, 25).flatmap(parents_of))
def test_planting_and_single_inserts_make_the_same_forest(parents, more):
    """Bulk loading and posting one by one agree on every place, also one after the other."""
    columns = ("source", "lft", "rght", "level", "number")
    whole = [*parents, *(None if parent is None else parent + len(parents) for parent in more)]
    with transaction.atomic():
        items = [Item(f"Text {index}", parent) for index, parent in enumerate(parents)]
        written = make_post("Written")
        planted = import_conversation(Conversation("Planted", "", written.published_at, False, items)).post
        rows = []
        for post in (planted, written):
            made = list(Comment.objects.filter(post=post).order_by("number"))
            for index in range(len(made), len(whole)):
                parent = whole[index]
                made.append(write(post, f"Text {index}", None if parent is None else made[parent]))
            rows.append(list(Comment.objects.filter(post=post).in_thread_order().values_list(*columns)))
        assert rows[0] == rows[1]
        assert find_faults() == []
        transaction.set_rollback(True)


BREAKAGES = {
    "two roots share a tree": "UPDATE forum_comment SET tree_id = (SELECT MIN(tree_id) FROM forum_comment)",
    "bounds are shifted": "UPDATE forum_comment SET lft = lft + 1, rght = rght + 1 WHERE level = 1",
    "a level is wrong": "UPDATE forum_comment SET level = 7 WHERE level = 2",
    "a reply lies elsewhere": "UPDATE forum_comment SET lft = 90, rght = 91 WHERE level = 2",
    "a counter is wrong": "UPDATE forum_post SET comment_count = 99",
    "order is swapped": "UPDATE forum_comment SET tree_id = 900000 - tree_id",
}


@pytest.mark.parametrize("statement", BREAKAGES.values(), ids=BREAKAGES.keys())
def test_what_is_broken_by_hand_is_named_and_mended(post, statement, capsys):
    make_thread(post, "a(b(c(d)e)f)g(h(i))j")
    make_thread(make_post("Another"), "x(y)z")
    before = [outline(threads.read_rows(each)) for each in Post.objects.order_by("pk")]
    order = list(Comment.objects.order_by("pk").values_list("pk", "parent_id", "number"))
    with connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(SystemExit) as ended:
        call_command("check_threads")
    assert ended.value.code == 1
    assert "post " in capsys.readouterr().out
    call_command("check_threads", fix=True)
    assert "sound" in capsys.readouterr().out
    assert [outline(threads.read_rows(each)) for each in Post.objects.order_by("pk")] == before
    assert list(Comment.objects.order_by("pk").values_list("pk", "parent_id", "number")) == order


FAULTS = {
    "are not numbered 1 to 5": "UPDATE forum_comment SET number = 9 WHERE number = 2",
    "its last number is 0": "UPDATE forum_post SET last_number = 0",
    "answers a comment of another post": "UPDATE forum_comment SET parent_id = (SELECT MAX(id) FROM forum_comment) "
    "WHERE number = 2 AND post_id = (SELECT MIN(id) FROM forum_post)",
}


@pytest.mark.parametrize(("sentence", "statement"), FAULTS.items(), ids=FAULTS.keys())
def test_each_fault_is_named(post, sentence, statement):
    make_thread(post, "a(b)cde")
    make_thread(make_post("Another"), "xyzuv")
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert any(sentence in str(fault) for fault in find_faults())


def test_a_comment_under_another_post_is_reported_and_left_alone(post):
    made = make_thread(post, "a(b)")
    other = make_thread(make_post("Another"), "x")
    Comment.objects.filter(pk=made["b"].pk).update(parent=other["x"])
    with pytest.raises(ValueError, match="other posts"):
        mend(post.pk)


def test_mending_keeps_the_order_of_joining_where_numbers_came_later(post):
    held = write(post, "This is h. http://a.example http://b.example http://c.example")
    make_thread(post, "ab")
    approve_comment(comment_id=held.pk)
    Post.objects.update(last_number=0)
    before = outline(threads.read_rows(post))
    mend(post.pk)
    assert outline(threads.read_rows(post)) == before == "hab"
    assert Post.objects.get().last_number == 3


def test_a_circle_is_reported_and_left_alone(post):
    made = make_thread(post, "a(b(c))")
    Comment.objects.filter(pk=made["a"].pk).update(parent=made["c"])
    with pytest.raises(ValueError, match="circle"):
        mend(post.pk)


@pytest.mark.django_db(transaction=True)
def test_eight_writers_leave_every_tree_whole():
    """The lock of the post and the sequence of tree ids; without either, PostgreSQL corrupts this."""
    posts = [make_post(f"Post {number}") for number in range(3)]

    def work(worker: int) -> None:
        mine: list[Comment] = []
        for step in range(12):
            to = None if step % 5 < 2 else mine[(worker + step) % len(mine)]
            post = to.post if to else posts[(worker + step) % len(posts)]
            mine.append(write(post, f"writer {worker}, step {step}", to))

    assert at_once(*(partial(work, number) for number in range(8))) == []
    assert find_faults() == []
    assert Comment.objects.count() == 8 * 12
    assert sum(Post.objects.values_list("comment_count", flat=True)) == 8 * 12
