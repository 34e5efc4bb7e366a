"""Dana types what identifies somebody, or replies with a report, and is asked before it is posted."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor
from tests.journeys.test_drafts import KEPT
from tests.journeys.test_every_page import check
from tests.site import unique

LOOKS = [(320, "dark"), (1280, "light"), (320, "forced")]
SMALL = {"viewport": {"width": 320, "height": 640}}


def look_over(person, name: str, javascript: bool) -> None:
    """Axe and widths, in each look; where scripts are off, axe cannot run either."""
    assert not javascript or check(person, name, LOOKS) == []


def type_and_send(person, path: str, text: str) -> None:
    page = person.page
    page.goto(path)
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name="Post comment").click()


def press(page, button: str) -> None:
    """Reach a button by Tab alone, and press it with Enter."""
    wanted = page.get_by_role("button", name=button)
    for _ in range(12):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            break
    expect(wanted).to_be_focused()
    page.keyboard.press("Enter")


def number_of(page) -> str:
    """Where the comment stands that the page after posting tells of."""
    page.wait_for_url("**/posted/**")
    return page.get_by_role("link", name="See it in its place").get_attribute("href")


@pytest.fixture
def strict(running, browser):
    """The owner holds what may identify someone, as long as the test runs."""
    alice = Visitor(browser, running)
    alice.sign_in("owner")

    def settle(*, on: bool) -> None:
        alice.page.goto("/desk/settings/")
        alice.page.get_by_label("Hold what may identify someone").set_checked(on)
        alice.page.get_by_label("Names that should not stand in a comment").fill("Skerrow")
        alice.page.get_by_role("button", name="Save the settings").click()
        expect(alice.page.get_by_text("Saved.")).to_be_visible()

    settle(on=True)
    yield
    settle(on=False)
    alice.close(cookies=True)


def test_a_case_number_is_marked_changed_and_posted(visitor, running, javascript):
    word = unique("moved")
    dana = visitor(**SMALL)
    page = dana.page
    type_and_send(dana, running.first_post(), f"{word}: they gave us X320741 <b>without</b> a word.\n\nAgain.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your comment may identify someone")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.locator("mark")).to_have_text("X320741")
    expect(page.get_by_text("<b>without</b> a word.")).to_be_visible()
    look_over(dana, "the step", javascript)
    page.set_viewport_size(SMALL["viewport"])
    press(page, "Change it")
    expect(page.get_by_label("Your comment")).to_have_value(
        f"{word}: they gave us X320741 <b>without</b> a word.\n\nAgain."
    )
    page.get_by_label("Your comment").fill(f"{word}: they gave us one without a word.")
    page.locator("#write").get_by_role("button", name="Post comment").click()
    page.goto(number_of(page))
    expect(page.locator(".c", has_text=word)).to_contain_text("they gave us one without a word.")


def test_posted_as_it_is_where_the_owner_is_not_strict(visitor, running, javascript):
    word = unique("meant")
    dana = visitor(**SMALL)
    page = dana.page
    type_and_send(dana, running.first_post(), f"{word}: my own number is 07700 900123, ring me")
    expect(page.get_by_text("it is held")).to_have_count(0)
    press(page, "Post it as it is")
    page.goto(number_of(page))
    expect(page.locator(".c", has_text=word)).to_contain_text("07700 900123")
    assert not javascript or page.evaluate(KEPT) == 0


@pytest.mark.usefixtures("strict")
def test_posted_as_it_is_where_the_owner_is_strict_is_held_and_said_before(visitor, running, javascript):
    word = unique("held")
    dana, eve = visitor(**SMALL), visitor()
    page = dana.page
    type_and_send(dana, running.first_post(), f"{word}: everybody knows that it is S k e r r o w")
    expect(page.locator("mark")).to_have_text("S k e r r o w")
    expect(page.get_by_text("Posted as it is, it is held")).to_be_visible()
    look_over(dana, "the step, strict", javascript)
    press(page, "Post it as it is")
    page.wait_for_url("**/posted/**")
    expect(page.get_by_text("It may identify someone, so a moderator looks at it first.")).to_be_visible()
    eve.page.goto(running.first_post())
    expect(eve.page.get_by_text(word)).to_have_count(0)


def test_a_report_instead_of_a_reply(visitor, running, javascript):
    dana = visitor(**SMALL)
    page = dana.page
    path = running.first_post()
    page.goto(f"{path}/reply?to=1")
    page.get_by_label("Your reply").fill("I'm reporting racism above. Remove it now!")
    page.locator("#write").get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This reads like a report")
    look_over(dana, "a report?", javascript)
    press(page, "Send it as a report")
    expect(page.get_by_role("heading", level=1)).to_have_text("Report number 1")
    expect(page.get_by_label("Racism or hate")).to_be_checked()
    expect(page.get_by_label("What should the moderator know?")).to_have_value(
        "I'm reporting racism above. Remove it now!"
    )
    assert "racism" not in page.url and "?" not in page.url
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    page.goto(path)
    expect(page.get_by_text("I'm reporting racism above")).to_have_count(0)


def test_a_report_may_be_a_reply_all_the_same(visitor, running):
    word = unique("reply")
    page = visitor().page
    page.goto(f"{running.first_post()}/reply?to=1")
    page.get_by_label("Your reply").fill(f"Reported. {word}")
    page.locator("#write").get_by_role("button", name="Post comment").click()
    page.get_by_role("button", name="Post it as a reply").click()
    page.goto(number_of(page))
    expect(page.locator(".c", has_text=word)).to_contain_text("Reported.")


def test_a_discussion_and_the_owners_post_are_asked_about(visitor, running, javascript):
    word = unique("sent")
    dana, alice = visitor(), visitor(staff=True)
    page = dana.page
    page.goto("/start/")
    page.get_by_label("Title").fill(f"Who knows {word}")
    page.get_by_label("Text", exact=True).fill("Ask jo.holt@example.org, I did.")
    page.get_by_role("button", name="Send to the owner").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your discussion may identify someone")
    look_over(dana, "a discussion", javascript)
    page.get_by_role("button", name="Send it as it is").click()
    page.wait_for_url("**/posted/**")

    alice.sign_in("owner")
    page = alice.page
    page.goto("/desk/posts/new/")
    page.get_by_label("Title").fill(f"A post {word}")
    page.get_by_label("Text", exact=True).fill("Ask jo.holt@example.org, I did.")
    page.get_by_label("Publish now").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Not published yet: this may identify someone.")
    expect(page.get_by_role("alert")).to_be_focused()
    look_over(alice, "the editor", javascript)
    page.get_by_role("button", name="Publish it as it is").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"A post {word}")
