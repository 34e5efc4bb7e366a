"""Alice at half past six: a pasted article with her words, a quotation and a picture, on time; an update; a round-up."""

from __future__ import annotations

import datetime
import io
import re
import sys
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor
from tests.journeys.test_editor import ARTICLE, PASTE, PLAIN
from tests.journeys.test_staff_sign_in import sign_in_with_a_passkey

pytestmark = pytest.mark.staff

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def clock(running):
    running.spawn("the clock", [sys.executable, "manage.py", "send_digests", "--loop"])


def picture_file() -> dict[str, object]:
    file = io.BytesIO()
    Image.new("RGB", (640, 400), "#667788").save(file, "JPEG")
    return {"name": "queue.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def uploaded(page) -> str:
    """Upload a picture; the lines to set into a post."""
    page.goto("/desk/pictures/")
    page.get_by_label("File").set_input_files(picture_file())
    page.get_by_label("Alternative text").fill("A queue outside a locked room")
    page.get_by_label("Credit").fill("A reader")
    page.get_by_role("button", name="Upload").click()
    return page.get_by_label("Copy these lines into a post").input_value()


def test_a_round_up_of_five_comments_from_three_posts_follows_what_happens_to_them(browser, running):
    alice, dana = Visitor(browser, running), Visitor(browser, running)
    posts = re.findall(r'<h2><a href="(/2[^"]+)"', running.get("/")[1])[-3:]
    body = running.post(f"{posts[0]}/comments", text="I will take this back.")[1]
    code, number = body.split('id="code">')[1].split("<")[0], re.search(r"is number (\d+)", body)[1]
    alice.sign_in("owner")
    page = alice.page
    for path, count in zip(posts, (2, 2, 1), strict=True):
        page.goto(path)
        page.get_by_role("link", name="Collect", exact=True).click()
        boxes = page.get_by_role("checkbox")
        picked = [page.get_by_label(f"Collect number {number}", exact=True)] if path == posts[0] else []
        for box in [*picked, *(boxes.nth(place) for place in range(count - len(picked)))]:
            box.check()
        page.get_by_role("button", name="Collect what is ticked").first.click()
    expect(page.get_by_role("spinbutton")).to_have_count(5)
    page.get_by_role("spinbutton").nth(4).fill("1")
    page.get_by_label("Title").fill("Heard this week")
    page.get_by_label("Lead-in").fill("Five of you, in your words:-")
    page.get_by_role("button", name="Make a draft of it").click()
    page.get_by_label("Publish now").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("figure")).to_have_count(5)
    round_up = page.url

    dana.page.goto(round_up)
    expect(dana.page.get_by_role("figure").filter(has_text="I will take this back.")).to_have_count(1)
    dana.page.goto(f"{posts[0]}?c={number}")
    expect(dana.comment(int(number))).to_contain_text("Featured in Heard this week")
    running.post("/receipts/withdrawal/", code=code)
    dana.page.goto(round_up)
    expect(dana.page.get_by_role("figure")).to_have_count(5)
    expect(dana.page.get_by_text("I will take this back.")).to_have_count(0)
    expect(dana.page.get_by_role("figure").filter(has_text="Withdrawn by its author")).to_have_count(1)
    dana.close()
    alice.close(cookies=True)


def write_and_schedule(page, picture: str) -> datetime.datetime:
    """A pasted article, words of one's own, a quotation and a picture, for the next minute; that minute."""
    page.goto("/desk/posts/new/")
    page.get_by_label("Title").fill("Rooms for all, says the Gazette")
    area = page.get_by_label("Text", exact=True)
    area.fill("Nobody asked us:-\n\n")
    area.evaluate("area => area.setSelectionRange(area.value.length, area.value.length)")
    area.evaluate(PASTE, [ARTICLE, PLAIN])
    expect(area).to_have_value(re.compile("- South$"))
    page.get_by_role("button", name="Source quotation").click()
    page.keyboard.type("The Northmere Gazette")
    area.fill(area.input_value().replace("(text)", "Their words, not ours.") + f"\n\n{picture}\n")
    # Saved before it comes, even if this minute is nearly over.
    soon = datetime.datetime.now(LONDON) + datetime.timedelta(seconds=15)
    minute = soon.replace(second=0, microsecond=0) + datetime.timedelta(minutes=1)
    page.get_by_label("Publish later").check()
    page.get_by_label("Date and time").fill(f"{minute:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text(f"It appears on {minute:%A} {minute.day}")
    return minute


def wait_for(page, link, minute: datetime.datetime) -> None:
    """Reload until the post is there, which it must not be before its minute."""
    page.goto("/")
    assert link.count() == 0 or datetime.datetime.now(LONDON) >= minute
    for _ in range(80):
        if link.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    assert datetime.datetime.now(LONDON) >= minute


def test_a_post_with_everything_appears_at_its_minute_and_is_updated(browser, running, clock):
    alice, dana = sign_in_with_a_passkey(browser, running), Visitor(browser, running)
    page = alice.page
    minute = write_and_schedule(page, uploaded(page))
    link = dana.page.get_by_role("link", name="Rooms for all, says the Gazette", exact=True)
    wait_for(dana.page, link, minute)
    link.click()
    expect(dana.page.get_by_role("figure").filter(has_text="From The Northmere Gazette")).to_contain_text("Their words")
    shown = dana.page.get_by_role("img", name="A queue outside a locked room")
    shown.scroll_into_view_if_needed()
    dana.page.wait_for_function("() => [...document.images].every(image => image.complete && image.naturalWidth)")

    page.goto(dana.page.url.replace("127.0.0.1", "localhost"))
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Headline").fill("Taken back")
    page.get_by_label("Text of the update").fill("They took it back at nine.")
    page.get_by_role("button", name="Publish the update").click()
    page.wait_for_url("**#update-1")
    dana.page.goto("/")
    expect(dana.page.get_by_role("listitem").filter(has_text="Rooms for all").first).to_contain_text("Updated")
    link.click()
    expect(dana.page.locator("#update-1")).to_contain_text("They took it back at nine.")
    dana.close()
    alice.context.close()
