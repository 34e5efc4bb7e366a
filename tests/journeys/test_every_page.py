"""Every page, in light and dark, on a phone and on a desk: axe finds nothing, nothing sticks out, nobody calls home."""

from __future__ import annotations

import contextlib
import http.client
import io
import urllib.parse
from collections.abc import Sequence
from functools import partial

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from PIL import Image
from playwright.sync_api import Page, Route

from tests.journeys.conftest import Visitor

# Of what passes, axe would else describe each element: most of its time, and half a megabyte for a thread.
FIND = "options => axe.run({...options, resultTypes: ['violations']}).then(found => found.violations)"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
RULES_OF_LOOKS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block", "target-size"]}}
SMALL_TARGETS = """() => [...document.querySelectorAll('button, .acts a, .site a, .foot a')].filter(e => e.offsetParent &&
    (e.getBoundingClientRect().height < 24 || e.getBoundingClientRect().width < 24)).map(e => e.textContent)"""
# Contrast hangs on the scheme and size on the width: two looks judge both, four would cost minutes.
LOOKS = [(1280, "light"), (320, "dark")]

PUBLIC = {
    "home": "/",
    "archive": "/archive/",
    "latest comments": "/comments/",
    "comments further back": "/comments/?before=4102444800000000-1",
    "search": "/search/",
    "search, found": "/search/?q=the&order=best",
    "search, found nothing": "/search/?q=xylophonist",
    "search, no word": "/search/?q=***",
    "post with thread": "{post}",
    "post, all on one page": "{post}?page=all",
    "what is new": "{post}?since=week",
    "new since no time": "{post}?since=yesterday",
    "one comment": "{post}/c/2",
    "reply": "{post}/reply?to=2",
    "write": "{post}/reply",
    "from readers": "/?from=readers",
    "start a discussion": "/start/",
    "receipt form": "/receipts/",
    "report": "{post}/c/2/report",
    "removal request": "/removal/",
    "log of moderation": "/moderation-log/",
    "figures of moderation": "/transparency/",
    "sign-in": "/accounts/login/",
    "no sign-up": "/accounts/signup/",
    "forgotten password": "/accounts/password/reset/",
    "subscribe": "/subscribe/",
    "subscribe to a conversation": "/subscribe/?post=1&comment=1",
    "check your mail": "/subscribe/?sent",
    "house rules": "/house-rules/",
    "privacy": "/privacy/",
    "about": "/about/",
    "help": "/help/",
    "reading settings": "/reading/",
    "reading settings, not kept": "/reading/?saved",
    "404": "/nope",
    "410 posted": "/posted/nonsense/",
    "410 comment": "{post}/reply?to=99",
}
STAFF = {
    "queue": "/moderation/",
    "decided": "/moderation/?show=decided",
    "case": "/moderation/cases/2/",
    "decided case": "/moderation/cases/1/",
    "comment without case": "/moderation/comments/1/",
    "screening rules": "/moderation/rules/",
    "new rule": "/moderation/rules/new/links/",
    "rule tried out": "/moderation/rules/1/?try",
    "reasons": "/moderation/reasons/",
    "reason": "/moderation/reasons/1/",
    "desk": "/desk/",
    "figures": "/moderation/figures/",
    "all posts": "/desk/posts/",
    "collect comments": "/desk/posts/1/collect/",
    "quote a comment": "/desk/comments/1/",
    "round-up": "/desk/round-up/",
    "new post": "/desk/posts/new/",
    "edit post": "/desk/posts/1/",
    "pictures": "/desk/pictures/",
    "settings": "/desk/settings/",
    "house pages": "/desk/pages/",
    "edit a house page": "/desk/pages/help/?show=0",
    "team": "/desk/team/",
    "digests": "/desk/digests/",
    "two factors": "/accounts/2fa/",
    "authenticator app": "/accounts/2fa/totp/activate/",
    "passkey": "/accounts/2fa/webauthn/add/",
    "change password": "/accounts/password/change/",
    "403": "/moderation/rules/",
}
# Answers to forms: what is sent where.
ANSWERS = {
    "comment with an error": ("{post}/comments", {"text": "", "name": "Dana"}),
    "preview": ("{post}/preview", {"text": "*Hello*\n\n> quoted\n\n- one\n- two", "reply_to": "2"}),
    "posted": ("{post}/comments", {"text": "Hello from the walk."}),
    "posted before": ("{post}/comments", {"text": "Hello from the walk."}),
    "held": ("{post}/comments", {"text": "http://a.example http://b.example http://c.example"}),
    "discussion with errors": ("/start/", {"title": "", "text": ""}),
    "discussion preview": ("/start/preview", {"title": "Rota", "text": "*Hello*\n\n> quoted", "labels": "training"}),
    "discussion sent": ("/start/", {"title": "Rota", "text": "Hello from the walk."}),
    "wrong receipt": ("/receipts/", {"code": "AAAA"}),
    "report with an error": ("{post}/c/2/report", {}),
    "report sent": ("{post}/c/2/report", {"category": "spam", "text": "An advert."}),
    "reported before": ("{post}/c/2/report", {"category": "spam", "text": "An advert again."}),
    "disagreed": ("{post}/c/2/report", {"category": "disagree", "text": "No."}),
    "nothing to look at again": ("{post}/c/2/again", {"text": "It was mine."}),
    "removal request with an error": ("/removal/", {"address": "nonsense"}),
    "removal request sent": ("/removal/", {"address": "{post}?c=3", "ground": "defamatory", "text": "About me."}),
    "subscribe with an error": ("/subscribe/", {"email": "nonsense"}),
    "400": ("/receipts/", {f"field{number}": "x" for number in range(400)}),
    "session ended": ("/desk/posts/new/", {"title": "Half a day's work", "body": "Line one.\nLine two."}),
    "no cookie": ("/accounts/login/", {"login": "dana@example.org", "password": "a wrong turning"}),
}


