"""The owner's editor has the check, too: a quiet list while writing, one question before readers see it."""

from __future__ import annotations

import html
import re

import pytest

from forum.models import Post
from tests.forum.test_before_posting import settle
from tests.scenery import make_post, send_discussion

TELLING = "They moved X320741 to us, and <em>nobody</em> asked."
NEW = {"title": "Moves", "body": TELLING, "labels": "", "comments_open": "on"}
ASKED = "Not published yet: this may identify someone."


def checked_of(response) -> dict[str, str]:
    found = re.findall(r'name="checked" value="([^"]*)"', response.content.decode())
    return {"checked": found[0]} if found else {}


def test_a_draft_is_saved_and_the_list_stands_quietly_above_the_buttons(as_alice):
    saved = as_alice.post("/desk/posts/new/", NEW | {"publish": "draft"}, follow=True)
    page = saved.content.decode()
    assert Post.objects.get().state == Post.State.DRAFT
    assert "This may identify someone:" in page and "“<bdi>X320741</bdi>”: a case number (CRN)" in page
    assert ASKED not in page
    assert page.index("This may identify someone:") < page.index("<button>Save</button>")


def test_the_preview_lists_them_and_asks_nothing(as_alice):
    page = as_alice.post("/desk/posts/new/", NEW | {"publish": "now", "preview": ""}).content.decode()
    assert "This may identify someone:" in page and ASKED not in page
    assert not Post.objects.exists()


@pytest.mark.parametrize("when", [{"publish": "now"}, {"publish": "later", "publish_at": "2090-01-01T09:00"}])
def test_before_readers_see_it_one_question(as_alice, when):
    asked = as_alice.post("/desk/posts/new/", NEW | when)
    assert asked.status_code == 422
    assert ASKED in asked.content.decode()
    assert html.escape(TELLING) in asked.content.decode()
    assert not Post.objects.exists()
    # Another text is another question.
    other = as_alice.post("/desk/posts/new/", NEW | when | checked_of(asked) | {"body": "Now A8812DQ."})
    assert other.status_code == 422
    as_alice.post("/desk/posts/new/", NEW | when | checked_of(asked))
    assert Post.objects.get().state in (Post.State.PUBLISHED, Post.State.SCHEDULED)


def test_what_readers_see_already_is_not_asked_about_again(as_alice):
    post = make_post("Moves", TELLING)
    change = NEW | {"publish": "now", "version": post.version, "body": f"{TELLING} Shame."}
    assert as_alice.post(f"/desk/posts/{post.pk}/", change).status_code == 302
    post.refresh_from_db()
    change |= {"version": post.version, "body": f"{TELLING} Ring 07700 900123."}
    assert as_alice.post(f"/desk/posts/{post.pk}/", change).status_code == 422


def test_an_update_is_asked_about_with_its_words_kept(as_alice):
    post = make_post("Moves")
    sent = {"headline": "Later <that> day", "body": TELLING}
    asked = as_alice.post(f"/desk/posts/{post.pk}/updates/", sent)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert ASKED in page and html.escape(TELLING) in page and "Later &lt;that&gt; day" in page
    assert not post.updates.exists()
    as_alice.post(f"/desk/posts/{post.pk}/updates/", sent | checked_of(asked))
    assert post.updates.get().body == TELLING


def test_a_readers_discussion_is_asked_about_before_it_is_published(as_alice):
    post, _ = send_discussion("Moves", TELLING)
    path = f"/desk/discussions/{post.pk}/"
    assert "This may identify someone:" in as_alice.get(path).content.decode()
    decision = {"title": "Moves", "body": TELLING, "version": post.version, "action": "publish"}
    asked = as_alice.post(path, decision)
    assert asked.status_code == 422 and ASKED in asked.content.decode()
    as_alice.post(path, decision | checked_of(asked))
    post.refresh_from_db()
    assert post.is_published


def test_the_lead_in_of_a_round_up_is_looked_over(as_alice):
    settle(watched_names="Skerrow")
    page = as_alice.post(
        "/desk/round-up/", {"title": "Voices", "lead_in": "From Skerrow:", "order": ""}
    ).content.decode()
    assert "“<bdi>Skerrow</bdi>”: a name that the owner asks to leave out" in page


def test_a_hint_is_no_question_for_the_owner(as_alice):
    sent = NEW | {"publish": "now", "body": "She was a PSO in Cumbria, 22 years in the job."}
    assert as_alice.post("/desk/posts/new/", sent).status_code == 302
