"""Following by e-mail, from a page to the mail and back: with JavaScript and without, by keyboard, in every look."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Visitor
from tests.journeys.test_every_page import check

# Of the newest post and its first comment; for an address, what waits and the links of its mails.
LINKS = """
from django.utils import timezone
from accounts import tokens as t
from accounts.models import Subscriber
s = Subscriber.objects.get(email=%r)
print(*[f"/subscriptions/{t.sign(p, s.pk, timezone.now() if p in t.TIMED else None)}/" for p in (t.CONFIRM, t.MANAGE, t.FRESH)])
"""
OVER = """
import datetime
from django.utils import timezone
from accounts import tokens as t
from accounts.models import Subscriber, Subscription
s = Subscriber.objects.get(email=%r)
long_ago = timezone.now() - datetime.timedelta(days=99)
print(*[f"/subscriptions/{t.sign(p, s.pk, long_ago)}/" for p in t.TIMED], f"/unsubscribe/{t.sign(t.STOP, s.subscriptions.first().pk)}/")
"""
LOOKS = [(1280, "light"), (320, "dark"), (768, "dark")]


def links_of(site, email, script=LINKS):
    return site.manage("shell", "-v0", "-c", script % email).split()


def test_a_conversation_is_followed_changed_paused_and_left(visitor, running, javascript):
    person = visitor()
    page, email = person.page, "eve@example.org" if javascript else "dana@example.org"
    page.goto(running.first_post())
    page.get_by_role("link", name="Follow by e-mail").click()
    page.get_by_label("One conversation in it").check()
    page.get_by_label("Number of a comment").fill("#1")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Every week").check()
    page.get_by_text("When it comes, how much it says").click()
    page.get_by_label("Day of weekly mails").select_option("Friday")
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    confirm, less, fresh = links_of(running, email)
    page.goto(confirm)
    expect(page.get_by_role("heading", level=2)).to_contain_text("The conversation that comment 1 began")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("status")).to_contain_text("Confirmed.")
    page.goto(fresh)
    expect(page.get_by_label("Day of weekly mails")).to_have_value("4")
    page.get_by_role("button", name="Every day instead").click()
    expect(page.get_by_text("Every day, since")).to_be_visible()
    page.get_by_label("Numbers only").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Numbers only")).to_be_checked()
    page.goto(less)
    page.get_by_role("button", name="Pause all mail").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Undone")
    page.goto(less)
    page.get_by_role("button", name="Stop all mail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are unsubscribed")
    page.get_by_role("button", name="Undo").click()
    page.goto(less)
    page.get_by_role("button", name=re.compile("^Stop The conversation")).click()
    expect(page.get_by_text("your address is forgotten")).to_be_visible()


def test_a_work_address_is_asked_about_once(visitor, javascript):
    person = visitor()
    page = person.page
    page.goto("/subscribe/")
    page.get_by_label("E-mail address").fill(f"dana.{javascript}@hmpps.gov.uk")
    page.get_by_role("button", name="Follow", exact=True).click()
    warning = page.get_by_role("alert")
    expect(warning).to_contain_text("This looks like a work address")
    expect(warning).to_be_focused()
    expect(page.get_by_label("Numbers only")).to_be_checked()
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")


def test_every_page_of_a_subscriber_in_every_look(browser, running):
    person = Visitor(browser, running)
    page, post, email = person.page, running.first_post(), "walk@example.org"
    running.post("/subscribe/", email=email, cadence="daily")
    running.post("/subscribe/", email=email, cadence="weekly", post="1")
    running.post("/subscribe/", email=email, cadence="at once", post="2", what="thread", comment="1")
    confirm, less, fresh = links_of(running, email)
    wrong = []
    for address in ("/subscribe/?post=1&comment=1", confirm):
        page.goto(address)
        wrong += check(person, address, LOOKS)
    for _ in range(2):
        page.get_by_role("button", name="Confirm").first.click()
    wrong += check(person, "one still waits", LOOKS)
    for address in (less, fresh, *links_of(running, email, OVER)):
        page.goto(address)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        wrong += check(person, address, LOOKS)
    page.goto(fresh)
    page.get_by_role("button", name="Pause all mail").click()
    wrong += check(person, "paused", LOOKS)
    page.goto(fresh)
    wrong += check(person, "everything, while paused", LOOKS)
    page.get_by_role("button", name=re.compile("^Stop .")).first.click()
    wrong += check(person, "stopped", LOOKS)
    page.get_by_role("button", name="Undo").click()
    wrong += check(person, "undone", LOOKS)
    page.goto(confirm)
    page.get_by_role("button", name="I did not ask for this").click()
    wrong += check(person, "declined", LOOKS)
    page.goto(fresh)
    page.get_by_text("Erase what you hold about me").click()
    page.get_by_role("button", name="Erase it now").click()
    wrong += check(person, "erased", LOOKS)
    page.goto("/subscribe/")
    page.get_by_label("E-mail address").fill("eve@justice.gov.uk")
    page.get_by_role("button", name="Follow", exact=True).click()
    wrong += check(person, "a work address", LOOKS)
    for address in (f"{post}/c/1", f"{post}/reply?to=1"):
        page.goto(address)
        wrong += check(person, address)
    assert wrong == []
    person.close()
