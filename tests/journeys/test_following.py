"""Following by e-mail, from a page to the mail and back: with JavaScript and without, by keyboard, in every look."""

from __future__ import annotations

import re

import pytest
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


# Three mails of which nobody knows whether they arrived, one that failed, and something new for the next digest.
DIGESTS = """
import datetime
from django.utils import timezone
from accounts import services
from accounts.digests.planning import plan
from accounts.models import Delivery, Subscriber, Subscription
from forum.models import Post
from forum.services.posting import Submission, post_comment
for number in range(4):
    services.subscribe(email=f"reader{number}@example.org", post=None, cadence="daily")
    services.confirm(subscription=Subscription.objects.get(subscriber__email=f"reader{number}@example.org"))
post = Post.objects.published().first()
post_comment(post=post, submission=Submission("A comment for the digest that is planned."))
plan(timezone.now() + datetime.timedelta(days=1))
rows = Delivery.objects.filter(subscriber__email__startswith="reader").order_by("pk")
rows.update(state="uncertain", reason="silent", started_at=timezone.now(), starts=1)
Delivery.objects.filter(pk=rows.last().pk).update(state="failed", reason="dead", code=550, enhanced="5.1.1")
post_comment(post=post, submission=Submission("A comment for the next one, with a long address: https://example.org/" + "x" * 90))
"""


@pytest.mark.staff
def test_alice_looks_at_her_digests_and_decides(browser, running):
    running.manage("shell", "-v0", "-c", DIGESTS)
    alice = Visitor(browser, running)
    page, wrong = alice.page, []
    alice.sign_in("owner")
    page.goto("/desk/settings/")
    page.get_by_role("link", name="Digests").click()
    expect(page.get_by_text("A comment for the next one")).to_be_visible()
    wrong += check(alice, "digests", LOOKS)
    page.get_by_role("link", name="See it as mail programs show it").click()
    # No script runs there, not even that of axe; mails themselves are looked at in test_looks_of_mails.py.
    expect(page).to_have_title(re.compile("^Your daily update"))
    page.goto("/desk/digests/")
    page.get_by_role("button", name="Send it to me").click()
    expect(page.get_by_role("status")).to_contain_text("The mail server took it")
    page.get_by_role("button", name="Count as sent").first.click()
    expect(page.get_by_role("status")).to_contain_text("Counted as sent: 1 mail.")
    page.get_by_role("button", name="Leave all to the next digests").click()
    expect(page.get_by_role("status")).to_contain_text("2 mails")
    page.get_by_role("button", name="Pause sending").click()
    wrong += check(alice, "paused", LOOKS)
    page.get_by_role("button", name="Send again", exact=True).click()
    page.get_by_label("Domains of employers").fill("no domain")
    page.get_by_role("button", name="Save").click()
    wrong += check(alice, "an error", LOOKS)
    assert wrong == []
    alice.close(cookies=True)
