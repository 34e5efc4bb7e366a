"""What programs do and people do not: hidden fields, forms that come back at once, one text many times."""

import random
import re
import time

import pytest
from django.core.signing import Signer
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st

from forum import likeness, traps
from forum.look_alikes import letters_of
from forum.models import Comment
from tests.abusers import ZERO_WIDTH, disguised
from tests.journeys.long_threads import Chatter
from tests.scenery import make_post

CALL = (
    "Write to your member of parliament this week about the closing of the night bus for hostel staff. "
    "They only listen when the letters come in by the hundred, so copy this text and send it on to everybody."
)


pytestmark = pytest.mark.usefixtures("middle_of_a_window")


def last() -> Comment:
    return Comment.objects.order_by("-pk")[0]


def test_a_comment_with_the_hidden_field_filled_in_is_held_and_not_lost(client, path):
    page = client.post(path, {"text": "Cheap watches", traps.FIELD: "https://watches.example"}, follow=True)
    assert last().state == Comment.State.HELD
    assert "A field was filled in that people do not see" in page.content.decode()
    assert last().cases.get().held_by_rule == "hidden field filled in"
    client.post(path, {"text": "A person", traps.FIELD: " "})
    assert last().is_published


def test_every_form_for_comments_has_the_field_out_of_sight_and_out_of_reach(client, post):
    for address in (post.get_absolute_url(), f"{post.get_absolute_url()}/reply"):
        page = client.get(address).content.decode()
        field = re.search(rf'<div class="vh" aria-hidden="true"><label>[^<]*<input name="{traps.FIELD}"[^>]*>', page)[0]
        assert 'tabindex="-1"' in field
        assert 'autocomplete="off"' in field


def opened_in(page) -> str:
    return re.search(rf'name="{traps.OPENED}" value="([^"]+)"', page.content.decode())[1]


def test_a_quick_form_is_no_matter_and_many_from_one_network_are(client, post, path):
    """Somebody pastes, or finds a draft: one quick form says nothing."""
    for number in range(traps.HASTE.most):
        opened = opened_in(client.get(f"{post.get_absolute_url()}/reply"))
        client.post(path, {"text": f"Pasted {number}", traps.OPENED: opened})
        assert last().is_published
    client.post(path, {"text": "One more", traps.OPENED: opened})
    assert last().state == Comment.State.HELD
    assert last().cases.get().held_by_rule == "faster than people write"
    client.post(path, {"text": "From elsewhere", traps.OPENED: opened}, REMOTE_ADDR="198.51.100.7")
    assert last().is_published


@pytest.mark.parametrize(
    "opened",
    ["", "nonsense", "1764000000:forged", Signer(salt="other").sign("1"), "9" * 5000, lambda: slow()],
    ids=["shared form", "nonsense", "forged", "other purpose", "endless", "after a minute"],
)
def test_only_a_form_that_says_so_by_our_word_was_quick(client, path, opened):
    value = opened() if callable(opened) else opened
    for number in range(traps.HASTE.most + 2):
        client.post(path, {"text": f"Comment {number}", traps.OPENED: value})
    assert Comment.objects.published().count() == traps.HASTE.most + 2


def slow() -> str:
    return traps._signer().sign(str(int(time.time()) - 60))


def test_a_form_keeps_the_time_when_it_was_made_through_preview_and_mistakes(client, post):
    opened = slow()
    for address in ("preview", "comments"):
        page = client.post(f"{post.get_absolute_url()}/{address}", {"text": "", traps.OPENED: opened})
        assert opened_in(page) == opened


def test_one_text_many_times_is_held_wherever_it_comes_from(path):
    for number in range(likeness.MOST + 1):
        address = f"{make_post(f'Post {number}').get_absolute_url()}/comments"
        Client().post(address, {"text": f"{CALL} {number}"}, REMOTE_ADDR=f"198.51.100.{number}")
    states = list(Comment.objects.order_by("pk").values_list("state", flat=True))
    assert states == [Comment.State.PUBLISHED] * likeness.MOST + [Comment.State.HELD]
    assert last().cases.get().held_by_rule == "like many others"


@pytest.mark.django_db
def test_what_was_not_taken_does_not_count_as_like(client, path):
    for _ in range(likeness.MOST + 1):
        assert client.post(path, {"text": CALL, "reply_to": "99"}).status_code == 409
    client.post(path, {"text": CALL})
    assert last().is_published


def test_what_people_quote_from_each_other_is_their_own_matter():
    chatter = Chatter()
    for _ in range(likeness.MOST + 3):
        text = f"> {CALL}\n\n{chatter.some(20, 30)}"
        assert not likeness.is_one_too_many(text)
        likeness.note(text)


def test_short_words_are_alike_by_nature():
    for _ in range(likeness.MOST + 3):
        assert not likeness.is_one_too_many("I agree with every word of this.")
        likeness.note("I agree with every word of this.")


def test_disguised_copies_are_found_and_what_people_write_is_not():
    """Of the copies after the first seven at least 95 in 100 are found; of 400 other texts at most 2 in 100."""
    dice, chatter = random.Random(11), Chatter()
    found = wrong = 0
    for original in [CALL, *(chatter.some(25, 60) for _ in range(3))]:
        for number in range(57):
            copy = disguised(original, dice)
            found += likeness.is_one_too_many(copy) and number >= 7
            likeness.note(copy)
    for text in (chatter.some(12, 60) for _ in range(400)):
        wrong += likeness.is_one_too_many(text)
        likeness.note(text)
    assert found >= 190
    assert wrong <= 8


@given(st.text(), st.sampled_from([*ZERO_WIDTH, " ", ".", "\u0301"]))
def test_what_is_put_between_letters_changes_nothing(text, between):
    plain = letters_of(text)
    assert letters_of(between.join(text)) == plain
    assert letters_of(plain) == plain


@override_settings(FORUM_LIMITS=False)
def test_pace_and_likeness_can_be_switched_off_for_measuring(client, path):
    opened = traps.opened_now()
    for number in range(traps.HASTE.most + likeness.MOST):
        client.post(path, {"text": f"{CALL} {number}", traps.OPENED: opened})
    assert Comment.objects.published().count() == traps.HASTE.most + likeness.MOST
