"""The author's own page in a browser: change it, be answered, be removed, appeal; and where the code never stands."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.test_every_page import violations_on
from tests.journeys.test_from_comment_to_decision import decide, report
from tests.site import unique

LINKS = "http://a.example http://b.example http://c.example"


def write(person, path, text, to=None):
    """Write as a person would, and stay on the page that follows."""
    page = person.page
    page.goto(f"{path}/reply?to={to}" if to else f"{path}/reply")
    page.locator("#text").fill(text)
    page.get_by_role("button", name="Post comment").click()
    page.wait_for_url("**/posted/**")


def number_of(page) -> int:
    return int(page.get_by_role("heading", level=1).inner_text().split()[-1])


def saved_code(page) -> tuple[str, str]:
    """The code and the words, as somebody opens and copies them."""
    line = page.get_by_text("Save a private link? Not on a work device.")
    if not page.locator("#code").is_visible():
        line.click()
    page.get_by_text("As twelve words").click()
    return page.locator("#code").text_content(), page.locator("#words").inner_text()


def open_receipt(page, typed) -> None:
    page.goto("/receipts/")
    page.get_by_label("Receipt code").fill(typed)
    page.get_by_role("button", name="Show what became of it").click()


def check(page, javascript) -> None:
    """Nothing that a machine finds wrong (which needs scripts), and no scrolling sideways on a small telephone."""
    found = violations_on(page, {}) if javascript else []
    assert [f"{each['id']} {each['nodes'][0]['html'][:80]}" for each in found] == []
    usual = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size(usual)


def test_post_change_be_answered(visitor, running):
    path, word = running.first_post(), unique("word")
    dana, eve = visitor(), visitor()
    page = dana.page
    write(dana, path, f"The rota is late {word}.")
    number = number_of(page)
    expect(page.locator("#code")).to_be_hidden()
    page.get_by_text("Change or remove it").click()
    expect(page.get_by_label("Your comment")).to_have_value(f"The rota is late {word}.")
    page.get_by_label("Your comment").fill(f"The rota is here {word}.")
    page.get_by_role("button", name="Save the change").click()
    expect(page.get_by_role("status")).to_contain_text("Your change is saved.")
    page.get_by_role("link", name="See it in its place").click()
    expect(dana.comment(number)).to_contain_text(f"The rota is here {word}.")
    expect(dana.comment(number)).to_contain_text("edited")

    write(dana, path, f"Who has a form {word}?")
    number = number_of(page)
    page.get_by_text("Change or remove it").click()
    write(eve, path, f"Here {word}.", to=number)
    page.get_by_label("Your comment").fill(f"My other words {word}.")
    page.get_by_role("button", name="Save the change").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "Somebody has answered this comment. So it can no longer be changed."
    )
    expect(page.get_by_label("What you wrote, to copy")).to_have_value(f"My other words {word}.")
    expect(page.locator("article.target")).to_contain_text(f"Who has a form {word}?")
    page.get_by_role("button", name="Withdraw it now").click()
    expect(page.get_by_role("status")).to_contain_text("You withdrew it")
    eve.page.goto(path)
    expect(eve.comment(number)).to_contain_text("Withdrawn by its author")
    expect(eve.page.get_by_text(f"Who has a form {word}?")).to_have_count(0)


def test_removed_with_a_reason_and_appealed_with_the_words(visitor, running, javascript):
    path, word = running.first_post(), unique("word")
    dana, bob, alice = visitor(), visitor(staff=True), visitor(staff=True)
    page = dana.page
    write(dana, path, f"Somebody decides this {word}.")
    number = number_of(page)
    _, words = saved_code(page)
    check(page, javascript)
    report(dana, path, number)
    bob.sign_in("moderator")
    decide(bob, f"Personal attack · comment {number}", "Remove it", "Personal attack")

    page.goto(f"{path}?c={number}#c{number}")
    dana.comment(number).get_by_role("link", name="Ask us to look again").click()
    check(page, javascript)
    page.get_by_role("button", name="Ask to look again").click()
    expect(page.get_by_role("link", name="appeal with your receipt")).to_be_visible()
    page.get_by_role("link", name="appeal with your receipt").click()

    open_receipt(page, words)
    expect(page.get_by_role("status")).to_contain_text("Removed by a moderator")
    expect(page.get_by_role("status")).to_contain_text("Reason: Personal attack.")
    check(page, javascript)
    page.get_by_label("Why should it be there?").fill(f"It names nobody {word}.")
    page.get_by_role("button", name="Send the appeal").click()
    expect(page.get_by_role("status")).to_contain_text("Your appeal waits")

    bob.page.goto("/moderation/")
    bob.page.get_by_role("link", name=f"Appeal · comment {number}").click()
    expect(bob.page.get_by_text("It was yours, so another moderator decides")).to_be_visible()
    alice.sign_in("owner")
    alice.page.goto("/moderation/")
    alice.page.get_by_role("link", name=f"Appeal · comment {number}").click()
    expect(alice.page.get_by_text(f"It names nobody {word}.")).to_be_visible()
    check(alice.page, javascript)
    alice.page.get_by_label("Your answer to the author").fill("You are right.")
    alice.page.get_by_role("button", name="Restore it").click()
    expect(alice.page.get_by_role("status")).to_contain_text("Restored")

    open_receipt(page, words.upper().replace(" ", "-"))
    expect(page.get_by_role("status")).to_contain_text("Your appeal was upheld. The moderator wrote: You are right")
    check(page, javascript)


def test_a_held_comment_tells_its_state_by_receipt(visitor, running, javascript):
    """T13 of the list of journeys."""
    path, word = running.first_post(), unique("word")
    dana, bob = visitor(), visitor(staff=True)
    write(dana, path, f"Held {word} {LINKS}")
    expect(dana.page.locator("#code")).to_be_visible()
    check(dana.page, javascript)
    code, _ = saved_code(dana.page)
    open_receipt(dana.page, code.lower())
    expect(dana.page.get_by_role("status")).to_contain_text("Waiting for a moderator")
    bob.sign_in("moderator")
    bob.page.goto("/moderation/")
    row = bob.page.get_by_role("listitem").filter(has_text=f"Held {word}")
    row.get_by_role("link", name="Held: links").click()
    bob.page.get_by_role("button", name="Publish it").click()
    open_receipt(dana.page, code)
    expect(dana.page.get_by_role("status")).to_contain_text("Published")
    expect(dana.page.get_by_role("link", name="Follow replies by feed")).to_be_visible()
    expect(dana.page.get_by_text("Change or remove it")).to_have_count(0)


def test_the_code_stands_in_no_address_referrer_history_entry_or_log(visitor, running):
    path, word = running.first_post(), unique("word")
    dana = visitor()
    page = dana.page
    requests = []
    dana.context.on("request", lambda request: requests.append(request))
    write(dana, path, f"Nobody knows who {word}.")
    ticket = page.url.rpartition("/posted/")[2].strip("/")
    code, words = saved_code(page)
    page.get_by_text("Change or remove it").click()
    page.get_by_label("Your comment").fill(f"Nobody shall know who {word}.")
    page.get_by_role("button", name="Save the change").click()
    # Whether it stands there or was held (many comments come from this network within a minute) is all one here.
    page.get_by_role("link", name="Sixty per cent of a room").first.click()
    open_receipt(page, words)
    expect(page.locator("article.target")).to_contain_text(f"Nobody shall know who {word}.")

    # Back and forth: nothing opens again unless the browser asks, and sends, anew.
    page.go_back()
    page.wait_for_url("**/receipts/")
    expect(page.get_by_text(f"Nobody shall know who {word}.")).to_have_count(0)
    assert page.get_by_label("Receipt code").input_value() == ""
    page.reload()
    assert page.get_by_label("Receipt code").input_value() == ""

    history = dana.context.new_cdp_session(page).send("Page.getNavigationHistory")["entries"]
    secrets = (
        code,
        code.replace("-", ""),
        words,
        words.split()[0] + "%20",
        words.split()[0] + "+",
        words.split()[0] + "-",
    )
    for entry in history:
        assert not any(secret in entry["url"] + entry["userTypedURL"] + entry["title"] for secret in secrets)
    assert any(request.url.endswith("/receipts/") and request.method == "POST" for request in requests)
    for request in requests:
        headers = request.all_headers()
        assert not any(secret in request.url + repr(headers) for secret in secrets)
        # The posted page's own address is a secret of two minutes: it goes to nobody as a referrer.
        assert ticket not in headers.get("referer", "")
    log = running.log.read_text()
    assert not any(secret in log for secret in (*secrets[:3], ticket))


@pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with JavaScript"])
def test_a_wrong_code_is_not_lost_and_says_nothing(visitor, javascript):
    page = visitor().page
    open_receipt(page, "7K3F9X")
    expect(page.get_by_role("alert")).to_contain_text("Check each letter and number.")
    expect(page.get_by_label("Receipt code")).to_have_value("7K3F9X")
    check(page, javascript)
