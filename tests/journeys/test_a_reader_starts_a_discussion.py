"""Dana starts a discussion, Alice publishes it after an edit, Dana answers as its starter; another is refused."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.site import unique


def start(person, title, text):
    """Start a discussion as a person would; the receipt code that the page shows."""
    page = person.page
    page.goto("/")
    page.get_by_role("navigation", name="Which posts").get_by_role("link", name="Start a discussion").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Text", exact=True).fill(text)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview")).to_contain_text(title)
    expect(page.get_by_label("Text", exact=True)).to_have_value(text)
    page.get_by_role("button", name="Send to the owner").last.click()
    page.wait_for_url("**/posted/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your discussion waits for the owner")
    return page.locator("#code").text_content()


def look_up(person, code):
    page = person.page
    page.goto("/receipts/")
    page.get_by_label("Receipt code").fill(code)
    page.get_by_role("button", name="Show what became of it").click()
    assert code not in page.url


def open_at_the_desk(person, title):
    person.page.goto("/desk/")
    person.page.get_by_role("link", name=title).click()


def test_published_after_an_edit_and_answered_by_whoever_started_it(visitor, running):
    word = unique("word")
    dana, eve, alice = visitor(), visitor(), visitor(staff=True)
    code = start(dana, f"Rota {word} at Northtown", "How is it *where you are*?")
    eve.page.goto("/?from=readers")
    expect(eve.page.get_by_text(word)).to_have_count(0)

    alice.sign_in("owner")
    open_at_the_desk(alice, f"Rota {word} at Northtown")
    expect(alice.page.get_by_text("How is it where you are?")).to_be_visible()
    alice.page.get_by_label("Title").fill(f"Rota {word}")
    alice.page.get_by_label("Labels").fill("Rotas")
    alice.page.get_by_role("button", name="Publish").click()
    expect(alice.page.get_by_role("heading", level=1)).to_have_text(f"Rota {word}")

    look_up(dana, code)
    expect(dana.page.get_by_role("status")).to_contain_text("Published")
    expect(dana.page.get_by_role("region", name="What you sent")).to_contain_text("at Northtown")
    expect(dana.page.get_by_role("region", name="What readers see")).not_to_contain_text("at Northtown")
    dana.page.get_by_role("link", name="See it, with its comments").click()
    expect(dana.page.get_by_text("Edited by the owner before publication")).to_be_visible()
    dana.page.get_by_label("Your comment").fill("Mine changed last week.")
    dana.page.get_by_text("You started this discussion?").click()
    dana.page.get_by_label("Receipt code of the discussion").fill(code.lower())
    dana.page.get_by_role("button", name="Post comment").click()
    dana.page.wait_for_url("**/posted/**")
    dana.page.get_by_role("link", name="See it in its place").click()
    expect(dana.comment(1)).to_contain_text("Started this discussion")
    path = dana.page.url.split("?")[0]

    eve.page.reload()
    eve.page.get_by_role("link", name=f"Rota {word}", exact=True).click()
    eve.page.get_by_label("Your comment").fill("Mine too.")
    eve.page.get_by_role("button", name="Post comment").click()
    eve.page.wait_for_url("**/posted/**")

    look_up(dana, code)
    dana.page.get_by_text("Withdraw this discussion").click()
    dana.page.get_by_role("button", name="Withdraw it now").click()
    expect(dana.page.get_by_role("status")).to_contain_text("You withdrew it")
    eve.page.goto(path)
    expect(eve.page.get_by_role("heading", level=1)).to_have_text("Discussion withdrawn by its author")
    expect(eve.comment(2)).to_contain_text("Mine too.")
    expect(eve.page.get_by_text("How is it")).to_have_count(0)
    expect(eve.page.get_by_role("button", name="Post comment")).to_have_count(0)


def test_refused_with_a_reason_for_its_author_alone(visitor, running):
    word = unique("word")
    dana, alice = visitor(), visitor(staff=True)
    code = start(dana, f"Trouble {word}", "It happened on Tuesday.")
    alice.sign_in("owner")
    open_at_the_desk(alice, f"Trouble {word}")
    alice.page.get_by_text("Refuse it").click()
    alice.page.get_by_role("button", name="Refuse", exact=True).click()
    expect(alice.page.get_by_role("alert")).to_contain_text("Say why you refuse it")
    alice.page.get_by_label("Reason for refusing").fill("The day and the office give somebody away.")
    alice.page.get_by_role("button", name="Refuse", exact=True).click()
    expect(alice.page.get_by_role("status")).to_contain_text("is refused")
    look_up(dana, code)
    expect(dana.page.get_by_role("status")).to_contain_text("Refused by the owner")
    expect(dana.page.get_by_role("status")).to_contain_text("give somebody away")
    dana.page.goto("/?from=readers")
    expect(dana.page.get_by_text(word)).to_have_count(0)


def test_a_dead_network_keeps_what_was_written(visitor, running, javascript):
    dana = visitor()
    page = dana.page
    page.goto("/start/")
    page.get_by_label("Title").fill("Through the tunnel")
    page.get_by_label("Text", exact=True).fill("Two hours of work.")
    if javascript:
        page.route("**/start/", lambda route: route.abort("connectionreset"), times=1)
        page.get_by_role("button", name="Send to the owner").click()
        expect(page.locator("[data-state]")).to_contain_text("press Send to the owner again")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Two hours of work.")
    dana.complaints = [text for text in dana.complaints if "ERR_CONNECTION_RESET" not in text]
