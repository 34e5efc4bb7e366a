"""A thread of years: finding a comment, what it answers and the way back, on any of its pages, in any window."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import current_page, expect_to_have_come_to
from tests.journeys.long_threads import PHRASE, Scene, make_scene

WITH_SCRIPT = pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with JavaScript"])


@pytest.fixture(scope="module")
def scene(running) -> Scene:
    return make_scene(running)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_permalink_lands_on_its_comment_on_the_third_page_too(visitor, scene, javascript, width):
    page = visitor(viewport={"width": width, "height": 640}).page
    for number, at in ((scene.late_reply, 1), (scene.far, 3), (scene.last, 3)):
        page.goto(scene.at(number))
        expect_to_have_come_to(page, number, javascript=javascript)
        assert current_page(page) == f"Page {at}"


@pytest.mark.parametrize("width", [320, 1280])
def test_from_a_deep_reply_to_what_it_answers_and_back_to_the_place(visitor, scene, javascript, width):
    page = visitor(viewport={"width": width, "height": 640}).page
    page.goto(scene.path)
    reply = page.locator(f"#c{scene.late_reply}")
    assert reply.evaluate("one => { let n = 0; while ((one = one.parentElement.closest('li'))) n++; return n }") == 6
    reply.scroll_into_view_if_needed()
    place = reply.bounding_box()["y"]
    reply.get_by_role("paragraph").filter(has_text="In reply to").get_by_role("link").click()
    expect_to_have_come_to(page, scene.rungs[4], javascript=javascript)
    expect(reply).not_to_be_in_viewport()
    page.go_back()
    expect(reply.locator("h3")).to_be_in_viewport()
    assert abs(reply.bounding_box()["y"] - place) < 60


def test_the_newest_first_and_from_there_to_the_place_in_the_conversation(visitor, scene, javascript):
    page = visitor().page
    page.goto(scene.path)
    page.get_by_role("link", name="Newest first").click()
    comments = page.locator(".thread .c")
    expect(comments.first).to_have_attribute("id", f"c{scene.last}")
    reply = page.locator(f"#c{scene.far}")
    expect(reply.locator(".quoted")).not_to_be_empty()
    reply.get_by_role("link", name=re.compile(rf"See in conversation ?, #{scene.far}$")).click()
    expect_to_have_come_to(page, scene.far, javascript=javascript)
    assert page.locator(f"li:has(> .c#c{scene.far})").evaluate("one => one.parentElement.closest('li') !== null")


def test_a_removed_comment_shows_its_tombstone_and_the_replies_stay(visitor, scene):
    page = visitor().page
    for address in (scene.path, scene.at(scene.removed), f"{scene.path}/c/{scene.removed + 1}"):
        page.goto(address)
        tombstone = page.locator(f"#c{scene.removed}")
        expect(tombstone).to_contain_text("Removed by a moderator")
        expect(tombstone).to_contain_text("It names a place.")
        assert "Easttown" not in page.content()
        assert tombstone.get_by_role("link", name="Reply").count() == 0
        expect(page.locator(f"#c{scene.removed + 1} .body")).to_be_visible()
    page.goto(scene.path)
    replies = page.locator(f"li:has(> #c{scene.removed})").locator("ol .c")
    assert replies.count() == 2


def test_a_phrase_is_found_in_a_comment_and_opened_in_place(visitor, scene, javascript):
    page = visitor(viewport={"width": 1280, "height": 900}).page
    page.goto("/search/")
    page.get_by_label("Words in posts and comments").fill(f'"{PHRASE}"')
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".extract mark")).to_have_text([PHRASE])
    page.get_by_role("link", name=f"comment {scene.long}").click()
    comment = page.locator(f"#c{scene.long}")
    expect(comment.locator("h3")).to_be_in_viewport()
    # It stands behind "Show all", which is open for whoever came for it.
    expect(comment.locator("details.more mark")).to_have_text([PHRASE])
    expect(comment.locator("details.more mark")).to_be_visible()
    if javascript:
        expect(comment.locator("h3")).to_be_focused()


def test_a_clock_time_leads_to_the_comment_that_it_names_and_that_one_back(visitor, scene, javascript):
    page = visitor().page
    for number, at in ((scene.names_first, 1), (scene.last, 3)):
        page.goto(scene.at(number))
        expect_to_have_come_to(page, number, javascript=javascript)
        page.locator(f"#c{number} .body").get_by_role("link", name="09:00", exact=True).click()
        first = expect_to_have_come_to(page, 1, javascript=javascript)
        assert current_page(page) == "Page 1"
        expect(first.locator(".by")).to_contain_text("Answered by name in")
        first.get_by_role("link", name=f"{scene.thread.said_at(number)} #{number}").click()
        expect_to_have_come_to(page, number, javascript=javascript)
        assert current_page(page) == f"Page {at}"


@WITH_SCRIPT
def test_what_a_clock_time_means_is_shown_beside_it(visitor, scene):
    page = visitor(viewport={"width": 390, "height": 640}).page
    page.goto(scene.at(scene.names_first))
    link = page.locator(f"#c{scene.names_first} .body").get_by_role("link", name="09:00")
    peek = page.get_by_role("tooltip")
    expect_to_have_come_to(page, scene.names_first, javascript=True)
    for show in (link.hover, lambda: page.locator(f"#c{scene.names_first} h3 a").focus()):
        show()
        if show != link.hover:
            page.keyboard.press("Tab")
            expect(link).to_be_focused()
        expect(peek).to_contain_text("The rooms at Northtown are cold again.")
        expect(peek).to_be_in_viewport()
        assert link.get_attribute("aria-describedby") == peek.get_attribute("id")
        box = peek.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        page.keyboard.press("Escape")
        expect(peek).to_have_count(0)
        page.mouse.move(0, 0)
    near = page.locator(f"#c{scene.names_neighbour} .body").get_by_role("link")
    near.hover()
    page.wait_for_timeout(400)  # Twice what it waits before it shows anything.
    expect(peek).to_have_count(0)
