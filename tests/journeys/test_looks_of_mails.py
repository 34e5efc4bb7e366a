"""Mails as mail programs show them: on a phone and on a desk, light and dark, for eyes and for screen readers."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.conftest import Visitor
from tests.journeys.test_every_page import RULES, RULES_OF_LOOKS

LOOKS = [(width, scheme) for width in (320, 600) for scheme in ("light", "dark")]
# What each kind of mail would be now, on the running site.
WRITE = """
import json
from django.db import transaction
from accounts.digests.letter import in_both
from accounts.digests.asking import confirmation_mail
from accounts.digests.rendering import preview
from accounts.models import Detail, Subscriber, Subscription
from forum.models import Comment, Post
from forum.services.updates import add_update
post = Post.objects.published().first()
add_update(post_id=post.pk, headline="A second letter", body="It came today.")
comment = Comment.objects.published().order_by("-pk").first()
with transaction.atomic():
    asked = Subscriber.objects.create(email="looks@example.org")
    for fields in ({}, {"post": post}, {"thread": comment}):
        Subscription.objects.create(subscriber=asked, cadence="weekly", **fields)
    mails = {"confirm": confirmation_mail(asked).alternatives[0][0]}
    asked.delete()
mails |= {detail: preview("daily", detail, False)[1] for detail in Detail.values}
mails["invitation"] = in_both("invitation", {"subject": "Your invitation", "SITE_NAME": "Probation Forum"})[1]
print(json.dumps(mails))
"""
SMALL = """() => [...document.querySelectorAll('a')].filter(link => link.getBoundingClientRect().height < 44)
    .map(link => `${link.textContent} ${link.getBoundingClientRect().height}`)"""
PALE = "() => getComputedStyle(document.querySelector('.page')).backgroundColor"


@pytest.fixture(scope="module")
def mails(running) -> dict[str, str]:
    path = running.first_post()
    long = "The rooms are gone since Tuesday, and we take our calls on the stairs. " * 6
    for text in (
        long,
        "Here too. \N{ELECTRIC LIGHT BULB}",
        f"See https://example.org/{'a-long-address/' * 12}",
        "wordwithoutend" * 12,
    ):
        running.post(f"{path}/comments", text=text, name="Dana")
    return json.loads(running.manage("shell", "-c", WRITE).splitlines()[-1])


@pytest.mark.parametrize("kind", ["excerpts", "titles", "counts", "confirm", "invitation"])
def test_mails_look_well_on_every_screen(browser, running, mails, kind):
    person, wrong, backgrounds = Visitor(browser, running), [], {}
    person.page.set_content(mails[kind])
    for width, scheme in LOOKS:
        person.page.set_viewport_size({"width": width, "height": 800})
        person.page.emulate_media(color_scheme=scheme)
        here = f"{kind}, {width} {scheme}"
        rules = RULES if (width, scheme) == LOOKS[0] else RULES_OF_LOOKS
        found = Axe().run(person.page, options=rules).response["violations"]
        wrong += [f"{here}: {one['id']} at {one['nodes'][0]['target']}" for one in found]
        if person.page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{here}: sticks out sideways")
        wrong += [f"{here}: too small: {link}" for link in person.page.evaluate(SMALL)]
        backgrounds[scheme] = person.page.evaluate(PALE)
    assert wrong == []
    assert backgrounds["light"] != backgrounds["dark"]
    # A sentence in lists of mails, and not once the mail is open.
    assert kind == "invitation" or not person.page.locator(".first").is_visible()
    person.close()
