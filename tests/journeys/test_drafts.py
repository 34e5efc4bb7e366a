"""What is typed and not sent survives a reload in this tab, and is gone once it has arrived."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.site import unique

KEPT = "Object.keys(sessionStorage).filter((name) => name.startsWith('draft:')).length"
pytestmark = pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with JavaScript"])


def test_a_reload_brings_the_draft_back_and_posting_ends_it(visitor, running):
    path, word = running.first_post(), unique("draft")
    page = visitor().page
    page.goto(path)
    page.get_by_label("Your comment").fill(f"Half a thought {word}")
    page.get_by_text("Under a name, or later").click()
    page.get_by_label("Name (optional)").fill("Dana")
    page.reload()
    expect(page.get_by_label("Your comment")).to_have_value(f"Half a thought {word}")
    expect(page.get_by_label("Name (optional)")).to_have_value("Dana")
    expect(page.locator("[data-state]")).to_contain_text("Draft restored.")
    page.get_by_role("button", name="Post comment").click()
    page.wait_for_url("**/posted/**")
    assert page.evaluate(KEPT) == 0
    page.goto(path)
    expect(page.get_by_label("Your comment")).to_have_value("")
    assert page.evaluate("localStorage.length + document.cookie.length") == 0


def test_each_reply_has_its_own_and_what_is_typed_goes_along(visitor, running):
    page = visitor().page
    page.goto(running.first_post())
    reply = page.locator("#c1 .acts a", has_text="Reply")
    reply.click()
    page.get_by_label("Your reply to").fill("To the first")
    page.reload()
    expect(page.get_by_label("Your reply to")).to_have_value("To the first")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Your comment")).to_have_value("To the first")
    page.reload()
    expect(page.get_by_label("Your comment")).to_have_value("To the first")
    assert page.evaluate(KEPT) == 1
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("Your comment")).to_have_value("")
    assert page.evaluate(KEPT) == 0


def test_a_draft_that_went_through_a_preview_is_gone_too(visitor, running):
    word = unique("previewed")
    page = visitor().page
    path = running.first_post()
    page.goto(f"{path}/reply?to=1")
    page.get_by_label("Your reply").fill(f"Looked at first {word}")
    page.get_by_role("button", name="Preview").click()
    page.wait_for_url("**/preview")
    page.locator("#write").get_by_role("button", name="Post comment").click()
    page.wait_for_url("**/posted/**")
    assert page.evaluate(KEPT) == 0


def test_no_receipt_code_is_kept(visitor, running):
    page = visitor().page
    page.goto("/start/")
    page.get_by_label("Title").fill("A rota")
    page.get_by_label("Text", exact=False).first.fill("How is yours?")
    page.reload()
    expect(page.get_by_label("Title")).to_have_value("A rota")
    assert "starter_code" not in page.evaluate("JSON.stringify({...sessionStorage})")
