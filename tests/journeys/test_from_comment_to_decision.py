"""A comment, an answer to an answer, a report, a removal, a receipt, a restoration."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.site import unique

pytestmark = pytest.mark.staff


def write(person, path, text, to=None):
    """Write as a person would; the number and the receipt code that the page shows."""
    page = person.page
    page.goto(path)
    if to:
        person.comment(to).get_by_role("link", name="Reply").click()
    page.get_by_label("Your reply" if to else "Your comment").fill(text)
    page.get_by_role("button", name="Post comment").click()
    page.wait_for_url("**/posted/**")
    heading = page.get_by_role("heading", level=1).inner_text()
    number = int(heading.split()[-1]) if "number" in heading else None
    return number, page.locator("#code").text_content()


def thread(site, path):
    """Number, parent, level and state of every comment, in page order."""
    lines = [json.loads(line) for line in site.manage("export_thread", path).splitlines()]
    return [(line["number"], line["parent_number"], line["level"], line["state"]) for line in lines]


def decide(person, heading_part, action, reason=""):
    page = person.page
    page.goto("/moderation/")
    page.get_by_role("link", name=heading_part).first.click()
    if reason:
        page.locator("summary", has_text=action).click()
    page.get_by_role("button", name=reason or action).click()
    expect(page.get_by_role("link", name="Look at it again")).to_be_visible()


def report(person, path, number) -> None:
    person.page.goto(f"{path}?c={number}#c{number}")
    person.comment(number).get_by_role("link", name="Report").click()
    person.page.get_by_label("Personal attack").check()
    person.page.get_by_label("What should the moderator know?", exact=False).fill("See the second word.")
    person.page.get_by_role("button", name="Send report").click()
    expect(person.page.get_by_role("heading", level=1)).to_contain_text("in the queue")


def remove(moderator, number, *, around) -> None:
    """Remove a reported comment, which stands in the queue with what is `around` it."""
    page = moderator.page
    page.goto("/moderation/")
    page.get_by_role("link", name=f"Personal attack · comment {number}").click()
    for text in around:
        expect(page.get_by_text(text, exact=True).last).to_be_visible()
    page.locator("summary", has_text="Remove it").click()
    page.get_by_label("In your words", exact=False).fill("Mind the second word")
    page.get_by_role("button", name="Personal attack").click()


def test_the_whole_line(visitor, running):
    path = running.first_post()
    word = unique("word")
    dana, eve, bob, alice = visitor(), visitor(), visitor(staff=True), visitor(staff=True)

    first, _ = write(dana, path, f"First {word}.")
    second, _ = write(eve, path, f"Answer {word}.", to=first)
    third, code = write(dana, path, f"Answer to the answer {word}.", to=second)
    fourth, _ = write(eve, path, f"Below that {word}.", to=third)
    fifth, _ = write(eve, path, f"Another answer {word}.", to=second)
    before = thread(running, path)
    parents = {number: parent for number, parent, _, _ in before}
    assert [parents[n] for n in (first, second, third, fourth, fifth)] == [None, first, second, third, second]

    report(eve, path, third)
    bob.sign_in("moderator")
    remove(bob, third, around=[f"Answer {word}.", f"Answer to the answer {word}.", f"Below that {word}."])

    eve.page.goto(path)
    expect(eve.comment(third)).to_contain_text("Removed by a moderator")
    expect(eve.comment(third)).to_contain_text("Personal attack. Mind the second word.")
    expect(eve.page.get_by_text(f"Answer to the answer {word}.")).to_have_count(0)
    expect(eve.comment(fourth)).to_contain_text(f"Below that {word}.")
    after = thread(running, path)
    assert [row[:3] for row in after] == [row[:3] for row in before]
    assert {row[0]: row[3] for row in after}[third] == "removed"

    dana.page.goto("/receipts/")
    dana.page.get_by_label("Receipt code").fill(code.lower().replace("-", " "))
    dana.page.get_by_role("button", name="Show what became of it").click()
    expect(dana.page.get_by_role("status")).to_contain_text("Removed by a moderator")
    expect(dana.page.get_by_role("status")).to_contain_text("Mind the second word")
    assert code not in dana.page.url

    alice.sign_in("owner")
    alice.page.goto("/moderation/?show=decided")
    alice.page.get_by_role("link", name=f"Personal attack · comment {third}").click()
    alice.page.get_by_role("button", name="Restore it").click()
    eve.page.goto(path)
    expect(eve.comment(third)).to_contain_text(f"Answer to the answer {word}.")
    assert thread(running, path) == before


def test_a_held_comment_appears_in_its_place_between_its_siblings(visitor, running):
    path = running.first_post()
    word = unique("word")
    dana, bob = visitor(), visitor(staff=True)
    top, _ = write(dana, path, f"Top {word}.")
    one, _ = write(dana, path, f"One {word}.", to=top)
    links = "http://a.example http://b.example http://c.example"
    number, code = write(dana, path, f"Held {word} {links}", to=top)
    assert number is None
    expect(dana.page.get_by_role("heading", level=1)).to_contain_text("waits for a moderator")
    three, _ = write(dana, path, f"Three {word}.", to=top)
    before = thread(running, path)
    dana.page.goto(path)
    expect(dana.page.get_by_text(f"Held {word}")).to_have_count(0)

    bob.sign_in("moderator")
    bob.page.goto("/moderation/")
    row = bob.page.get_by_role("listitem").filter(has_text=f"Held {word}")
    row.get_by_role("link", name="Held: links").click()
    bob.page.get_by_role("button", name="Publish it").click()

    dana.page.goto(path)
    texts = dana.page.locator("article.c .body").all_inner_texts()
    mine = [text.split()[0] for text in texts if word in text]
    assert mine == ["Top", "One", "Held", "Three"]
    after = thread(running, path)
    held = next(row for row in after if row not in before)
    assert held[1:] == (top, 1, "published")
    assert [row for row in after if row != held] == before
    assert held[0] > three > one
    dana.page.goto("/receipts/")
    dana.page.get_by_label("Receipt code").fill(code)
    dana.page.get_by_role("button", name="Show what became of it").click()
    expect(dana.page.get_by_role("status")).to_contain_text("Published")


def test_somebody_named_asks_for_removal(visitor, running):
    path = running.first_post()
    stranger, bob = visitor(), visitor(staff=True)
    stranger.page.goto("/removal/")
    stranger.page.get_by_label("Address of the post or comment").fill(f"{running.url}{path}?c=2#c2")
    stranger.page.get_by_label("Something else").check()
    stranger.page.get_by_label("What should be taken down", exact=False).fill("This is about me.")
    stranger.page.get_by_role("button", name="Send").click()
    expect(stranger.page.get_by_role("heading", level=1)).to_contain_text("in the queue")
    bob.sign_in("moderator")
    bob.page.goto("/moderation/")
    bob.page.get_by_role("link", name="Removal request · comment 2").click()
    expect(bob.page.get_by_text("This is about me.")).to_be_visible()
    bob.page.get_by_role("button", name="Keep it", exact=True).click()
    expect(bob.page.get_by_role("alert")).to_contain_text("Somebody asked for its removal and waits")
    bob.page.get_by_label("Answer to whoever asked").fill("It names nobody.")
    bob.page.get_by_role("button", name="Refuse the request").click()
    expect(bob.page.get_by_text("Refused,")).to_be_visible()


def test_two_moderators_on_one_case(visitor, running, javascript):
    # One network reports a comment once in an hour.
    path, number = running.first_post(), 3 if javascript else 4
    eve, bob, alice = visitor(), visitor(staff=True), visitor(staff=True)
    eve.page.goto(f"{path}/c/{number}/report")
    eve.page.get_by_label("Off topic or grade war").check()
    eve.page.get_by_role("button", name="Send report").click()
    for person, role in ((bob, "moderator"), (alice, "owner")):
        person.sign_in(role)
        person.page.goto("/moderation/")
        person.page.get_by_role("link", name=f"Off topic or grade war · comment {number}").click()
    expect(alice.page.get_by_text("bob is looking at this, too")).to_be_visible()
    alice.page.locator("summary", has_text="Remove it").click()
    alice.page.get_by_label("In your words", exact=False).fill("My careful words")
    bob.page.get_by_role("button", name="Keep it", exact=True).click()
    expect(bob.page.get_by_role("status")).to_contain_text("Kept")
    alice.page.get_by_role("button", name="Spam").click()
    expect(alice.page.get_by_role("alert")).to_contain_text("changed while you were reading")
    expect(alice.page.get_by_label("In your words", exact=False)).to_have_value("My careful words")
    expect(alice.page.get_by_role("alert")).to_contain_text("bob was faster (kept")
    eve.page.goto(path)
    expect(eve.comment(number)).not_to_contain_text("Removed")


@pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with JavaScript"])
def test_the_keyboard_is_enough_to_answer(visitor, running):
    dana = visitor()
    page = dana.page
    page.goto(running.first_post())
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    while "Reply" not in page.evaluate("document.activeElement.textContent"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    text = unique("keys")
    page.keyboard.type(text)
    page.keyboard.press("Escape")
    assert "Reply" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your reply")).to_have_value(text)
    while page.evaluate("document.activeElement.textContent") != "Post comment":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/posted/**")
    assert any(
        row[1] == 1 for row in thread(running, running.first_post())[-8:] + thread(running, running.first_post())
    )
