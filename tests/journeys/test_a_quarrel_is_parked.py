"""A quarrel of thirty comments is parked by a moderator in less than a minute; its next beginning meets the rule."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.journeys.test_every_page import check
from tests.moderation.test_topics import HARMLESS, LIKE, WORDS

pytestmark = pytest.mark.staff

# One long branch, and eight comments of it elsewhere under the same post, three of them in answer to calm ones.
SEED = """
from forum.models import Comment, Post
from forum.services.posting import Submission, post_comment
from moderation.models import Topic
from tests.scenery import make_post, write
own = make_post("Grades: who does what")
Topic.objects.create(name="grades", words={words!r}, rule="Grades have a post of their own.", post=own)
post = make_post("The new rota")
calm = [write(post, f"The rota of week {{n}} is out.") for n in range(6)]
like = {like!r}
first = last = write(post, like[0], calm[0])
for n in range(21):
    last = write(post, f"{{like[n % 2]}} And {{n}}." if n % 3 else f"You would say that, {{n}}.", last if n % 4 else first)
for n in range(8):
    write(post, f"{{like[1 + n % 2]}} Number {{n}}.", calm[n] if n in (1, 2, 3) else None)
print(post.get_absolute_url(), own.get_absolute_url())
"""


@pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with JavaScript"])
def test_thirty_comments_are_parked_in_a_minute_and_the_next_meets_the_rule(visitor, running):
    out = running.manage("shell", "-v0", "-c", SEED.format(words=WORDS, like=LIKE))
    path, own = out.strip().splitlines()[-1].split()
    bob = visitor(staff=True)
    bob.sign_in("moderator")
    bob.page.goto(path)
    start = time.monotonic()
    bob.page.get_by_role("link", name="Moderate #7", exact=True).click()
    bob.page.get_by_role("link", name="All comments of this post that look like grades").click()
    assert check(bob, "what looks like a topic") == []
    bob.page.get_by_role("button", name="Park").click()
    expect(bob.page.get_by_role("status").first).to_contain_text("30 comments parked")
    seconds = time.monotonic() - start
    print(f"thirty comments parked in {seconds:.1f} s and 3 presses")
    assert seconds < 60
    dana = visitor()
    dana.page.goto(path)
    expect(dana.page.get_by_text("moved to Grades: who does what").first).to_be_visible()
    assert check(dana, "signposts") == []
    dana.page.get_by_role("link", name="22 comments were moved to Grades: who does what").click()
    expect(dana.page).to_have_title("Grades: who does what" + dana.page.title()[21:])
    dana.page.goto(f"{path}?c=8")
    assert dana.page.url.startswith(running.url + own)
    for text in HARMLESS:
        dana.page.goto(f"{path}/reply")
        dana.page.get_by_label("Your comment").fill(text)
        dana.page.get_by_role("button", name="Preview").click()
        expect(dana.page.get_by_role("heading", name="Preview")).to_be_visible()
        expect(dana.page.get_by_text("a rule stands here")).to_have_count(0)
    dana.page.goto(f"{path}/reply")
    dana.page.get_by_label("Your comment").fill(LIKE[3])
    dana.page.get_by_role("button", name="Preview").click()
    expect(dana.page.get_by_text("About grades, a rule stands here")).to_be_visible()
    dana.page.get_by_role("button", name="Post comment").first.click()
    expect(dana.page.get_by_role("heading", name="Before you post: a rule stands here")).to_be_visible()
    assert check(dana, "the rule before posting") == []
    dana.page.get_by_role("button", name="Post it as it is").click()
    expect(dana.page.get_by_role("heading", level=1)).to_contain_text("Your comment is number 37")
    bob.page.get_by_role("button", name="Undo all of it").click()
    expect(bob.page.get_by_role("status").first).to_contain_text("Undone")
    dana.page.goto(path)
    expect(dana.page.get_by_text("moved to Grades")).to_have_count(0)
    alice = visitor(staff=True)
    alice.sign_in("owner")
    alice.page.goto("/moderation/topics/")
    assert check(alice, "topics") == []
    alice.page.locator("a", has_text="Change it").click()
    assert check(alice, "a topic") == []
