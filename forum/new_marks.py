"""Marks on the articles that are new to one reader, each with the way to the next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from forum.new_since import following
from forum.threads import Place

MARK = ' <strong class="new">New</strong>'
END = "</article>"


@dataclass(frozen=True)
class Marks:
    """The numbers that are new, in the order of the thread, and those that stand on this page.

    `asked` is what the address of another page of the thread needs beside the number, to mark the same there.
    """

    new: Collection[int]
    in_order: Sequence[int]
    on_page: Collection[int | None]
    asked: str = ""

    @property
    def first(self) -> str:
        """The way to the first new one; "" where nothing is new."""
        return self.way_to(self.in_order[0]) if self.in_order else ""

    def way_to(self, number: int) -> str:
        return f"#c{number}" if number in self.on_page else f"?{self.asked}c={number}#c{number}"

    def put_on(self, places: Sequence[Place], articles: Sequence[str]) -> list[str]:
        """The articles, the new ones marked."""
        if not self.in_order:
            return list(articles)
        after = following(self.in_order, self.new)
        return [
            self._marked(article, place.number, after.get(place.number or 0)) if place.number in self.new else article
            for place, article in zip(places, articles, strict=True)
        ]

    def _marked(self, article: str, number: int | None, after: int | None) -> str:
        shown = f" <b>#{number}</b></h3>"
        article = article.replace(shown, MARK + shown, 1)
        if after is None:
            return article
        way = f'<p class="next"><a href="{self.way_to(after)}">Next new<i>, #{after}</i></a></p>'
        return f"{article.removesuffix(END)}{way}{END}"


def marks_for(new: Collection[int], order: Sequence[Place], shown: Sequence[Place], asked: str) -> Marks:
    """Marks for the page that shows `shown`; `order` is the whole thread, as far as it is known."""
    if not new:
        return Marks(new, [], ())
    in_order = [place.number for place in order if place.number in new and place.is_published]
    return Marks(new, [number for number in in_order if number], {place.number for place in shown}, asked)
