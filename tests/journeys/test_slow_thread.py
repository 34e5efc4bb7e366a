"""A slow thread, for whoever writes too early and for the moderator who sets its pace."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.test_every_page import check


def test_a_slow_thread_says_so_and_keeps_what_came_too_early(visitor, running, javascript):
    path = running.first_post()
    running.manage(
        "shell",
        "-v0",
        "-c",
        "from forum.models import Comment; from forum.services.slow_threads import slow_thread;"
        f"c = Comment.objects.get(post__slug='{path.rsplit('/', 1)[1][:-5]}', number=1);"
        "slow_thread(comment_id=c.pk, minutes=30)",
    )
    running.post(f"{path}/comments", text="First word.", reply_to="1")
    eve = visitor()
    eve.page.goto(f"{path}/reply?to=1")
    expect(eve.page.get_by_text("This thread is slow")).to_be_visible()
    eve.page.get_by_label("Your reply").fill("Last word.")
    eve.page.get_by_role("button", name="Post comment").click()
    expect(eve.page.get_by_role("alert")).to_contain_text("Wait ")
    expect(eve.page.get_by_label("Your reply")).to_have_value("Last word.")
    if javascript:
        assert check(eve, "too early in a slow thread") == []


@pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with JavaScript"])
def test_a_moderator_sets_the_pace(visitor, running):
    bob = visitor(staff=True)
    bob.sign_in("moderator")
    bob.page.goto("/moderation/cases/2/")
    bob.page.get_by_text("Slow mode of this thread").click()
    assert check(bob, "slow mode") == []
    bob.page.get_by_label("One comment from each network").select_option("Every 5 minutes")
    bob.page.get_by_role("button", name="Set the pace").click()
    expect(bob.page.get_by_role("status").first).to_contain_text("Thread slowed")
    expect(bob.page.get_by_text("Slow mode of this thread: 5 min")).to_be_visible()
