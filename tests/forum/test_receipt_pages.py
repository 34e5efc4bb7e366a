"""The author's own page: by code or words, in bodies only; wrong codes find nothing and stop nobody else."""

import re
import secrets
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum import limits, receipts, site
from forum.errors import NoSuchReceipt
from forum.models import LaterComment, SiteSettings
from forum.receipt_words import show_words
from forum.services.comments import find_by_code, refuse_comment, remove_comment, withdraw_comment
from forum.services.posting import Submission, post_comment
from forum.services.tickets import open_ticket
from forum.views.receipts import owned_by
from tests.forum.test_states import LINKS
from tests.scenery import at, code_text, send_discussion, write, write_with_code

pytestmark = pytest.mark.django_db


def opened(client, code, path="/receipts/", **fields):
    return client.post(path, {"code": code if isinstance(code, str) else code_text(code), **fields})


def shown(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_code_and_its_words_open_the_same_page(client, post):
    _, code = write_with_code(post, "All is well.")
    by_code = opened(client, code)
    assert by_code.status_code == 200
    assert "All is well." in by_code.content.decode()
    for typed in (" ".join(show_words(code)), "-".join(show_words(code)).upper()):
        assert shown(opened(client, typed)) == shown(by_code)
    assert by_code.headers["Cache-Control"].split(", ").count("no-store") == 1
    assert not by_code.cookies


def test_an_address_opens_nothing(client, post):
    _, code = write_with_code(post, "All is well.")
    for path in ("/receipts/", "/receipts/text/", "/receipts/appeal/", "/receipts/withdrawal/"):
        response = client.get(path, {"code": code_text(code)})
        assert "All is well." not in response.content.decode()
        assert response.status_code == (200 if path == "/receipts/" else 405)


def test_the_posted_page_shows_the_comment_in_its_place_its_code_and_its_words(client, post):
    first = write(post, "Who has a rota?")
    ticket = post_comment(post=post, submission=Submission("Not me.", first.number))
    code = open_ticket(ticket).code
    page = client.get(f"/posted/{ticket}/")
    html = page.content.decode()
    assert re.search("Who has a rota.*Not me", html, re.DOTALL)
    assert "Save a private link? Not on a work device." in html
    assert f'id="code">{receipts.show_code(code)}<' in html
    assert f'id="words">{" ".join(show_words(code))}<' in html
    assert "Change or remove it" in html
    assert f"{post.get_absolute_url()}/c/2/replies.atom" in html
    assert page.headers["Referrer-Policy"] == "strict-origin"


def test_a_parent_that_is_gone_is_not_shown_again(client, post):
    first, _ = write_with_code(post, "Who has a rota?")
    ticket = post_comment(post=post, submission=Submission("Not me.", first.number))
    code = open_ticket(ticket).code
    remove_comment(comment_id=first.pk, reason="Spam")
    for page in (client.get(f"/posted/{ticket}/"), opened(client, code)):
        assert "Who has a rota" not in page.content.decode()
        assert "Removed by a moderator" in page.content.decode()


def test_each_state_says_what_it_is_and_why(client, post):
    comment, code = write_with_code(post, LINKS)
    assert "Waiting for a moderator" in shown(opened(client, code))
    refuse_comment(comment_id=comment.pk, reason="Spam. Five links")
    refused = shown(opened(client, code))
    assert "Refused by a moderator" in refused
    assert "Reason: Spam. Five links." in refused
    withdraw_comment(code=code)
    gone = shown(opened(client, code))
    assert "You withdrew it" in gone
    assert "Change" not in gone
    assert LINKS not in gone


def test_a_change_on_the_page(client, post):
    with at("2026-01-13T10:15:00"):
        _, code = write_with_code(post, "The rota is late.")
        changed = opened(client, code, "/receipts/text/", text="The rota is here.")
        assert changed.status_code == 200
        assert "Your change is saved." in changed.content.decode()
        assert "edited 10:15" in client.get(post.get_absolute_url()).content.decode()
        wrong = opened(client, code, "/receipts/text/", text=" ")
        assert (wrong.status_code, "Enter a comment." in wrong.content.decode()) == (422, True)
    with at("2026-01-13T11:15:00"):
        late = opened(client, code, "/receipts/text/", text="The rota is <gone>.")
    assert late.status_code == 409
    assert "The time to change it ended at 10:30." in late.content.decode()
    assert "The rota is &lt;gone&gt;." in late.content.decode()
    assert "The rota is here." in late.content.decode()


def test_a_later_comment_is_changed_and_withdrawn_before_it_appears(client, post):
    posted = open_ticket(post_comment(post=post, submission=Submission("The rota is late.", later=True)))
    changed = opened(client, posted.code, "/receipts/text/", text="The rota is here.")
    assert "Your change is saved." in changed.content.decode()
    assert LaterComment.objects.get().source == "The rota is here."
    assert opened(client, posted.code, "/receipts/withdrawal/").status_code == 200
    assert not LaterComment.objects.exists()
    gone = opened(client, posted.code, "/receipts/text/", text="Still there?")
    assert gone.status_code == 404
    assert "Still there?" in gone.content.decode()


def test_a_receipt_opens_its_own_comment_only(client, post):
    _, mine = write_with_code(post, "Mine.")
    other, _ = write_with_code(post, "Not mine.")
    for path, fields in (
        ("/receipts/withdrawal/", {"comment": other.pk, "id": other.pk}),
        ("/receipts/text/", {"text": "Changed.", "number": other.number}),
    ):
        opened(client, mine, path, **fields)
    other.refresh_from_db()
    assert (other.source, other.state) == ("Not mine.", "published")


def test_a_thousand_wrong_codes_find_nothing_and_the_right_one_still_works(post):
    """Each that differs in one bit among them. `make prove` sends ten thousand over HTTP."""
    _, code = write_with_code(post, "All is well.")
    near = [(int.from_bytes(code, "big") ^ 1 << bit).to_bytes(16, "big") for bit in range(128)]
    for wrong in (*near, *(secrets.token_bytes(16) for _ in range(1_000 - 128))):
        with pytest.raises(NoSuchReceipt):
            owned_by(wrong)
    assert owned_by(code).source == "All is well."


def test_wrong_codes_are_slowed_and_right_ones_are_not(client, post):
    """From the very address from which the right one comes: an office is one address."""
    _, code = write_with_code(post, "All is well.")
    statuses = Counter(opened(client, secrets.token_bytes(16)).status_code for _ in range(100))
    # A new window may have begun meanwhile.
    assert statuses[404] in (limits.RECEIPT.most, 2 * limits.RECEIPT.most)
    assert statuses[404] + statuses[429] == 100
    for _ in range(limits.RECEIPT.most + 1):
        assert "All is well." in opened(client, code).content.decode()
    assert opened(client, " ".join(show_words(code)), "/receipts/text/", text="Better.").status_code == 200


def test_wrong_codes_tell_nothing(client, post):
    """Nearly right, far off, once right, no code at all: the same page."""
    _, code = write_with_code(post, "All is well.")
    near = bytes([*code[:-1], code[-1] ^ 1])
    pages = []
    for typed in (code_text(near), code_text(bytes(16)), " ".join(show_words(near)), "nonsense"):
        response = opened(client, typed)
        assert response.status_code == 404
        pages.append(response.content.decode().replace(typed, "…"))
    assert len(set(pages)) == 1


def test_a_code_is_looked_up_by_its_hash_alone(client, post):
    _, code = write_with_code(post, "All is well.")
    with CaptureQueriesContext(
        connection,
    ) as captured:
        opened(client, bytes(16))
    asked = [query["sql"] for query in captured if "receipt_hash" in query["sql"].partition("WHERE")[2]]
    assert len(asked) == 5
    assert not any(code_text(bytes(16)) in sql or bytes(16).hex() in sql for sql in asked)
    assert code


def test_replies_can_be_followed_by_a_feed_that_says_nothing_of_who(client, post):
    first, code = write_with_code(post, "Who has a rota?")
    address = f"{post.get_absolute_url()}/c/1/replies.atom"
    assert address in opened(client, code).content.decode()
    second = write(post, "Not me.", first)
    write(post, "Nor me.", second)
    write(post, "Something else.")
    write(post, LINKS, first)
    feed = client.get(address)
    entries = re.findall(r"<content[^>]*>(.*?)</content>", feed.content.decode(), re.DOTALL)
    assert [re.sub(r"&lt;.*?&gt;", "", entry).strip() for entry in entries] == ["Nor me.", "Not me."]
    assert feed.headers["Cache-Control"] == "public, no-cache"
    assert client.get(address, headers={"If-None-Match": feed.headers["ETag"]}).status_code == 304
    withdraw_comment(code=code)
    after = client.get(address).content.decode()
    assert "Not me." in after
    assert "Who has" not in after
    assert client.get(f"{post.get_absolute_url()}/c/99/replies.atom").status_code == 404


def test_a_discussion_that_was_withdrawn_twice_says_so(client):
    _, code = send_discussion()
    assert opened(client, code, "/receipts/withdrawal/").status_code == 200
    again = opened(client, code, "/receipts/withdrawal/")
    assert again.status_code == 409
    assert "There is a problem" in again.content.decode()


def test_a_change_is_asked_about_like_a_new_comment(client, post):
    _, code = write_with_code(post, "All is well.")
    asked = opened(client, code, "/receipts/text/", text="Ask for X123456 at the desk.")
    assert asked.status_code == 422
    assert "may identify someone" in shown(asked)
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked.content.decode()))
    assert "X123456" not in opened(client, code).content.decode()
    back = client.post("/receipts/text/", sent)
    assert "Ask for X123456 at the desk.</textarea>" in back.content.decode()
    sent.pop("change")
    site.save(SiteSettings(strict_check=True))
    held = client.post("/receipts/text/", sent)
    assert "It may identify someone" in shown(held)
    assert find_by_code(code).state == "held"
