"""The one place that writes the tree columns of comments (`tree_id`, `lft`, `rght`, `level`).

Each top-level comment is an MPTT tree of its own. Two rules keep concurrent writers from corrupting it, both
measured (README, Decisions): every write holds the lock of its post, and on PostgreSQL a new tree takes its id
from a sequence, where mptt would take `MAX(tree_id) + 1` over all posts. On SQLite every transaction is
`IMMEDIATE`, so there is one writer at a time and `MAX + 1` is safe.

Lock order, everywhere: the post first, then anything else; the shared version of forum/page_version.py last.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from forum import statements
from forum.querysets import CommentQuerySet
from forum.statements import Record, Statement, Update, instance_of
from forum.typed_mptt import TreeManager

if TYPE_CHECKING:
    from forum.models import Comment, Post

TREE_SEQUENCE = "forum_comment_tree_id_seq"


def _posts() -> type[Post]:
    from forum.models import Post

    return Post


# Each locks a post, and answers with its row as it is then. An update of no key takes the very lock that is wanted.
LOCK = Statement(lambda pk: _posts().objects.select_for_update(no_key=True).filter(pk=pk).values_list(), int)
CHANGE = Update("UPDATE forum_post SET thread_version = thread_version + 1 WHERE id = %s", _posts)
# A comment that can be read at once is about to come: the number that it takes is then `last_number`.
GROW = Update(
    "UPDATE forum_post SET thread_version = thread_version + 1, last_number = last_number + 1,"
    " comment_count = comment_count + 1 WHERE id = %s",
    _posts,
)

# In one statement, since no two comments of a post may have the same number at any moment.
MOVE = """
UPDATE forum_comment SET post_id = %s, tree_id = %s, lft = lft + %s, rght = rght + %s, level = level + %s,
  number = CAST(numbers.column2 AS integer)
FROM (VALUES {rows}) AS numbers WHERE forum_comment.id = numbers.column1
"""
ROWS_AT_ONCE = 2000

_ForestManager = TreeManager.from_queryset(CommentQuerySet)


class ForestManager(_ForestManager):  # type: ignore[type-arg]
    """mptt's manager, with tree ids that two writers cannot both take."""

    def _get_next_tree_id(self) -> int:
        return reserve_tree_ids(1)[0]


def lock_post(post_id: int, *, page_changes: bool = True) -> Post:
    """Lock a post until the transaction ends and return it as it is now.

    Call it inside a transaction, before any read that the write depends on. Readers, and writers that only
    point at the post, are not kept waiting.

    It also raises the version of the post's page, so that nobody is served an older one once this transaction is
    committed; `page_changes=False` is for writers that change nothing readers could see. What the pages of other
    posts may show too, the writer says with `page_version.raise_shared`.

    Raises:
        Post.DoesNotExist: there is no such post.
    """
    return locked((CHANGE if page_changes else LOCK).rows(post_id))


def lock_posts(ids: Collection[int]) -> dict[int, Post]:
    """Lock several posts, always in the same order, so that nobody waits for somebody who waits for them."""
    return {pk: lock_post(pk) for pk in sorted(ids)}


def locked(rows: Sequence[Record]) -> Post:
    """The post that `LOCK`, `CHANGE` or `GROW` answered with."""
    if not rows:
        raise _posts().DoesNotExist
    return instance_of(_posts(), rows[0])


def insert(comment: Comment, parent: Comment | None) -> None:
    """Store a new comment as the last reply to `parent`, or as the last thread of its post.

    The post must be locked, and `parent` must have been read since, and since the last comment was inserted.
    """
    manager: Any = type(comment).objects
    manager.insert_node(comment, parent, position="last-child", refresh_target=False)
    statements.insert(comment)


def plant(comments: Sequence[Comment], parents: Sequence[int | None]) -> None:
    """Store many new comments of one post at once.

    `parents[i]` is the index of the comment that number `i` answers, always smaller than `i`, or None. They
    become new trees behind those of the post, siblings in the order given; ids follow that order too, since
    repairs go by id. The post must be locked.
    """
    from forum.models import Comment

    roots = [index for index, parent in enumerate(parents) if parent is None]
    tree_ids = dict(zip(roots, reserve_tree_ids(len(roots)), strict=True))
    places = number_nodes(parents)
    for index, (comment, new_id) in enumerate(zip(comments, _reserve_ids(len(comments)), strict=True)):
        parent = parents[index]
        comment.pk = new_id
        comment.lft, comment.rght, comment.level = places[index]
        comment.tree_id = tree_ids[index] if parent is None else comments[parent].tree_id
        comment.parent_id = None if parent is None else comments[parent].pk
    Comment.objects.bulk_create(comments, batch_size=500)


