"""What the form for comments offers beyond a text and a button."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.site import unique

LATER_NOW = """
from forum.models import LaterComment
from forum.services.later import release_due_comments
from django.utils import timezone
LaterComment.objects.update(release_at=timezone.now())
release_due_comments()
"""


def post_it(page) -> None:
    page.locator("#write").get_by_role("button", name="Post comment").click()
    page.wait_for_url("**/posted/**")


def test_what_is_answered_can_be_quoted(visitor, running, javascript):
    page, word = visitor().page, unique("quoted")
    page.goto(running.first_post())
    page.get_by_label("Your comment").fill(f"One line {word}.\nAnd another.")
    post_it(page)
    number = re.search(r"\d+$", page.get_by_role("heading", level=1).inner_text())[0]
    page.goto(running.first_post() + f"?c={number}")
    page.locator(f"#c{number}").get_by_role("link", name="Reply").click()
    page.get_by_label("Your reply").fill("Well said.")
    page.get_by_role("button", name="Quote").click()
    expect(page.get_by_label("Your reply")).to_have_value(f"> One line {word}.\n> And another.\n\nWell said.")
    post_it(page)
    page.get_by_role("link", name="See it in its place").click()
    expect(page.locator("blockquote", has_text=word)).to_be_visible()


@pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with JavaScript"])
def test_only_what_is_selected_is_quoted(visitor, running):
    page = visitor().page
    page.goto(running.first_post())
    page.locator("#c1 .acts a", has_text="Reply").click()
    page.locator("#c1 .body").evaluate(
        "body => getSelection().setBaseAndExtent(body.querySelector('p').firstChild, 0,"
        " body.querySelector('p').firstChild, 9)"
    )
    page.get_by_role("button", name="Quote").click()
    begins = page.locator("#c1 .body").inner_text()[:9].strip()
    expect(page.get_by_label("Your reply")).to_have_value(f"> {begins}\n\n")


@pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with JavaScript"])
def test_how_much_room_is_left_is_said_when_it_matters(visitor, running):
    page = visitor().page
    page.goto(running.first_post())
    field = page.get_by_label("Your comment")
    field.fill("x" * 15_000)
    expect(page.get_by_text("characters left")).to_have_count(0)
    field.fill("x" * 19_988 + "\n\N{GRINNING FACE}")
    expect(page.get_by_text("10 characters left")).to_be_visible()
    field.fill("x" * 20_012)
    expect(page.get_by_text("12 characters too many")).to_be_visible()
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_label("Your comment")).to_have_value("x" * 20_012)


def test_a_comment_that_is_to_appear_later(visitor, running):
    page, path, word = visitor().page, running.first_post(), unique("later")
    page.goto(path)
    page.get_by_label("Your comment").fill(f"Not at this minute {word}")
    page.get_by_text("Under a name, or later").click()
    page.get_by_label("Let it appear later").check()
    post_it(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your comment appears at")
    after_posting = page.url
    page.goto(path + "?page=all")
    expect(page.get_by_text(word)).to_have_count(0)
    running.manage("shell", "-c", LATER_NOW)
    page.reload()
    expect(page.get_by_text(word)).to_be_visible()
    page.goto(after_posting)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your comment is number")
