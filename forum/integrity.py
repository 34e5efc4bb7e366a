"""Proving the forest of comments, and mending it. Iterative, whatever the depth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models.functions import Coalesce

from forum import tree
from forum.models import Comment, MovedComment, Post
from forum.services.references import follow_all


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong; `post_id` says where a repair would work."""

    post_id: int
    sentence: str

    def __str__(self) -> str:
        return f"post {self.post_id}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Node:
    id: int
    post_id: int
    parent_id: int | None
    tree_id: int
    lft: int
    rght: int
    level: int
    number: int | None
    state: str
    joined_as: int | None

    @property
    def joined(self) -> int:
        """Its place in the order in which comments joined: by id, but a moved branch after those already there."""
        return self.joined_as or self.id


COLUMNS = ("id", "post_id", "parent_id", "tree_id", "lft", "rght", "level", "number", "state", "joined_as")


def read_nodes(**where: object) -> list[Node]:
    rows = Comment.objects.filter(**where).order_by("tree_id", "lft", "id").values_list(*COLUMNS)
    return [Node(*row) for row in rows]


def find_faults() -> list[Fault]:
    """Everything that is wrong with the trees, numbers and counters of all posts, at one moment."""
    on_its_own = not connection.in_atomic_block
    with transaction.atomic():
        if on_its_own and connection.vendor == "postgresql":
            # Else a comment that arrives between two queries looks like a fault.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        nodes = read_nodes()
        posts = list(Post.objects.order_by("pk"))
        moved_away = numbers_moved_away()
    by_id = {node.id: node for node in nodes}
    of_tree: dict[int, list[Node]] = defaultdict(list)
    of_post: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        of_tree[node.tree_id].append(node)
        of_post[node.post_id].append(node)
    faults = [fault for tree_nodes in of_tree.values() for fault in _tree_faults(tree_nodes, by_id)]
    for post in posts:
        faults += _post_faults(post, of_post[post.pk], moved_away.get(post.pk, set()))
    return faults


def _tree_faults(nodes: Sequence[Node], by_id: dict[int, Node]) -> Iterator[Fault]:
    """One tree: a single root, bounds 1 to 2n each once, and every node inside its parent."""
    name = f"tree {nodes[0].tree_id}"
    roots = [node for node in nodes if node.parent_id is None]
    if len(roots) != 1:
        yield Fault(nodes[0].post_id, f"{name} has {len(roots)} top-level comments")
    bounds = sorted(bound for node in nodes for bound in (node.lft, node.rght))
    if bounds != list(range(1, 2 * len(nodes) + 1)):
        yield Fault(nodes[0].post_id, f"{name}: its bounds are not 1 to {2 * len(nodes)}, each once")
    path: list[Node] = []
    for node in nodes:
        while path and path[-1].rght < node.lft:
            path.pop()
        above = path[-1].id if path else None
        if above != node.parent_id:
            yield Fault(node.post_id, f"{name}: comment {node.id} lies under {above}, but answers {node.parent_id}")
        if node.level != len(path):
            yield Fault(node.post_id, f"{name}: comment {node.id} has level {node.level}, but lies at {len(path)}")
        parent = by_id.get(node.parent_id) if node.parent_id else None
        if parent and (parent.post_id, parent.tree_id) != (node.post_id, node.tree_id):
            yield Fault(node.post_id, f"{name}: comment {node.id} answers a comment of another post or tree")
        path.append(node)


def numbers_moved_away(**where: object) -> dict[int, set[int]]:
    """The numbers that comments had before they were moved, by post: these stay taken."""
    moved_away: dict[int, set[int]] = defaultdict(set)
    rows = MovedComment.objects.filter(number__isnull=False, **where)
    for post_id, number in rows.order_by().values_list("post_id", "number"):
        moved_away[post_id].add(number or 0)
    return moved_away


def _post_faults(post: Post, nodes: Sequence[Node], moved_away: set[int]) -> Iterator[Fault]:
    """Numbers 1 to n without gap, threads and siblings in the order in which they joined, and true counters."""
    # One that was moved away may stand on its signpost as well.
    numbers = sorted({node.number for node in nodes if node.number is not None} | moved_away)
    if numbers != list(range(1, len(numbers) + 1)):
        yield Fault(post.pk, f"its comments are not numbered 1 to {len(numbers)}")
    if post.last_number != len(numbers):
        yield Fault(post.pk, f"its last number is {post.last_number}, but {len(numbers)} comments have one")
    readable = sum(node.state == Comment.State.PUBLISHED for node in nodes)
    if post.comment_count != readable:
        yield Fault(post.pk, f"it counts {post.comment_count} readable comments, but has {readable}")
    last_of: dict[int | None, int] = {}
    for node in nodes:
        if last_of.get(node.parent_id, 0) > node.joined:
            yield Fault(post.pk, f"comment {node.id} stands behind a later one that answers the same")
        last_of[node.parent_id] = node.joined


@transaction.atomic
def mend(post_id: int) -> None:
    """Work out the tree columns and counters of a post anew, from parents and the order of joining alone.

    No parent, number or state changes.

    Raises:
        ValueError: comments answer each other in a circle, or one answers a comment of another post; which of
            them is wrong, only a person can say.
    """
    post = tree.lock_post(post_id)
    comments = list(Comment.objects.filter(post=post).order_by(Coalesce("joined_as", "id")))
    index = {comment.pk: position for position, comment in enumerate(comments)}
    strays = [comment.pk for comment in comments if comment.parent_id and comment.parent_id not in index]
    if strays:
        raise ValueError(f"post {post_id}: comments {strays} answer comments of other posts")
    places = tree.number_nodes([index[c.parent_id] if c.parent_id else None for c in comments])
    circles = [comment.pk for comment, place in zip(comments, places, strict=True) if place == (0, 0, 0)]
    if circles:
        raise ValueError(f"post {post_id}: comments {circles} answer each other in a circle")
    new_ids = iter(tree.reserve_tree_ids(sum(comment.parent_id is None for comment in comments)))
    tree_of: dict[int, int] = {}
    for comment, (lft, rght, level) in sorted(zip(comments, places, strict=True), key=lambda pair: pair[1][2]):
        comment.lft, comment.rght, comment.level = lft, rght, level
        comment.tree_id = tree_of[comment.parent_id] if comment.parent_id else next(new_ids)
        tree_of[comment.pk] = comment.tree_id
    Comment.objects.bulk_update(comments, ["tree_id", "lft", "rght", "level"], batch_size=200)
    numbers = [comment.number for comment in comments if comment.number is not None]
    numbers += numbers_moved_away(post=post_id)[post_id]
    Post.objects.filter(pk=post_id).update(
        comment_count=sum(comment.is_published for comment in comments),
        last_number=max(numbers, default=0),
    )
    # Whom a comment answers stands in its article.
    follow_all(post)
