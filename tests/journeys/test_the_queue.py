"""Many cases by keys and by taps, many at once, two moderators, a phone: T15 to T17 of the list of journeys.

`QUEUE_CASES=60 python -m tests.run --only staff tests/journeys/test_the_queue.py` decides as many as a bad evening has.
"""

from __future__ import annotations

import os
import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_every_page import check

pytestmark = pytest.mark.staff

# Two thirds reported, a fifth held, the rest appeals.
CASES = int(os.environ.get("QUEUE_CASES", "24"))
MIXED = {"reported": CASES * 2 // 3, "held": CASES // 5, "appealed": CASES - CASES * 2 // 3 - CASES // 5}
WITH_SCRIPTS = pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with JavaScript"])

# Reports of every category, held comments, appeals: an empty queue first, then this many of each.
FILL = """
from moderation.models import Case, Category
from moderation.services import close_withdrawn, open_case, report_comment, take_appeal
from forum.services.comments import remove_comment
from forum.services.posting import Submission, post_comment
from forum.services.posts import PostDraft, create_post
from forum.services.tickets import open_ticket
from django.utils import timezone
Case.objects.open().update(closed_at=timezone.now(), outcome="keep")
post = create_post(draft=PostDraft(title="The desk review %(name)s", body="Some words.", publish_at=timezone.now()))
write = lambda text, to=None: open_ticket(post_comment(post=post, submission=Submission(text, to))).comment
top = write("We were told in March.")
for n in range(%(reported)s):
    comment = write(f"Reported comment {n} about the corridor.", top.number if n %% 2 else None)
    report_comment(comment=comment, category=list(Category.values)[n %% len(Category.values)], text="The second line.")
links = "http://a.example http://b.example http://c.example"
for n in range(%(held)s):
    write(f"Held comment {n} {links}")
for n in range(%(appealed)s):
    comment = write(f"Removed comment {n} about a colleague.")
    remove_comment(comment_id=comment.pk, reason="Personal attack")
    take_appeal(comment=comment, text=f"It names nobody {n}.")
print(post.get_absolute_url())
"""
COUNT = "from moderation.models import *; print(Case.objects.open().count(), Decision.objects.exclude(action='undo')"
COUNT += ".filter(undone_by=None).count())"
STATES = "from forum.models import *; print(sorted(Comment.objects.values_list('pk', 'state', 'reason', 'note')))"
# What somebody linked to in a comment is part of a line of text.
SMALL = """() => [...document.querySelectorAll('main a, main button, main summary, main input, main select, main textarea')]
    .filter(e => e.checkVisibility() && !e.closest('.vh, .body'))
    .map(e => [e.closest('.choice') ? e.closest('.choice').getBoundingClientRect() : e.getBoundingClientRect(), e])
    .filter(([box, e]) => box.height < 44 && box.height > 1).map(([box, e]) => `${e.textContent} ${box.height}`)"""


def fill(site, *, reported=0, held=0, appealed=0) -> str:
    """Empty the queue and put these cases into it; the path of their post."""
    numbers = {"name": time.monotonic_ns(), "reported": reported, "held": held, "appealed": appealed}
    return site.manage("shell", "-v0", "-c", FILL % numbers).split()[-1]


def counts(site) -> tuple[int, int]:
    """Cases that wait, decisions that stand."""
    waiting, standing = site.manage("shell", "-v0", "-c", COUNT).split()[-2:]
    return int(waiting), int(standing)


def states(site) -> str:
    return site.manage("shell", "-v0", "-c", STATES)


class Fingers:
    """Presses keys as a person would: one, then the page that follows; typed words are not counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, key: str) -> None:
        self.pressed += 1
        self.page.keyboard.press(key)

    def decide(self, *keys: str, words: str = "", then: str = "") -> None:
        """Press these, type these, press that; and wait for the next case."""
        before = self.page.url
        for key in keys:
            self.press(key)
        if words:
            self.page.keyboard.type(words)
        if then:
            self.press(then)
        self.page.wait_for_url(lambda url: url != before, wait_until="load")


def keys_for(page: Page, turn: int) -> dict[str, object]:
    """What a moderator presses for the case on the screen: some of each."""
    if page.get_by_text("Appeal by its author").count():
        return {"keys": ["a"]} if turn % 2 else {"keys": ["r"], "words": "It names a unit.", "then": "Control+Enter"}
    if page.get_by_text("Held by a rule").count():
        return {"keys": ["a"]} if turn % 3 else {"keys": ["r", "6"]}
    if turn % 10 == 3:
        return {"keys": ["n"], "words": "We looked at it.", "then": "Control+Enter"}
    return [{"keys": ["a"]}, {"keys": ["r", str(turn % 8 + 1)]}, {"keys": ["o"]}][turn % 3]


@WITH_SCRIPTS
def test_mixed_cases_by_keys_and_each_undone_from_the_log(visitor, running):
    fill(running, **MIXED)
    before, (_, stood) = states(running), counts(running)
    bob = visitor(staff=True)
    bob.sign_in("moderator")
    page, fingers = bob.page, Fingers(bob.page)
    page.goto("/moderation/")
    began = time.monotonic()
    for turn in range(CASES):
        expect(page.locator("h1")).to_be_focused()
        if page.locator("summary", has_text="Show the text").count():
            fingers.press("t")
        keys = keys_for(page, turn)
        fingers.decide(*keys.pop("keys"), **keys)
        expect(page.get_by_role("status")).to_contain_text(f"{CASES - 1 - turn} left")
    print(f"{fingers.pressed} key presses, {time.monotonic() - began:.0f} s of the machine")
    assert fingers.pressed <= 2 * CASES
    assert counts(running) == (0, stood + CASES)
    assert states(running) != before

    undo_from_the_log(page, CASES)
    assert counts(running) == (CASES, stood)
    assert states(running) == before


def undo_from_the_log(page: Page, count: int) -> None:
    """The newest so many, without a mouse; further pages of the log as they come."""
    page.goto("/moderation/log/")
    for _ in range(count):
        buttons = page.get_by_role("button", name="Undo: ")
        if not buttons.count():
            page.get_by_role("link", name="Next page").press("Enter")
            page.wait_for_url("**page=2*")
        before = page.url
        buttons.first.press("Enter")
        page.wait_for_url(lambda url, before=before: url != before, wait_until="load")
        expect(page.get_by_role("status")).to_contain_text("Undone")


def test_twenty_by_keys_two_undone_ten_at_once_and_the_ten_undone(visitor, running, javascript):
    """T15."""
    fill(running, reported=22, held=8)
    bob = visitor(staff=True)
    bob.sign_in("moderator")
    page, fingers = bob.page, Fingers(bob.page)
    page.goto("/moderation/")
    for turn in range(20):
        if javascript:
            fingers.decide(*(["a"] if turn % 2 else ["r", "3"]))
        else:
            by_hand(page, remove=not turn % 2)
        expect(page.get_by_role("status")).to_contain_text(f"{29 - turn} left")
    for left in (11, 12):
        if javascript:
            fingers.decide("u")
        else:
            page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("status")).to_contain_text(f"{left} left")

    page.goto("/moderation/?view=list")
    for number in range(10):
        if javascript:
            fingers.press("j")
            fingers.press("x")
        else:
            page.locator("[name=pick]").nth(number).check()
    if javascript:
        expect(page.get_by_text("10 ticked")).to_be_visible()
        assert check(bob, "list, ticked") == []
        fingers.decide("r", "6")
    else:
        by_hand(page, remove=True, reason="Spam")
    expect(page.get_by_role("heading", level=1)).to_have_text("10 decided at once")
    if javascript:
        assert check(bob, "bulk result") == []
    assert counts(running)[0] == 2
    if javascript:
        fingers.decide("u")
    else:
        page.get_by_role("button", name="Undo all 10").click()
    expect(page.get_by_role("status")).to_contain_text("All of it is undone")
    assert counts(running)[0] == 12


def by_hand(page: Page, *, remove: bool, reason: str = "Personal attack") -> None:
    """Decide by pointing, as it goes without scripts."""
    if remove:
        page.locator(".pop.goes summary").click()
        page.get_by_role("button", name=reason).click()
    else:
        page.locator(".stays").click()


def test_two_moderators_on_one_item(visitor, running, javascript):
    """T16."""
    fill(running, reported=3)
    bob, alice = visitor(staff=True), visitor(staff=True)
    for person, role in ((bob, "moderator"), (alice, "owner")):
        person.sign_in(role)
        person.page.goto("/moderation/")
    expect(alice.page.get_by_text("bob is looking at this, too")).to_be_visible()
    alice.page.locator("summary", has_text="More").click()
    alice.page.get_by_label("For moderators only").fill("My careful note")
    by_hand(bob.page, remove=False)
    expect(bob.page.get_by_role("status")).to_contain_text("2 left")
    if javascript:
        alice.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(alice.page.locator("[data-waiting]")).to_have_text("2")
        expect(alice.page.locator("#waiting li")).to_have_count(3)
    by_hand(alice.page, remove=True)
    expect(alice.page.get_by_role("alert")).to_contain_text("bob was faster (kept")
    expect(alice.page.get_by_label("For moderators only")).to_have_value("My careful note")
    if javascript:
        assert check(alice, "decided meanwhile") == []
    assert counts(running)[0] == 2


def test_a_folded_text_is_opened_and_its_case_left_to_a_colleague(visitor, running, javascript):
    fill(running, reported=2)
    bob, alice = visitor(staff=True), visitor(staff=True)
    bob.sign_in("moderator")
    page, fingers = bob.page, Fingers(bob.page)
    page.goto("/moderation/")
    text = page.locator(".case .quoted").get_by_text("Reported comment 0")
    expect(page.locator(".case").get_by_text("Report: Racism or hate")).to_be_visible()
    expect(page.get_by_text("Reported comment 0").locator("visible=true")).to_have_count(0)
    if javascript:
        fingers.press("t")
    else:
        page.locator("summary", has_text="Show the text").click()
    expect(text).to_be_visible()
    if javascript:
        assert check(bob, "unfolded", [(1280, "light"), (320, "dark")]) == []
        fingers.press("h")
        expect(page.get_by_label("For moderators only")).to_be_focused()
        assert check(bob, "leaving", [(320, "light"), (1280, "dark")]) == []
        fingers.decide(words="I know the author.", then="Control+Enter")
    else:
        page.locator("summary", has_text="More").click()
        page.get_by_label("For moderators only").fill("I know the author.")
        page.get_by_role("button", name="Leave it to a colleague").click()
    expect(page.get_by_role("status")).to_contain_text("Left to a colleague: comment 2. 2 left")
    alice.sign_in("owner")
    alice.page.goto("/moderation/")
    expect(alice.page.get_by_text("Bob left this to a colleague")).to_be_visible()
    expect(alice.page.get_by_text("I know the author.", exact=True)).to_be_visible()
    if javascript:
        assert check(alice, "left to her") == []
        fingers.decide("u")
    else:
        page.get_by_role("button", name="Undo").click()
    alice.page.reload()
    expect(alice.page.get_by_text("Bob left this to a colleague")).to_have_count(0)


def test_part_of_the_queue_is_asked_for_and_gone_through(visitor, running, javascript):
    fill(running, reported=2, held=2)
    bob = visitor(staff=True)
    bob.sign_in("moderator")
    page = bob.page
    page.goto("/moderation/?view=list")
    page.locator("summary", has_text="Only one post, or one rule").click()
    page.get_by_label("Held by").select_option("Links")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("[name=pick]")).to_have_count(2)
    if javascript:
        assert check(bob, "part of the list") == []
    page.get_by_role("link", name="Go through them one by one").click()
    if javascript:
        assert check(bob, "part of the queue") == []
    for left in ("1 left of these", "Nothing waits here"):
        page.locator(".stays").click()
        expect(page.locator("main")).to_contain_text(left)
    if javascript:
        assert check(bob, "nothing in this part") == []
    page.get_by_role("link", name="Show all").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Comment")


@WITH_SCRIPTS
def test_mixed_cases_by_taps_on_a_phone(visitor, running):
    """T17, with as many cases as by keys."""
    fill(running, **MIXED)
    before, (_, stood) = states(running), counts(running)
    bob = visitor(staff=True, viewport={"width": 375, "height": 667}, has_touch=True, is_mobile=True)
    bob.sign_in("moderator")
    page, small = bob.page, set()
    page.goto("/moderation/")
    for turn in range(CASES):
        appealed = page.get_by_text("Appeal by its author").count()
        if turn % 2 and appealed:
            page.get_by_label("Your answer to the author").fill("It names a unit.")
            page.locator("button.goes").tap()
        elif turn % 2:
            page.locator(".pop.goes summary").tap()
            if turn < 6:
                small |= set(page.evaluate(SMALL))
            page.get_by_role("button", name="Spam").tap()
        else:
            keep, goes = page.locator(".stays").bounding_box(), page.locator(".big > .goes").bounding_box()
            assert goes["x"] - keep["x"] - keep["width"] > 44
            small |= set(page.evaluate(SMALL))
            page.locator(".stays").tap()
        expect(page.get_by_role("status")).to_contain_text(f"{CASES - 1 - turn} left")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert counts(running) == (0, stood + CASES)
    for path in ("/moderation/log/", "/moderation/?view=list"):
        page.goto(path)
        small |= set(page.evaluate(SMALL))
    assert "; ".join(sorted(small)) == ""
    undo_from_the_log(page, CASES)
    assert states(running) == before


@WITH_SCRIPTS
def test_keys_do_nothing_with_modifiers_while_typing_or_switched_off(visitor, running):
    fill(running, reported=2)
    bob = visitor(staff=True)
    bob.sign_in("moderator")
    page = bob.page
    page.goto("/moderation/")
    case = page.locator("[data-case]").get_attribute("data-case")
    for keys in ("Control+a", "Alt+a", "Meta+a", "Shift+A"):
        page.keyboard.press(keys)
    page.keyboard.press("n")
    page.keyboard.type("aroju")
    expect(page.get_by_label("The note, which readers see")).to_have_value("aroju")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert check(bob, "sheet of keys") == []
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_label("Use these keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("a")
    page.reload()
    page.keyboard.press("a")
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Use these keys").check()
    page.keyboard.press("Escape")
    assert page.locator("[data-case]").get_attribute("data-case") == case
    assert counts(running)[0] == 2
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("1 left")


@WITH_SCRIPTS
def test_every_state_of_the_pages_is_sound(visitor, running):
    fill(running, reported=3, held=1, appealed=1)
    bob = visitor(staff=True)
    bob.sign_in("moderator")
    page, wrong = bob.page, []
    looks = [(1280, "light"), (320, "dark"), (768, "light"), (1280, "forced")]
    page.goto("/moderation/")
    wrong += check(bob, "case", looks)
    for name in ("Remove it", "Keep it with a note", "More"):
        page.locator("summary", has_text=name).click()
        wrong += check(bob, name, [(1280, "light"), (320, "dark")])
    page.set_viewport_size({"width": 1280, "height": 800})
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("4 left")
    wrong += check(bob, "after a decision", looks)
    for case in page.locator("#waiting a").evaluate_all("all => all.map(a => a.pathname)"):
        page.goto(case)
        wrong += check(bob, case)
    for path in ("/moderation/?view=list", "/moderation/log/", "/moderation/?show=decided", "/moderation/log/?q=toad"):
        page.goto(path)
        wrong += check(bob, path, looks)
    fill(running)
    page.goto("/moderation/")
    wrong += check(bob, "nothing waits", looks)
    assert wrong == []