@dataclass(frozen=True)
class Place:
    """Where a branch begins: its tree, the left bound and level of its top there, and what that answers."""

    post_id: int
    tree_id: int
    lft: int = 1
    level: int = 0
    parent_id: int | None = None


def new_tree(post_id: int) -> Place:
    """A place behind all threads of a post."""
    return Place(post_id, reserve_tree_ids(1)[0])


def place_of(comment: Comment) -> Place:
    return Place(comment.post_id, comment.tree_id, comment.lft, comment.level, comment.parent_id)


def move(top: Comment, numbers: Sequence[tuple[int, int | None]], to: Place) -> None:
    """Take a branch to a place in another tree, where `make_room` has made room for it.

    `numbers` are id and new number of each of its comments. Both posts must be locked, and `top` read since. What is
    left in the old tree is a gap as wide as the branch, for `make_room` to close.
    """
    for start in range(0, len(numbers), ROWS_AT_ONCE):
        part = numbers[start : start + ROWS_AT_ONCE]
        values: list[int | None] = [to.post_id, to.tree_id, to.lft - top.lft, to.lft - top.lft, to.level - top.level]
        values += [value for row in part for value in row]
        with connection.cursor() as cursor:
            cursor.execute(MOVE.format(rows=", ".join(["(%s, %s)"] * len(part))), values)
    type(top).objects.filter(pk=top.pk).update(parent=to.parent_id)


def make_room(tree_id: int, behind: int, bounds: int) -> None:
    """Shift all bounds of a tree that are greater than `behind` by so many; a negative number closes a gap."""
    from forum.models import Comment

    for bound in ("lft", "rght"):
        beyond = Comment.objects.filter(**{"tree_id": tree_id, f"{bound}__gt": behind})
        beyond.update(**{bound: models.F(bound) + bounds})


def width(comment: Comment) -> int:
    """How many bounds a branch has."""
    return comment.rght - comment.lft + 1


def number_nodes(parents: Sequence[int | None]) -> list[tuple[int, int, int]]:
    """`(lft, rght, level)` of each node of a forest, without recursion.

    `parents` as in `plant`, but a parent may stand anywhere; siblings keep the order of their indexes. A node
    that hangs from itself gets `(0, 0, 0)`.
    """
    children: dict[int | None, list[int]] = {}
    for index in range(len(parents) - 1, -1, -1):  # backwards, so that pop() takes the first child first
        children.setdefault(parents[index], []).append(index)
    places = [(0, 0, 0)] * len(parents)
    for root in reversed(children.get(None, [])):
        counter, path = 1, [root]
        places[root] = (1, 0, 0)
        while path:
            node = path[-1]
            counter += 1
            if waiting := children.get(node):
                child = waiting.pop()
                places[child] = (counter, 0, len(path))
                path.append(child)
            else:
                places[node] = (places[node][0], counter, places[node][2])
                path.pop()
    return places


def reserve_tree_ids(count: int) -> list[int]:
    """`count` unused tree ids, ascending."""
    if connection.vendor == "postgresql":
        return _from_sequence(TREE_SEQUENCE, count)
    return _beyond_highest("tree_id", count)


def _reserve_ids(count: int) -> list[int]:
    """`count` unused primary keys of comments, ascending."""
    from forum.models import Comment

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [Comment._meta.db_table])
            (sequence,) = cursor.fetchone()
        return _from_sequence(sequence, count)
    return _beyond_highest("id", count)


def _from_sequence(sequence: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
        return [row[0] for row in cursor.fetchall()]


def _beyond_highest(column: str, count: int) -> list[int]:
    from forum.models import Comment

    highest = Comment.objects.order_by().aggregate(highest=models.Max(column))["highest"] or 0
    return list(range(highest + 1, highest + 1 + count))
