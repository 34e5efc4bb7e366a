"""What the page of a post shows of its comments: conversations in pages, or a flat list, or one comment's place."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from html import escape

from django.core.paginator import EmptyPage, Paginator
from django.http import Http404
from django.utils.safestring import SafeString, mark_safe

from forum import fragments, threads
from forum.asked import FLAT, Asked
from forum.extracts import extract
from forum.marks import marked_html
from forum.models import Comment, Post
from forum.nesting import nested
from forum.new_marks import Marks, marks_for
from forum.search import Term
from forum.thread_html import featured_line, moderate_link, quote_link, reply_link, report_tag
from forum.threads import Columns, Link, Place

QUOTED = 120
# A link to a comment that is on the same page, as long as it is.
POINTER = re.compile(r'<a href="#c(\d+)">')
BODY = '<div class="body">'
END = "</article>"
LAST_ACTION = "</p></article>"


@dataclass(frozen=True)
class Reader:
    """Who looks: staff have more links below each comment."""

    moderates: bool = False
    quotes: bool = False
    featured: Mapping[int, Post] = field(default_factory=dict)
    # The numbers of the comments that are new to them.
    new: Collection[int] = ()

    def is_shown_more(self, post: Post) -> bool:
        """Whether articles are not quite as they are stored: there is more, or nobody can reply."""
        return bool(self.moderates or self.featured) or not post.takes_comments


@dataclass(frozen=True)
class ThreadPage:
    """The comments to show, as HTML in parts, and which page of how many; `page` None is all on one."""

    parts: Sequence[bytes]
    page: int | None
    pages: int
    # The way to the first new comment; "" where nothing is new.
    first_new: str = ""


def places_for(post: Post, asked: Asked) -> AbstractContextManager[Sequence[Columns]]:
    """The places that `thread_page` needs, there after the block; the database looks for them while the block runs."""
    if asked.is_flat:
        return nullcontext(())
    return threads.places_ahead(post, with_fragments=_is_at_once(post, asked))


def _is_at_once(post: Post, asked: Asked) -> bool:
    """Whether most articles will be shown, so that one query may bring them all."""
    return asked.whole or post.comment_count <= threads.PAGE_SIZE


def thread_page(post: Post, asked: Asked, reader: Reader, rows: Sequence[Columns]) -> ThreadPage:
    """The part of a post's comments that is asked for; 404 where there is none."""
    if asked.is_flat:
        return _flat_page(post, asked, reader)
    on_one_page = asked.whole or (len(rows) <= threads.PAGE_SIZE and asked.page in (None, 1))
    is_altered = asked.printing or asked.number is not None or reader.new or reader.is_shown_more(post)
    if on_one_page and not is_altered and (page := _as_stored(rows, asked)):
        return page
    return _conversations_page(post, asked, reader, [Place(*row) for row in rows])


def _as_stored(rows: Sequence[Columns], asked: Asked) -> ThreadPage | None:
    """The whole thread from articles as they are stored, if all can go out so; most pages are made here."""
    if not rows:
        return None
    ids, parents, levels, numbers, states, looks, articles = zip(*rows, strict=True)
    if set(states) != {threads.PUBLISHED} or set(looks) != {fragments.LOOK}:
        return None
    indents = threads.indents(zip(ids, parents, levels, strict=True))
    parts = nested(list(zip(ids, parents, numbers, strict=True)), articles, indents, folded=asked.folded)
    return ThreadPage(parts, None if asked.whole else 1, threads.count_pages(levels))


def _conversations_page(post: Post, asked: Asked, reader: Reader, everything: Sequence[Place]) -> ThreadPage:
    places = threads.prune(everything, keep=asked.number)
    pages = threads.pages(places)
    at = None if asked.whole and asked.number is None else _page_index(pages, asked)
    shown = places if at is None else pages[at]
    if not _is_at_once(post, asked):
        shown = threads.with_fragments(shown)
    marks = marks_for(reader.new, places, shown, asked.since_part)
    is_part = at is not None and len(pages) > 1
    if is_part or asked.number is not None or asked.printing or marks.in_order or reader.is_shown_more(post):
        articles = [text.encode() for text in _altered(post, shown, asked, reader, marks, is_part=is_part)]
    else:
        articles = fragments.articles(post, shown)
    parts = nested(_links(shown), articles, _indents(everything), new=reader.new, folded=asked.folded)
    return ThreadPage(parts, None if at is None else at + 1, len(pages), marks.first)


def _links(places: Sequence[Place]) -> list[Link]:
    return [(place.id, place.parent_id, place.number) for place in places]


def _indents(places: Sequence[Place]) -> dict[int, int]:
    return threads.indents((place.id, place.parent_id, place.level) for place in places)


def _altered(
    post: Post, shown: Sequence[Place], asked: Asked, reader: Reader, marks: Marks, *, is_part: bool
) -> list[str]:
    """The articles as this page and this reader need them, where that is not as they are stored."""
    texts = dressed(post, shown, reader)
    if asked.number is not None:
        index = next(index for index, place in enumerate(shown) if place.number == asked.number)
        if shown[index].state == threads.MOVED:
            raise Http404("It was moved.")
        texts[index] = sought(texts[index], asked.words)
    texts = marks.put_on(shown, texts)
    if asked.printing:
        texts = [unfolded(text) for text in texts]
    if is_part:
        numbers = {place.number for place in shown}
        texts = [with_ways_out(text, numbers) for text in texts]
    return texts


