"""Reading a thread: nothing out of place, whatever is removed, held or withdrawn."""

import re
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum import threads
from forum.models import Comment
from forum.services.comments import remove_comment, withdraw_comment
from forum.thread_html import Frame, comment_html, thread_html
from tests.forum.test_tree import parents_of
from tests.scenery import make_thread, outline, write, write_with_code

State = Comment.State
FRAME = Frame("/2026/01/a-post.html", 2026)


def row(index, parent, state, level):
    return threads.Row(
        id=index + 1,
        parent_id=None if parent is None else parent + 1,
        number=index + 1,
        level=level,
        state=state,
        name="",
        staff_role="",
        posted_at=None,
        html=f"<p>{index}</p>",
        reason="",
        state_since=None,
    )


@st.composite
def forests(draw):
    """Rows in thread order, each in any state."""
    parents = draw(st.integers(0, 40).flatmap(parents_of))
    states = draw(st.lists(st.sampled_from(list(State)), min_size=len(parents), max_size=len(parents)))
    children: dict = {}
    for index, parent in enumerate(parents):
        children.setdefault(parent, []).append(index)
    rows, path = [], [(index, 0) for index in reversed(children.get(None, []))]
    while path:
        index, level = path.pop()
        rows.append(row(index, parents[index], states[index], level))
        path += [(child, level + 1) for child in reversed(children.get(index, []))]
    return threads.link(rows)


@given(forests())
def test_pruning_keeps_what_is_readable_and_signposts_and_what_stands_above_them(rows):
    kept = threads.prune(rows)
    needed = set()
    for each in rows:
        if each.is_published or each.state == State.MOVED:
            above = each
            while above is not None:
                needed.add(above.id)
                above = above.parent
    assert [each.id for each in kept] == [each.id for each in rows if each.id in needed]


def indents_of(rows):
    return threads.indents((row.id, row.parent_id, row.level) for row in rows)


@given(forests())
def test_no_decision_moves_another_comment_sideways(rows):
    indents = indents_of(rows)
    for each in rows:
        each.state = State.PUBLISHED
    assert indents_of(rows) == indents
    assert all(indent <= threads.MAX_INDENT for indent in indents.values())


@given(forests())
def test_lists_balance_and_each_comment_says_whom_it_answers(rows):
    kept = threads.prune(rows)
    html = thread_html(kept, FRAME)
    assert html.count("<ol") == html.count("</ol>")
    assert html.count("<li") == html.count("</li>") == len(kept)
    kinds = re.findall(r'<li(?: class="f(\d)")?>', html)
    for before, each, kind in zip([None, *kept], kept, kinds, strict=False):
        is_plain = before is not None and each.parent is before and each.indent > before.indent
        assert kind == (str(each.indent) if is_plain else "")
        assert each.parent is None or not each.is_published or "In reply to" in comment_html(each, FRAME)


@given(forests(), st.integers(1, 9))
def test_pages_are_cut_between_conversations_and_lose_nothing(rows, size):
    with mock.patch.object(threads, "PAGE_SIZE", size):
        pages = threads.pages(rows)
    assert [each for page in pages for each in page] == rows
    assert all(page[0].level == 0 for page in pages if page)
    assert all(len(page) >= size for page in pages[:-1])


def test_an_exchange_of_two_does_not_walk_to_the_right(post):
    make_thread(post, "a(b(c(d(e))))f(g(hi))")
    indents = {each.html[11]: each.indent for each in threads.read_rows(post)}
    assert indents == {"a": 0, "b": 1, "c": 1, "d": 1, "e": 1, "f": 0, "g": 1, "h": 2, "i": 2}


def test_removing_between_two_changes_nothing_for_the_others(post):
    made = make_thread(post, "a(b(c)d(e)f)g")
    before = [(each.id, each.parent_id, each.level, each.indent) for each in threads.read_rows(post)]
    remove_comment(comment_id=made["d"].pk, reason="Spam")
    rows = threads.read_rows(post)
    assert [(each.id, each.parent_id, each.level, each.indent) for each in rows] == before
    assert outline(threads.prune(rows)) == "a(b(c)<removed>(e)f)g"


def test_childless_tombstones_go_and_come_back_with_a_reply(post):
    made = make_thread(post, "a(bc)")
    held = write(post, "This is d. http://a.example http://b.example http://c.example", made["b"])
    remove_comment(comment_id=made["b"].pk, reason="Spam")
    assert outline(threads.prune(threads.read_rows(post))) == "a(c)"
    Comment.objects.filter(pk=held.pk).update(state=State.PUBLISHED, number=9, published_at=post.published_at)
    assert outline(threads.prune(threads.read_rows(post))) == "a(<removed>(d)c)"


def test_withdrawn_says_so_and_keeps_its_replies(client, post):
    first, code = write_with_code(post, "This is a.")
    write(post, "This is b.", first)
    withdraw_comment(code=code)
    page = client.get(post.get_absolute_url()).content.decode()
    assert "Withdrawn by its author" in page
    assert "This is b." in page
    assert "This is a." not in page


def test_one_conversation_holds_what_is_above_and_below(post):
    make_thread(post, "a(b(c(d))e)f")
    rows = threads.read_rows(post)
    target = next(each for each in rows if "This is c" in each.html)
    assert outline(threads.conversation(rows, target)) == "a(b(c(d)))"


def test_a_moderator_sees_two_siblings_on_each_side(post):
    make_thread(post, "a(bcdefgh)")
    rows = threads.read_rows(post)
    target = next(each for each in rows if "This is e" in each.html)
    assert outline(threads.surroundings(rows, target)) == "a(cdefg)"


def test_names_and_reasons_are_escaped():
    each = row(0, None, State.PUBLISHED, 0)
    each.name = "<b>Eve</b>"
    gone = row(1, None, State.REMOVED, 0)
    gone.reason = "<script>"
    html = thread_html([each, gone], FRAME)
    assert "<b>Eve" not in html
    assert "<script>" not in html
    assert "&lt;b&gt;Eve" in html


@pytest.mark.parametrize("with_fragments", [True, False])
def test_places_are_there_after_the_block_and_a_failure_in_it_breaks_nothing(post, with_fragments):
    make_thread(post, "a(b(c))d")
    with threads.places_ahead(post, with_fragments=with_fragments) as places:
        pass
    assert [number for _, _, _, number, *_ in places] == [1, 2, 3, 4]
    with pytest.raises(ZeroDivisionError), threads.places_ahead(post, with_fragments=with_fragments):
        1 / 0  # noqa: B018
    assert threads.read_places(post, with_fragments=with_fragments) == [threads.Place(*row) for row in places]


@given(st.lists(st.integers(0, 2), max_size=60), st.integers(1, 9))
def test_pages_are_counted_as_they_are_cut(levels, size):
    with mock.patch.object(threads, "PAGE_SIZE", size):
        rows = [threads.Place(at, None, level, at, "published") for at, level in enumerate(levels)]
        assert threads.count_pages(levels) == len(threads.pages(rows))
