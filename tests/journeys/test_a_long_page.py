"""Hundreds of comments on one page: folds, small windows, what a screen reader is told, and whom the page asks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import expect_to_have_come_to
from tests.journeys.long_threads import PHRASE, Scene, make_scene

WITH_SCRIPT = pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with JavaScript"])


@pytest.fixture(scope="module")
def scene(running) -> Scene:
    return make_scene(running)


def test_a_fold_is_closed_by_keyboard_and_its_replies_are_found_by_their_address(visitor, scene, javascript):
    page = visitor().page
    page.goto(scene.path)
    fold = page.locator(f"li:has(> #c{scene.rungs[0]}) > details")
    inside = page.locator(f"#c{scene.late_reply}")
    for press in ("Enter", "Space", "Enter"):
        fold.locator("> summary").focus()
        was_visible = inside.is_visible()
        page.keyboard.press(press)
        expect(inside).to_be_visible(visible=not was_visible)
    if javascript:
        page.evaluate("number => { location.hash = `c${number}` }", scene.late_reply)
        expect_to_have_come_to(page, scene.late_reply, javascript=True)
        fold.locator("> summary").press("Enter")
        expect(inside).to_be_hidden()
    for number in (scene.long, scene.late_reply):  # Below what is folded, and in it.
        page.goto("/about/")
        page.goto(scene.at(number))
        expect_to_have_come_to(page, number, javascript=javascript)


def test_all_folded_and_from_there_to_one_comment(visitor, scene, javascript):
    page = visitor().page
    page.goto(scene.path)
    page.get_by_role("link", name="Fold replies").click()
    expect(page.locator(f"#c{scene.late_reply}")).to_be_hidden()
    expect(page.locator(f"#c{scene.rungs[0]}")).to_be_visible()
    page.goto(scene.at(scene.late_reply))
    expect_to_have_come_to(page, scene.late_reply, javascript=javascript)
    page.get_by_role("link", name="Fold replies").click()
    page.get_by_role("link", name="Unfold all").click()
    expect(page.locator(f"#c{scene.late_reply}")).to_be_visible()


def test_a_long_comment_opens_whole(visitor, scene):
    page = visitor().page
    page.goto(scene.path)
    comment = page.locator(f"#c{scene.long}")
    end = comment.get_by_text(PHRASE)
    expect(end).to_be_hidden()
    comment.get_by_text("Show all:").click()
    expect(end).to_be_visible()


LETTERS = """() => [...document.querySelectorAll('.thread .body')].map(body => {
    const probe = document.createElement('span');
    probe.style.cssText = 'position: absolute; visibility: hidden; white-space: nowrap';
    probe.textContent = 'we have had no heating in the interview rooms since';
    body.append(probe);
    const letter = probe.getBoundingClientRect().width / probe.textContent.length;
    probe.remove();
    let depth = 0;
    for (let list = body.closest('ol'); list; list = list.parentElement.closest('ol')) depth++;
    return [depth, body.clientWidth / letter];
})"""


@WITH_SCRIPT
def test_hundreds_of_comments_on_a_small_phone(visitor, scene):
    """No sideways scrolling, and columns as wide as the window allows, at every depth and in every view.

    28 letters of DejaVu Serif, which stands in where a machine has none of our types and is wider than all of them,
    are 31 of Georgia.
    """
    page = visitor(viewport={"width": 320, "height": 640}, is_mobile=True, has_touch=True).page
    for query in ("?page=all", "?view=newest", f"/c/{scene.late_reply}", f"?c={scene.far}", "?fold=all"):
        page.goto(scene.path + query)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), query
        columns = page.evaluate(LETTERS)
        assert min(letters for _, letters in columns) >= 28, query
        if query == "?page=all":
            assert len(columns) > 400
            assert max(depth for depth, _ in columns) == 7
            widest = {depth: round(letters, 1) for depth, letters in columns}
            # Three steps in, and no further.
            assert widest[4] == widest[7] < widest[3] < widest[2] < widest[1]


def tree(page: Page) -> list[tuple[int, str]]:
    """What a screen reader is told of the thread, line by line, and how many lists each line stands in."""
    found: list[tuple[int, str]] = []
    lists: list[int] = []
    for line in page.locator("section[aria-labelledby=comments]").aria_snapshot().splitlines():
        indent = len(line) - len(line.lstrip())
        lists = [place for place in lists if place < indent]
        found.append((len(lists), line.strip().removeprefix("- ").strip("'")))
        if line.strip() == "- list:":
            lists.append(indent)
    return found


NAMED = re.compile(r'(link|heading|group) "([^"]*)"')


def test_what_a_screen_reader_is_told(visitor, scene):
    """Lists as deep as the conversation, one heading a comment, and links that their names tell apart."""
    page = visitor().page
    page.goto(scene.path)
    told = tree(page)
    comments = page.locator(".thread .c")
    headings = [(depth, line) for depth, line in told if "[level=3]" in line and "#" in line]
    assert len(headings) == comments.count()
    assert len({line for _, line in headings}) == len(headings)
    depths = {int(re.findall(r"#(\d+)", line)[-1]): depth for depth, line in headings}
    assert [depths[rung] for rung in scene.rungs[:7]] == [1, 2, 3, 4, 5, 6, 7]
    assert depths[scene.late_reply] == depths[scene.rungs[4]] + 1
    links = page.locator("section[aria-labelledby=comments] a").evaluate_all(
        "all => all.filter(one => one.checkVisibility()).map(one => [one.textContent.replace(/\\\\s+/g, ' ').trim(), one.href])"
    )
    for number in (1, scene.late_reply, scene.long):
        names = [name for name, _ in links]
        assert names.count(f"Reply to #{number}") == names.count(f"Report #{number}") == 1
    places: dict[str, set[str]] = {}
    for name, href in links:
        places.setdefault(name, set()).add(href.partition("?c=")[2].partition("#")[2] or href.rpartition("#c")[2])
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
    summaries = page.locator(".thread li > details > summary").all_inner_texts()
    assert all(re.fullmatch(r"1 reply|\d+ replies", name) for name in summaries)
    assert page.locator("summary a, summary button").count() == 0


def test_nothing_is_asked_of_anybody_else_and_no_rule_is_broken(visitor, scene):
    """Whoever walks notes each request to another host and each breach of the policy (conftest.Visitor)."""
    person = visitor()
    page = person.page
    for query in (
        "",
        "?page=2",
        "?page=all",
        "?view=newest&page=3",
        "?view=oldest",
        "?fold=all",
        "?print=1",
        "?since=week",
    ):
        page.goto(scene.path + query)
        page.mouse.wheel(0, 900)
    for address in ("/comments/", f"{scene.path}/c/{scene.long}", f"{scene.path}/reply?to=1", "/search/?q=tracker"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
    assert person.complaints == []
    assert person.context.cookies() == []