def sought(article: str, words: Sequence[Term]) -> str:
    """The article that somebody came for: shown whole, with the words that were looked for."""
    head, body, rest = article.partition(BODY)
    if words and body:
        text, acts, end = rest.rpartition('<p class="acts">')
        rest = marked_html(text, words) + acts + end
    return head + body + unfolded(rest)


def unfolded(article: str) -> str:
    """A long comment, all of it open."""
    return article.replace('<details class="more">', '<details class="more" open>')


def _page_index(pages: Sequence[Sequence[Place]], asked: Asked) -> int:
    """Which page to show, from 0. A comment's number decides before a page's."""
    if asked.number is not None:
        for index, page in enumerate(pages):
            if any(place.number == asked.number for place in page):
                return index
        raise Http404("There is no such comment under this post.")
    wanted = asked.page or 1
    if wanted > len(pages):
        raise Http404("There is no such page.")
    return wanted - 1


def _flat_page(post: Post, asked: Asked, reader: Reader) -> ThreadPage:
    """Readable comments without their conversations, each with the beginning of what it answers."""
    comments = Comment.objects.filter(post=post).published().order_by(*FLAT[asked.view])
    columns = comments.values_list(*threads.PLACE_COLUMNS)
    paginator = Paginator(columns, threads.PAGE_SIZE)
    try:
        rows = columns if asked.whole else paginator.page(asked.page or 1)
    except EmptyPage:
        raise Http404("There is no such page.") from None
    places = [Place(*row) for row in rows]
    quotes = _parents_quoted(places)
    items, below = [], post.get_absolute_url().rpartition("/")[2]
    marks = marks_for(reader.new, places, places, asked.since_part)
    for place, article in zip(places, marks.put_on(places, dressed(post, places, reader)), strict=True):
        quoted = quotes.get(place.parent_id or 0, "")
        way = f'<a href="?c={place.number}#c{place.number}">See in conversation<i>, #{place.number}</i></a> '
        # Between the other two, so that Report stands at the end here as well.
        before, report, after = article.replace(BODY, quoted + BODY, 1).rpartition(report_tag(below, place.number))
        items.append(f"<li>{before}{way}{report}{after}</li>")
    html = f'<ol class="thread">{"".join(items)}</ol>' if items else ""
    parts = [with_ways_out(html, {place.number for place in places}).encode()] if items else []
    return ThreadPage(parts, None if asked.whole else asked.page or 1, paginator.num_pages, marks.first)


def _parents_quoted(places: Sequence[Place]) -> dict[int, str]:
    """The beginning of what these comments answer, by id."""
    parents = Comment.objects.filter(pk__in={place.parent_id for place in places if place.parent_id})
    return {
        parent.pk: f'<p class="quoted">{_beginning(parent)}</p>'
        for parent in parents.only("pk", "state", "html").order_by()
    }


def _beginning(comment: Comment) -> str:
    return escape(extract(comment.html, QUOTED) if comment.is_published else comment.get_state_display())


def dressed(post: Post, places: Sequence[Place], reader: Reader) -> list[str]:
    """The articles of these places, with what this reader finds below them."""
    articles = map(bytes.decode, fragments.articles(post, places))
    if not reader.is_shown_more(post):
        return list(articles)
    below = post.get_absolute_url().rpartition("/")[2]
    return [_dressed(place, article, post, below, reader) for place, article in zip(places, articles, strict=True)]


def _dressed(place: Place, article: str, post: Post, below: str, reader: Reader) -> str:
    if not post.takes_comments:
        article = article.replace(reply_link(below, place.number) + " ", "", 1)
    more = moderate_link(place.id, place.number) if reader.moderates else ""
    if reader.quotes and place.is_published:
        more += f" {quote_link(place.id, place.number)}"
    if more and place.is_published:
        article = f"{article.removesuffix(LAST_ACTION)} {more}{LAST_ACTION}"
    elif more:
        article = f'{article.removesuffix(END)}<p class="acts">{more}</p>{END}'
    if featured := reader.featured.get(place.id):
        article = f"{article.removesuffix(END)}{featured_line(featured)}{END}"
    return article


def with_ways_out(html: str, numbers: set[int | None], path: str = "") -> str:
    """HTML whose links to comments that are not among `numbers` lead to their own place."""

    def lead(match: re.Match[str]) -> str:
        return match[0] if int(match[1]) in numbers else f'<a href="{path}?c={match[1]}#c{match[1]}">'

    return POINTER.sub(lead, html)


def conversation_html(post: Post, number: int, reader: Reader) -> SafeString | None:
    """One comment in its conversation, on a page of its own; None if it has no place here."""
    everything = threads.read_places(post, with_fragments=False)
    places = threads.prune(everything, keep=number)
    target = next((place for place in places if place.number == number), None)
    if target is None or target.state == threads.MOVED:
        return None
    part = threads.with_fragments(threads.conversation(places, target))
    articles = [
        article.replace('class="c', 'class="c target', 1) if place.number == number else article
        for place, article in zip(part, dressed(post, part, reader), strict=True)
    ]
    html = b"".join(nested(_links(part), map(str.encode, articles), _indents(everything))).decode()
    # Its address is below that of the post, where the short links would lead nowhere.
    path = post.get_absolute_url()
    html = html.replace('<a href="?c=', f'<a href="{path}?c=').replace(
        f'<a href="{path.rpartition("/")[2]}/', f'<a href="{path}/'
    )
    return mark_safe(with_ways_out(html, {place.number for place in part}, path))  # noqa: S308