def check(person: Visitor, name: str, looks: Sequence[tuple[int, str]] = LOOKS) -> list[str]:
    """What is wrong with the page that is open now, in these looks. Only what hangs on the look is judged in each.

    A look is the window's width in CSS pixels, and light, dark or forced (colours).
    """
    page, found = person.page, []
    for number, (width, scheme) in enumerate(looks):
        page.set_viewport_size({"width": width, "height": 800})
        forced = scheme == "forced"
        page.emulate_media(color_scheme="light" if forced else scheme, forced_colors="active" if forced else "none")
        violations = violations_on(page, RULES_OF_LOOKS if number else RULES)
        here = f"{name}, {width} {scheme}"
        found += [f"{here}: {violation['id']} at {violation['nodes'][0]['target']}" for violation in violations]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{here}: sticks out sideways")
        found += [f"{here}: target too small: {text}" for text in page.evaluate(SMALL_TARGETS)]
    return found


def violations_on(page: Page, options: dict[str, object]) -> list[dict]:
    """What axe finds wrong with the page as it is now."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(FIND, options)


@pytest.fixture(scope="module")
def path(running):
    return running.first_post()


def test_pages_for_readers(browser, running, path):
    person = Visitor(browser, running)
    wrong = []
    for name, pattern in PUBLIC.items():
        person.page.goto(pattern.format(post=path))
        wrong += check(person, name)
    assert wrong == []
    # The sign-in alone may set a cookie: the one that its form needs.
    assert {cookie["name"] for cookie in person.context.cookies()} <= {"csrftoken"}
    person.close(cookies=True)


def test_pages_for_staff(browser, running, path):
    wrong = []
    for role, names in (("owner", [name for name in STAFF if name != "403"]), ("moderator", ["403", "queue"])):
        person = Visitor(browser, running)
        person.sign_in(role)
        for name in names:
            person.page.goto(STAFF[name])
            wrong += check(person, name)
        person.close(cookies=True)
    assert wrong == []


def test_a_picture_from_the_file_to_its_deletion(browser, running):
    person = Visitor(browser, running)
    page = person.page
    person.sign_in("owner")
    page.goto("/desk/pictures/")
    for size in ((900, 1400), (1800, 600)):
        file = io.BytesIO()
        Image.linear_gradient("L").resize(size).save(file, "JPEG")
        page.get_by_label("File").set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
        )
        page.get_by_label("Alternative text").fill("A queue outside a locked room")
        page.get_by_label("Credit").fill("A reader")
        page.get_by_role("button", name="Upload").click()
        lines = page.get_by_label("Copy these lines")
        assert "alt: A queue outside a locked room\ncredit: A reader\n:::" in lines.input_value()
    wrong = check(person, "stored")
    assert page.evaluate("[...document.images].every(image => image.loading == 'lazy' || image.naturalWidth > 0)")
    # The browser's own check of required fields would stop what the server is to answer.
    page.locator("#form").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Upload").click()
    wrong += check(person, "an error")
    assert wrong == []
    page.get_by_role("button", name="Delete").first.click()
    assert page.get_by_role("status").inner_text() == "The picture is deleted."
    assert page.get_by_role("button", name="Delete").count() >= 1
    person.close(cookies=True)


def test_answers_to_forms(browser, running, path):
    person = Visitor(browser, running)
    page = person.page
    wrong = []
    for name, (pattern, fields) in ANSWERS.items():
        # A plain form on a page of ours, so that the browser sends what it would send.
        page.goto("/about/")
        send = """([path, fields]) => { const form = document.createElement('form'); form.method = 'post'; form.action = path;
            for (const [name, value] of fields) { const area = document.createElement('textarea'); area.name = name;
            area.value = value; form.append(area); } document.body.append(form); form.submit(); }"""
        with page.expect_navigation():
            page.evaluate(send, [pattern.format(post=path), [(k, v.format(post=path)) for k, v in fields.items()]])
        wrong += check(person, name)
    assert wrong == []
    person.close()


def test_a_form_on_another_site_is_refused_in_words(browser, running, path):
    person = Visitor(browser, running)
    elsewhere = f"http://localhost:{running.port}/elsewhere"  # for a browser, another site than 127.0.0.1
    form = f'<form method="post" action="{running.url}{path}/comments"><textarea name="text">x</textarea><button>Go'
    person.page.route(elsewhere, partial(serve, form))
    person.page.goto(elsewhere)
    person.page.get_by_role("button").click()
    person.page.wait_for_url(f"{running.url}/**")
    assert person.page.get_by_role("heading", level=1).inner_text() == "Sent by another site"
    assert check(person, "another site") == []
    person.complaints = [text for text in person.complaints if "localhost" not in text]
    person.close()


def test_receipt_and_subscription_pages(browser, running, path):
    person = Visitor(browser, running)
    page = person.page
    body = running.post(f"{path}/comments", text="For the receipt in a few words.")[1]
    code = body.split('id="code">')[1].split("<")[0]
    page.goto("/receipts/")
    page.get_by_label("Receipt code").fill(code)
    page.get_by_role("button", name="Show what became of it").click()
    wrong = check(person, "receipt")
    page.get_by_text("Change or remove it").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Withdraw it now").click()
    wrong += check(person, "withdrawn")
    links = running.manage(
        "shell",
        "-c",
        "from accounts import services, tokens as t; from accounts.models import Subscriber as S;"
        "services.subscribe(email='walk@example.org', post=None, cadence='daily'); s = S.objects.last();"
        "print(f'/subscriptions/{t.sign(t.MANAGE, s.pk)}/ /unsubscribe/{t.sign(t.UNSUBSCRIBE, s.pk)}/')",
    ).split()[-2:]
    for link in links:
        page.goto(link)
        wrong += check(person, urllib.parse.urlsplit(link).path.split("/")[1])
    with page.expect_navigation():
        page.get_by_role("button", name="Stop all mail").click()
    wrong += check(person, "unsubscribed")
    assert wrong == []
    person.close()


# A published, edited discussion with an answer of whoever began it, one that waits, one that is refused.
DISCUSSIONS = """
from forum.receipts import show_code
from forum.services.posting import Submission, post_comment
from forum.services.discussions import publish_discussion, refuse_discussion, submit_discussion
from forum.services.tickets import open_ticket
send = lambda title: open_ticket(submit_discussion(title=title, text="How is yours at Northtown?", labels=["training"]))
first, waits, refused = send("Rota %(name)s"), send("Waits %(name)s"), send("Refused %(name)s")
post = publish_discussion(post_id=first.discussion.pk, version=1, title="Rota", body="How is yours?", labels=["Rotas"])
code = show_code(first.code)
post_comment(post=post, submission=Submission("I asked because mine changed.", starter_code=code))
refuse_discussion(post_id=refused.discussion.pk, version=1, reason="It names a place.")
print(post.get_absolute_url(), post.pk, waits.discussion.pk, refused.discussion.pk, code, show_code(refused.code))
"""


def test_pages_about_discussions(browser, running):
    shell = running.manage("shell", "-v0", "-c", DISCUSSIONS % {"name": "in every look"})
    path, *pks, code, refused = shell.split()
    person, alice = Visitor(browser, running), Visitor(browser, running)
    wrong = []
    alice.sign_in("owner")
    for address in ("/desk/", *(f"/desk/discussions/{pk}/" for pk in pks)):
        alice.page.goto(address)
        wrong += check(alice, address)
    alice.page.get_by_text("Change the reason").click()
    alice.page.get_by_label("Reason for refusing").fill("")
    alice.page.get_by_role("button", name="Refuse", exact=True).click()
    wrong += check(alice, "no reason")
    page = person.page
    page.goto(path)
    page.get_by_text("You started this discussion?").click()
    wrong += check(person, "discussion")
    page.get_by_label("Receipt code of the discussion").fill("WRONG")
    page.get_by_label("Your comment").fill("Mine.")
    page.get_by_role("button", name="Post comment").click()
    page.get_by_role("alert").wait_for()
    wrong += check(person, "wrong code")
    for typed in (refused, code):
        page.goto("/receipts/")
        page.get_by_label("Receipt code").fill(typed)
        page.get_by_role("button", name="Show what became of it").click()
        wrong += check(person, f"receipt of a discussion {typed == code}")
    page.get_by_text("Withdraw this discussion").click()
    page.get_by_role("button", name="Withdraw it now").click()
    wrong += check(person, "withdrawn discussion")
    page.goto(path)
    wrong += check(person, "thread of a withdrawn discussion")
    assert wrong == []
    person.close()
    alice.close(cookies=True)


def test_the_page_for_too_many(browser, running, path):
    """Somebody at another address has worn out the patience for wrong codes; their last answer, in our browser."""
    data, kind = urllib.parse.urlencode({"code": "AAAA"}), {"Content-Type": "application/x-www-form-urlencoded"}
    for _ in range(31):
        wire = http.client.HTTPConnection("127.0.0.1", running.port, source_address=("127.9.9.9", 0))
        with contextlib.closing(wire):
            wire.request("POST", "/receipts/", data, kind)
            answer = wire.getresponse()
            html = answer.read().decode()
    assert answer.status == 429
    person = Visitor(browser, running)
    person.page.route("**/slower", partial(serve, html))
    person.page.goto("/slower")
    assert check(person, "429") == []
    person.close()


def serve(html: str, route: Route) -> None:
    route.fulfill(body=html, content_type="text/html")


def test_the_page_for_a_lost_session_and_for_a_full_disk(browser, running, path):
    """The 500 and 503 pages, rendered as the site renders them, looked at as files of the site."""
    script = (
        "from django.template.loader import render_to_string as r; from forum.typed import Typed; import sys;"
        "sys.stdout.write(r('500.html', {'SITE_NAME': 'Probation Forum', 'stored_nothing': %s,"
        "'typed': [Typed('text', 'Two hours of work.\\n' * 9), Typed('name', 'Dana')]}))"
    )
    person = Visitor(browser, running)
    for stored_nothing in (True, False):
        html = running.manage("shell", "-v0", "-c", script % stored_nothing)
        person.page.route("**/broken", partial(serve, html))
        person.page.goto("/broken")
        assert check(person, f"500 {stored_nothing}") == []
        person.page.unroute("**/broken")
    person.close()


def test_a_reader_makes_three_requests_and_gets_no_cookie(browser, running, path):
    person = Visitor(browser, running)
    asked = []
    person.page.on("request", lambda request: asked.append(request.url))
    person.page.goto(path)
    person.page.wait_for_load_state("networkidle")
    assert len([url for url in asked if "favicon" not in url]) == 3
    person.close()
