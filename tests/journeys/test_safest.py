"""As in Tor Browser's “Safest” level: no JavaScript, no web fonts, no SVG, and no cookie is taken."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.site import unique

pytestmark = pytest.mark.parametrize("javascript", [False], indirect=True, ids=["without JavaScript"])


@pytest.fixture
def dana(visitor):
    """Her browser asks for nothing but pages, styles and pictures made of pixels."""
    person = visitor()
    person.context.route(
        "**/*",
        lambda route: (
            route.fulfill(status=404)
            if route.request.resource_type == "font" or route.request.url.endswith(".svg")
            else route.continue_()
        ),
    )
    return person


def test_a_comment_has_its_whole_life(dana, running):
    page, path, word = dana.page, running.first_post(), unique("safest")
    page.goto(path)
    dana.comment(1).get_by_role("link", name="Reply").click()
    page.get_by_label("Your reply").fill(f"Looked at first {word}.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    page.get_by_label("Your reply").fill(f"Then changed {word}.")
    page.locator("#write").get_by_role("button", name="Post comment").click()
    page.wait_for_url("**/posted/**")
    code = page.locator("#code").text_content()
    page.get_by_role("link", name="See it in its place").click()
    comment = page.locator("article.c", has_text=f"Then changed {word}.").last
    expect(comment).to_be_visible()
    comment.get_by_role("link", name="Report").click()
    page.get_by_label("Off topic", exact=False).check()
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("in the queue")
    page.goto("/receipts/")
    page.get_by_label("code", exact=False).first.fill(code)
    page.get_by_role("button").first.click()
    page.get_by_text("Change or remove it").click()
    page.get_by_role("button", name="Withdraw it now").click()
    expect(page.get_by_text("You withdrew it")).to_be_visible()
    page.goto(f"{path}?page=all")
    expect(page.get_by_text(word)).to_have_count(0)


def test_an_error_gives_the_text_back(dana, running):
    page = dana.page
    page.goto(f"{running.first_post()}/reply")
    page.get_by_label("Your comment").fill("x" * 20_001)
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page.get_by_label("Your comment")).to_have_value("x" * 20_001)
