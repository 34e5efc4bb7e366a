"""Where a case stands in the queue: what waits before and after it, and which comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from forum.models import Post
from forum.source import small_number
from moderation.models import Case
from moderation.models.cases import CaseQuerySet

# How much of the queue stands beside a case.
BEFORE, AFTER = 5, 40
LISTED = ("reports", "removal_requests", "appeals", "left_by")


@dataclass(frozen=True)
class Wanted:
    """The part of the queue that a moderator looks at, as the address says: all of it, one post, what one rule held.

    `moderator` is whoever looks: what they left to a colleague comes last.
    """

    moderator: int | None = None
    post: int | None = None
    rule: str = ""

    @classmethod
    def by(cls, moderator: Any, asked: QueryDict) -> Wanted:
        """What this moderator asks for; a post or a rule that is none is not asked for."""
        return cls(moderator.pk, small_number(asked.get("post")), asked.get("rule", "").replace("\0", "")[:40])

    @property
    def query(self) -> str:
        """What stands in addresses behind `?`, so that the same part is seen on the next page; "" for all of it."""
        return urlencode({name: value for name, value in (("post", self.post), ("rule", self.rule)) if value})

    @property
    def is_all(self) -> bool:
        return not self.query

    @property
    def title(self) -> str:
        """That of the post, if one is asked for."""
        return (self.post and Post.objects.filter(pk=self.post).values_list("title", flat=True).first()) or ""

    def cases(self) -> CaseQuerySet:
        """Those that wait, in their order."""
        only = {"post": self.post} if self.post else {}
        return Case.objects.waiting(self.moderator).filter(**only | ({"held_by_rule": self.rule} if self.rule else {}))


@dataclass(frozen=True)
class Place:
    """The queue around one case. `cases` are those beside it; `before` and `after` say how many more there are."""

    count: int
    cases: list[Case]
    before: int = 0
    after: int = 0
    previous: int | None = None
    next: int | None = None


def place_of(case_id: int | None, wanted: Wanted) -> Place:
    """The queue around a case, or its beginning: two queries, and one each for what readers said."""
    ids = list(wanted.cases().values_list("pk", flat=True))
    at = ids.index(case_id) if case_id in ids else None
    first = max((at or 0) - BEFORE, 0)
    last = (at or 0) + AFTER
    listed = wanted.cases().filter(pk__in=ids[first:last]).select_related("post", "comment")
    return Place(
        count=len(ids),
        cases=list(listed.prefetch_related(*LISTED)),
        before=first,
        after=max(len(ids) - last, 0),
        previous=ids[at - 1] if at else None,
        next=_after(ids, at),
    )


def _after(ids: list[int], at: int | None) -> int | None:
    if at is None:
        return ids[0] if ids else None
    return ids[at + 1] if at + 1 < len(ids) else None


def next_after(case_id: int, wanted: Wanted) -> int | None:
    """The case that comes when this one is decided: the one behind it, else the first; None if no other waits."""
    ids = list(wanted.cases().values_list("pk", flat=True))
    behind = _after(ids, ids.index(case_id)) if case_id in ids else None
    return behind or next((pk for pk in ids if pk != case_id), None)


def choices() -> tuple[list[tuple[int, str]], list[str]]:
    """The posts (key and title) and the rules that open cases can be asked for by."""
    opened = Case.objects.open().order_by()
    posts = opened.values_list("post", "post__title").distinct()
    rules = opened.exclude(held_by_rule="").values_list("held_by_rule", flat=True).distinct()
    return sorted(posts, key=lambda post: post[1]), sorted(rules)
