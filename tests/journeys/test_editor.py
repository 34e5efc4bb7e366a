"""Alice writes in the editor: buttons, keys, pastes, and a network that dies under her."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor
from tests.journeys.test_every_page import check

pytestmark = pytest.mark.staff

ARTICLE = (
    "<meta charset='utf-8'><!--StartFragment--><h2>Rooms for all</h2><p>The <b>first</b> desk moves. "
    "<a href='https://www.example.org/desks?utm_source=mail'>Read on</a></p><ul><li>North</li><li>South</li></ul>"
    "<script>alert(1)</script><!--EndFragment-->"
)
CLEANED = "## Rooms for all\n\nThe **first** desk moves. [Read on](https://www.example.org/desks)\n\n- North\n- South"
PLAIN = "Rooms for all\nThe first desk moves. Read on"
PASTE = """(area, [html, text]) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    if (html) data.setData('text/html', html);
    const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
    return area.dispatchEvent(event);
}"""


@pytest.fixture(scope="module")
def session(browser, running):
    """Cookies of the owner: signing in for each test would soon be too often for one minute."""
    person = Visitor(browser, running)
    person.sign_in("owner")
    cookies = person.context.cookies()
    person.close(cookies=True)
    return cookies


@pytest.fixture
def alice(browser, running, session):
    person = Visitor(browser, running)
    person.context.add_cookies(session)
    person.page.goto("/desk/posts/new/")
    yield person
    person.close(cookies=True)


def text_of(alice):
    return alice.page.get_by_label("Text", exact=True)


def paste(alice, html: str = ARTICLE, plain: str = PLAIN) -> bool:
    """Paste into the text; whether the browser was left to do it."""
    return text_of(alice).evaluate(PASTE, [html, plain])


def test_a_paste_from_a_page_becomes_clean_text_and_one_undo_takes_it_back(alice):
    area = text_of(alice)
    area.fill("Above. Below.")
    area.evaluate("area => area.setSelectionRange(7, 7)")
    assert not paste(alice)
    expect(area).to_have_value(f"Above. {CLEANED}Below.")
    expect(alice.page.get_by_role("status")).to_have_text("Pasted as clean text. Press Ctrl+Z to undo.")
    alice.page.keyboard.type(" Typed on. ")
    expect(area).to_have_value(f"Above. {CLEANED} Typed on. Below.")
    for _ in range(3):
        alice.page.keyboard.press("Control+z")
        if area.input_value() == "Above. Below.":
            break
    expect(area).to_have_value("Above. Below.")


def test_a_paste_replaces_what_is_selected(alice):
    area = text_of(alice)
    area.fill("Above. Old words. Below.")
    area.evaluate("area => area.setSelectionRange(7, 17)")
    paste(alice)
    expect(area).to_have_value(f"Above. {CLEANED} Below.")
    alice.page.keyboard.press("Control+z")
    expect(area).to_have_value("Above. Old words. Below.")


def test_the_real_clipboard_with_a_real_key(alice):
    alice.context.grant_permissions(["clipboard-read", "clipboard-write"])
    area = text_of(alice)
    alice.page.evaluate(
        """html => navigator.clipboard.write([new ClipboardItem({'text/html': new Blob([html], {type: 'text/html'}),
            'text/plain': new Blob(['plain'], {type: 'text/plain'})})])""",
        ARTICLE,
    )
    area.focus()
    alice.page.keyboard.press("Control+v")
    expect(area).to_have_value(CLEANED)
    area.fill("")
    alice.page.keyboard.press("Control+Shift+v")
    expect(area).to_have_value("plain")


@pytest.mark.parametrize("html", ["", "<meta charset='utf-8'><span style='font-weight: 400'>just words</span>"])
def test_text_without_structure_is_left_to_the_browser(alice, html):
    assert paste(alice, html)


@pytest.mark.parametrize("place", [0, 7, 13], ids=["before", "at", "behind"])
def test_what_is_typed_while_the_site_cleans_stays_where_it_was_typed(alice, place):
    area, held = text_of(alice), []
    alice.page.route("**/desk/paste/", lambda route: held.append(route))
    area.fill("Above. Below.")
    area.evaluate("area => area.setSelectionRange(7, 7)")
    paste(alice)
    area.evaluate(f"area => area.setSelectionRange({place}, {place})")
    alice.page.keyboard.type("quick")
    alice.page.wait_for_timeout(50)
    held[0].continue_()
    pasted = {0: f"quickAbove. {CLEANED}Below.", 7: f"Above. {CLEANED}quickBelow.", 13: f"Above. {CLEANED}Below.quick"}
    expect(area).to_have_value(pasted[place])
    alice.page.keyboard.type("er")
    expect(area).to_have_value(pasted[place].replace("quick", "quicker"))


def test_two_quick_pastes_keep_their_order(alice):
    for word in ("one", "two"):
        paste(alice, f"<p><b>{word}</b></p>", word)
    expect(text_of(alice)).to_have_value("**one****two**")


@pytest.mark.parametrize("failure", ["no network", "500", "signed out", "too tangled", "too long"])
def test_when_the_site_cannot_clean_the_plain_text_is_typed_and_a_line_says_so(alice, failure):
    html = ARTICLE
    if failure == "no network":
        alice.page.route("**/desk/paste/", lambda route: route.abort())
    elif failure == "500":
        alice.page.route("**/desk/paste/", lambda route: route.fulfill(status=500, body="<h1>Broken"))
    elif failure == "signed out":
        alice.context.clear_cookies()
    else:
        html = "<p><b>x</b>" * 20_000 if failure == "too tangled" else f"<p>{'x' * 900_001}<p>"
    paste(alice, html)
    expect(text_of(alice)).to_have_value(PLAIN)
    said = alice.page.get_by_role("status")
    expect(said).to_contain_text("Pasted as plain text. Press Ctrl+Z to undo.")
    if failure == "no network":
        expect(said).to_contain_text("cannot be reached")
    if failure == "too tangled":
        expect(said).to_contain_text("too many parts")
    alice.complaints = [text for text in alice.complaints if "Failed to load resource" not in text]


def test_a_long_article_is_typed_at_once_and_can_be_undone(alice):
    area = text_of(alice)
    area.fill("Above.")
    paste(alice, "<p>Some  words of a <b>long</b> article: 5 &lt; 6 &amp;&amp; &amp;amp; 7 &gt; 6.</p>" * 3000)
    expect(alice.page.get_by_role("status")).to_contain_text("Pasted as clean text", timeout=8000)
    said = "Some words of a **long** article: 5 < 6 && \\&amp; 7 > 6."
    assert area.input_value() == "Above." + "\n\n".join([said] * 3000)
    alice.page.keyboard.press("Control+z")
    expect(area).to_have_value("Above.")


def press(alice, button: str) -> None:
    """Walk to a button of the toolbar with the keyboard alone, from the text."""
    page = alice.page
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('[role=toolbar]') !== null")
    page.keyboard.press("Home")
    for _ in range(9):
        if page.evaluate("document.activeElement.textContent") == button:
            break
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")


MARKED = {
    "Bold": "one\n**two**\nthree",
    "Italic": "one\n*two*\nthree",
    "Heading": "one\n## two\nthree",
    "Link": "one\n[two](https://)\nthree",
    "Quotation": "one\n> two\nthree",
    "List": "one\n- two\nthree",
    "Source quotation": "one\n\n:::quotation\npublisher: \ntitle: \ndate: \naddress: no link\n\ntwo\n:::\n\nthree",
    "Relay": "one\n\n:::relay\nfrom: Twitter\nrole: \n\n> two\n:::\n\nthree",
    "Rule": "one\n\n***\n\nthree",
}


@pytest.mark.parametrize(("button", "marked"), MARKED.items())
def test_each_button_marks_what_is_selected_with_the_keyboard_alone_and_can_be_undone(alice, button, marked):
    area = text_of(alice)
    area.fill("one\ntwo\nthree")
    area.evaluate("area => area.setSelectionRange(4, 7)")
    press(alice, button)
    expect(area).to_have_value(marked)
    expect(area).to_be_focused()
    alice.page.keyboard.press("Control+z")
    expect(area).to_have_value("one\ntwo\nthree")


def test_what_comes_next_is_typed_where_it_belongs(alice):
    area = text_of(alice)
    area.focus()
    press(alice, "Bold")
    alice.page.keyboard.type("loud")
    expect(area).to_have_value("**loud**")
    area.fill("")
    press(alice, "Source quotation")
    alice.page.keyboard.type("The Northmere Gazette")
    expect(area).to_have_value(re.compile(r"^:::quotation\npublisher: The Northmere Gazette\ntitle: \n"))
    area.fill("https://example.org/desks")
    area.press("Control+a")
    press(alice, "Link")
    alice.page.keyboard.type("the desks")
    expect(area).to_have_value("[the desks](https://example.org/desks)")
    area.fill("- is kept\n\nfirst\nsecond")
    area.evaluate("area => area.setSelectionRange(11, 22)")
    press(alice, "List")
    expect(area).to_have_value("- is kept\n\n- first\n- second")


def test_the_tab_key_stops_once_at_the_toolbar(alice):
    page = alice.page
    page.get_by_label("Title").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Bold")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("button", name="Rule")).to_be_focused()
    page.keyboard.press("Tab")
    expect(text_of(alice)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Rule")).to_be_focused()


def test_the_editor_with_its_toolbar_passes_in_every_look(alice):
    paste(alice)
    expect(alice.page.get_by_role("toolbar", name="Marks")).to_be_visible()
    expect(alice.page.get_by_role("status")).to_contain_text("Pasted as clean text")
    assert check(alice, "editor") == []


def draft(alice, title: str = "Half a morning") -> None:
    alice.page.get_by_label("Title").fill(title)
    text_of(alice).fill("Words that must not be lost.")


def kept_line(alice):
    return alice.page.locator("#draft-state")


def test_what_is_typed_is_kept_within_seconds_and_found_again(alice):
    draft(alice, "Kept on the way")
    expect(kept_line(alice)).to_have_text(re.compile(r"^Draft kept at \d\d:\d\d:\d\d\.$"), timeout=8000)
    alice.page.goto("/desk/")
    expect(alice.page.get_by_text("Kept on the way").first).to_be_visible()


def test_leaving_the_page_at_once_keeps_what_was_typed(alice):
    draft(alice, "Left in a hurry")
    sent = []
    alice.page.on("request", lambda request: sent.append(request.url))
    alice.page.goto("/about/")
    for _ in range(20):  # nobody waits for that request, and the site may be busy
        alice.page.goto("/desk/")
        if alice.page.get_by_text("Left in a hurry").count():
            break
    expect(alice.page.get_by_text("Left in a hurry").first).to_be_visible()
    assert len([url for url in sent if url.endswith("/desk/autosave/")]) <= 1


def test_a_dead_network_is_told_and_the_draft_kept_once_it_is_back(alice):
    alice.page.route("**/desk/autosave/", lambda route: route.abort())
    draft(alice)
    expect(kept_line(alice)).to_contain_text("Not kept yet: the site cannot be reached", timeout=8000)
    expect(kept_line(alice)).to_have_attribute("role", "alert", timeout=8000)
    alice.page.unroute("**/desk/autosave/")
    expect(kept_line(alice)).to_contain_text("Draft kept at", timeout=8000)
    alice.complaints = [text for text in alice.complaints if "Failed to load resource" not in text]


def test_after_signing_in_again_in_another_tab_the_draft_is_kept_and_can_be_saved(alice):
    alice.context.clear_cookies()
    draft(alice, "Over the end of a session")
    expect(kept_line(alice)).to_contain_text("You are signed out.", timeout=8000)
    first, alice.page = alice.page, alice.context.new_page()
    alice.sign_in("owner")
    alice.page.wait_for_url("**/desk/")
    alice.page = first
    expect(kept_line(alice)).to_contain_text("Draft kept at", timeout=15_000)
    alice.page.get_by_role("button", name="Save").click()
    alice.page.wait_for_url("**/desk/posts/*/")
    expect(alice.page.get_by_label("Title")).to_have_value("Over the end of a session")


def test_a_post_saved_elsewhere_is_told(alice):
    draft(alice, "In two tabs")
    alice.page.get_by_role("button", name="Save").click()
    alice.page.wait_for_url(re.compile(r"/desk/posts/\d+/$"))
    other = alice.context.new_page()
    other.goto(alice.page.url)
    other.get_by_label("Title").fill("In two tabs, changed")
    other.get_by_role("button", name="Save").click()
    other.wait_for_load_state()
    text_of(alice).fill("My own words.")
    expect(kept_line(alice)).to_have_text("Saved elsewhere meanwhile; saving here will show both.", timeout=8000)
    other.close()
