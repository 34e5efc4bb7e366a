"""Too much comes in from Dana's office: what she sees of it, with JavaScript and without, and that no text is lost."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from forum.pressure import NETWORK
from tests.journeys.test_every_page import check
from tests.site import unique

WORKER = "**/vendor/altcha/pbkdf2*.js"
WITH_JAVASCRIPT = pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with JavaScript"])


@pytest.fixture
def path(running):
    """A post, while the network that the browser is in has used up its usual pace."""
    # Not across the edge of a window: what was pressed would be forgotten.
    left = NETWORK.seconds - time.time() % NETWORK.seconds
    if left < 25:
        time.sleep(left + 0.1)
    path = running.first_post()
    while running.post(f"{path}/comments", text="")[0] != 429:
        pass
    return path


def write(person, path, text):
    person.page.goto(path)
    person.page.get_by_label("Your comment").fill(text)
    person.page.get_by_role("button", name="Post comment").click()


@pytest.mark.parametrize("where", ["", "/reply"])
def test_with_javascript_it_goes_through_by_itself_and_without_a_moderator_reads_it(
    visitor, running, path, javascript, where
):
    dana, text = visitor(), f"Is it only me, {unique('pressed')}?"
    write(dana, path + where, text)
    heading = dana.page.get_by_role("heading", level=1)
    if javascript:
        dana.page.wait_for_url("**/posted/**")
        expect(heading).to_contain_text("Your comment is number")
        return
    expect(dana.page.locator("#proof")).to_contain_text("Not posted yet.")
    expect(dana.page.get_by_label("Your comment")).to_have_value(text)
    dana.page.get_by_role("button", name="Send to a moderator").click()
    dana.page.wait_for_url("**/posted/**")
    expect(dana.page.get_by_text("Your browser did not do the sum")).to_be_visible()
    lines = [line for line in running.manage("export_thread", path, "--all-states").splitlines() if text in line]
    assert ['"state": "held"' in line for line in lines] == [True]


@WITH_JAVASCRIPT
def test_while_the_sum_is_done_the_page_says_so_and_holds_the_text(visitor, path):
    dana = visitor()
    dana.page.route(WORKER, lambda route: route.fulfill(body="", content_type="text/javascript"))
    write(dana, path, "It takes its time.")
    expect(dana.page.locator("[data-sum]")).to_have_text(
        "Your browser is doing it now. Then your comment is sent by itself."
    )
    expect(dana.page.get_by_label("Your comment")).to_have_value("It takes its time.")
    assert check(dana, "the sum is being done") == []


@WITH_JAVASCRIPT
def test_where_the_sum_cannot_be_done_the_button_is_left(visitor, path):
    dana = visitor()
    dana.page.route(WORKER, lambda route: route.fulfill(status=404, body=""))
    write(dana, path, f"An old machine, {unique('old')}.")
    expect(dana.page.locator("[data-sum]")).to_contain_text("Yours did not do it")
    assert check(dana, "asked for a proof") == []
    dana.page.get_by_role("button", name="Send to a moderator").click()
    dana.page.wait_for_url("**/posted/**")
    expect(dana.page.get_by_text("Your browser did not do the sum")).to_be_visible()


@WITH_JAVASCRIPT
def test_a_proof_that_was_not_taken_is_sent_again_on_a_press_only(visitor, path):
    """As after ten minutes on the train: what was solved is too old."""
    dana, sent = visitor(), []

    def spoil(route):
        body = route.request.post_data
        sent.append("altcha=ey" in body)
        route.continue_(post_data=body.replace("altcha=ey", "altcha=xx") if sum(sent) == 1 else body)

    dana.page.route("**/comments", spoil)
    write(dana, path, f"Through the tunnel, {unique('again')}.")
    expect(dana.page.locator("[data-sum]")).to_have_text("It is done now: press the button.")
    assert sent[1:] == [True]
    dana.page.locator("#proof").get_by_role("button", name="Post comment").click()
    dana.page.wait_for_url("**/posted/**")
    expect(dana.page.get_by_role("heading", level=1)).to_contain_text("Your comment is number")


def test_the_hidden_field_is_neither_seen_nor_reached(visitor, running):
    dana = visitor()
    dana.page.goto(f"{running.first_post()}/reply")
    assert dana.page.locator("[aria-hidden=true]:has([name=more])").bounding_box()["width"] <= 1
    assert dana.page.locator("[name=more]").get_attribute("tabindex") == "-1"
    expect(dana.page.get_by_role("textbox", name="Leave this field empty")).to_have_count(0)
