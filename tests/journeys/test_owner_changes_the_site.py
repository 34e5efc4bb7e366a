"""Alice gives the site another name and invites Carol, who comes in by the link in her mail."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import expect

from tests.journeys.test_every_page import check

pytestmark = pytest.mark.staff

PASSWORD = "seven slow otters sing"


def link_in_mail(running, address: str) -> str:
    """The path in the newest mail to this address; without an SMTP server each mail is a file."""
    for file in sorted((running.folder / "mail").iterdir(), key=lambda file: file.stat().st_mtime_ns, reverse=True):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        if mail["To"] == address:
            text = mail.get_body(("plain",)).get_content()
            return re.search(r"http://[^/\s]+(/accounts/invitation/\S+/)", text)[1]
    return pytest.fail(f"no mail to {address}")


def looks_right(person, name, javascript) -> bool:
    """axe cannot look where no script runs."""
    return not javascript or check(person, name) == []


def rename(page, name: str) -> None:
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_label("Name of the site").fill(name)
    page.get_by_role("button", name="Save the settings").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.get_by_label("Name of the site")).to_have_value(name)


def choose(page, password: str) -> None:
    page.get_by_label("Password").fill(password)
    page.get_by_label("The same again").fill(password)
    page.get_by_role("button", name="Make my account").click()


def test_alice_renames_the_site_and_carol_joins(visitor, running, javascript):
    alice, carol, dana = visitor(staff=True), visitor(staff=True), visitor()
    name, address = f"Desk & Duty {javascript}", f"carol.{javascript}@example.org".lower()
    page = alice.page
    alice.sign_in("owner")
    rename(page, name)
    dana.page.goto("/")
    expect(dana.page.locator("header .name")).to_have_text(name)
    expect(dana.page).to_have_title(re.compile(re.escape(name)))

    page.get_by_role("link", name="The team").click()
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Moderator").check()
    page.get_by_role("button", name="Invite").click()
    expect(page.locator("p[role=status]")).to_contain_text("was sent to")
    path = link_in_mail(running, address)
    expect(page.locator("output.code")).to_contain_text(path)
    assert looks_right(alice, "team with a link", javascript)

    page = carol.page
    page.goto(path)
    expect(page.get_by_role("main")).to_contain_text(f"invited {address} as a moderator")
    assert looks_right(carol, "invitation", javascript)
    choose(page, "short")
    expect(page.get_by_role("alert")).to_contain_text("too short")
    choose(page, PASSWORD)
    page.wait_for_url("**/moderation/")

    dana.page.goto(path)
    expect(dana.page.get_by_role("heading", level=1)).to_have_text("This link does not work any more")
    assert looks_right(dana, "invitation over", javascript)

    # And out again.
    page = alice.page
    page.get_by_role("link", name="Settings", exact=True).first.click()
    page.get_by_role("link", name="The team").click()
    page.get_by_role("button", name=f"Deactivate {address}").click()
    expect(page.get_by_role("status")).to_contain_text("signed out everywhere")
    carol.page.goto("/moderation/")
    expect(carol.page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_alice_edits_a_house_page_and_brings_the_old_text_back(visitor, javascript):
    alice, dana = visitor(staff=True), visitor()
    page = alice.page
    alice.sign_in("owner")
    page.goto("/house-rules/")
    page.get_by_role("link", name="Edit this page").click()
    page.get_by_label("Text").fill("# House rules\n\nBe kind. Keep your [receipt](/receipts/).")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview")).to_contain_text("Be kind.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Readers see it like this now.")
    dana.page.goto("/house-rules/")
    dana.page.get_by_role("article").get_by_role("link", name="receipt").click()
    expect(dana.page).to_have_url(re.compile("/receipts/$"))
    page.get_by_role("link", name="Edit this page").click()
    page.get_by_role("link", name="Show version 0").click()
    assert looks_right(alice, "house page with an earlier version", javascript)
    page.get_by_role("button", name="Bring it back").click()
    dana.page.goto("/house-rules/")
    expect(dana.page.get_by_role("article")).to_contain_text("These rules are the same for everybody")
