"""What the address of a post asks for of its comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.http import Http404, QueryDict

from forum.marks import terms_or_none
from forum.search import Term
from forum.source import small_number

CONVERSATIONS = "threads"
# The flat views, and how they are ordered: by when readers could first read a comment.
FLAT = {"newest": ("-published_at", "-number"), "oldest": ("published_at", "number")}
ALL = "all"


@dataclass(frozen=True)
class Asked:
    """What the address asks for. `page` None is the only page, or the first; `number` is the comment to show."""

    view: str = CONVERSATIONS
    page: int | None = None
    whole: bool = False
    number: int | None = None
    folded: bool = False
    # The words that a search found, to be marked where it leads to.
    words: Sequence[Term] = ()
    since: str | None = None
    printing: bool = False
    # The view of an address that names none, by the reader's own settings.
    usual: str = CONVERSATIONS

    @property
    def is_flat(self) -> bool:
        """Whether comments are to stand without their conversations."""
        return self.number is None and self.view in FLAT

    @property
    def since_part(self) -> str:
        """What marks the same comments as new on another page, before what else is asked for."""
        return f"since={quote(self.since)}&" if self.since else ""

    @property
    def view_part(self) -> str:
        """What leads to another page of the same view, before `page=`."""
        return self.since_part + ("" if self.view == self.usual else f"view={self.view}&")


def read_query(query: QueryDict, usual: str = CONVERSATIONS) -> Asked:
    """What `?view=`, `?page=`, `?c=`, `?fold=`, `?since=` and `?print=` ask for; 404 where that is nothing.

    `usual` is the view where the address names none. One comment, folds and paper are of conversations.
    """
    view, page = query.get("view") or usual, query.get("page") or ""
    if view != CONVERSATIONS and view not in FLAT:
        raise Http404("There is no such view.")
    whole, number = page == ALL, _number(query.get("c", "")) if "c" in query else None
    folded, printing = query.get("fold") == ALL, query.get("print") == "1"
    return Asked(
        view=CONVERSATIONS if number or folded or printing else view,
        page=None if whole or not page else _number(page),
        whole=whole or printing,
        number=number,
        folded=folded and not printing,
        words=terms_or_none(query.get("q") or ""),
        since=query.get("since"),
        printing=printing,
        usual=usual,
    )


def _number(text: str) -> int:
    number = small_number(text)
    if not number:
        raise Http404("That is not a number.")
    return number
