"""When too much comes in: who is asked for a proof of work, what one is worth, and what happens without."""

import copy
import json
import time

import pytest
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st

from forum import pressure, proofs
from forum.limits import PROVEN_COMMENT, UNPROVEN_COMMENT
from forum.models import Comment, Post
from tests.abusers import challenge_in, opened, packed, solve
from tests.scenery import DEAD_REDIS, at_once, make_post

QUIET = pressure.NETWORK.most
ONE_TRY = range(1, 2)


pytestmark = pytest.mark.usefixtures("middle_of_a_window")


def press(path: str, times: int = QUIET, **origin: str) -> None:
    """Send as much as a network may without being asked; nothing of it makes a comment."""
    client = Client()
    for _ in range(times):
        assert client.post(path, {"text": ""}, **origin).status_code == 422


def test_fifty_people_behind_one_address_are_asked_nothing(path):
    for person in range(50):
        assert Client().post(path, {"text": f"I am number {person}, and I write just now."}).status_code == 303
    assert Comment.objects.published().count() == 50


def test_too_many_comments_are_429_and_the_text_is_kept(client, path):
    press(path)
    for _ in range(UNPROVEN_COMMENT.most):
        client.post(path, {"text": "", "unproven": "1"})
    response = client.post(path, {"text": "One too many", "unproven": "1"})
    assert response.status_code == 429
    assert "One too many" in response.content.decode()
    assert "Wait " in response.content.decode()
    elsewhere = client.post(path, {"text": "From another network"}, REMOTE_ADDR="198.51.100.7")
    assert elsewhere.status_code == 303


def test_beyond_the_usual_pace_a_proof_is_asked_and_one_comment_is_its_worth(client, post, path):
    press(path)
    response = client.post(path, {"text": "Is anybody else asked for this?", "name": "Dana"})
    page = response.content.decode()
    assert response.status_code == 429
    assert "Is anybody else asked for this?" in page
    assert 'value="Dana"' in page
    assert response["Cache-Control"] == "no-store"
    assert not Comment.objects.exists()
    proof = solve(challenge_in(page))
    assert client.post(path, {"text": "Is anybody else asked for this?", "altcha": proof}).status_code == 303
    again = client.post(path, {"text": "And once more", "altcha": proof, "unproven": "1"})
    assert again.status_code == 429
    assert "data-again" in again.content.decode()
    assert (
        challenge_in(again.content.decode())["parameters"]["nonce"] != opened(proof)["challenge"]["parameters"]["nonce"]
    )
    assert [comment.is_published for comment in Comment.objects.all()] == [True]


def test_no_page_that_readers_share_says_anything_of_it(client, post, path):
    address = post.get_absolute_url()
    before = client.get(address).content
    press(path)
    assert client.post(path, {"text": "Asked"}).status_code == 429
    assert client.get(address).content == before
    assert b"challenge" not in client.get(f"{address}/reply").content


def test_without_a_proof_it_is_held_and_says_why(client, path):
    press(path)
    response = client.post(path, {"text": "No script here.", "unproven": "1"}, follow=True)
    comment = Comment.objects.get()
    assert comment.state == Comment.State.HELD
    assert comment.reason.startswith("Much came from your network")
    assert "a moderator reads it first" in response.content.decode()
    assert comment.cases.get().held_by_rule == "no proof of work"


def test_with_proofs_too_there_is_an_end(client, post, path):
    press(path)
    for _ in range(PROVEN_COMMENT.most):
        client.post(path, {"text": "", "altcha": solve(json.loads(proofs.new_challenge(post.pk, ONE_TRY)))})
    proof = solve(json.loads(proofs.new_challenge(post.pk, ONE_TRY)))
    response = client.post(path, {"text": "One too many", "altcha": proof})
    assert response.status_code == 429
    assert "One too many" in response.content.decode()
    assert not Comment.objects.exists()


def test_many_networks_at_once_are_a_matter_for_all(client, path):
    press(path, pressure.SHARE + 5)
    for network in range(6):
        press(path, 50, REMOTE_ADDR=f"198.51.100.{network}")
    assert client.post(path, {"text": ""}).status_code == 422
    press(path, 10, REMOTE_ADDR="198.51.100.7")
    for origin in ({"REMOTE_ADDR": "198.51.100.8"}, {}):
        response = client.post(path, {"text": "Asked"}, **origin)
        assert response.status_code == 429
        assert pressure.ON_SITE in response.content.decode()


def test_one_hot_network_is_no_matter_for_the_others(client, path):
    press(path, QUIET, REMOTE_ADDR="198.51.100.1")
    for _ in range(pressure.SITE.most):
        assert client.post(path, {"text": "x"}, REMOTE_ADDR="198.51.100.1").status_code == 429
    assert client.post(path, {"text": "Nothing asked"}).status_code == 303


def test_the_harder_it_is_pressed_the_longer_the_sum(client, path):
    press(path)
    easy = challenge_in(client.post(path, {"text": "x"}).content.decode())
    for _ in range(QUIET * 3):
        hard = client.post(path, {"text": "x"})
    assert len({str(easy), str(challenge_in(hard.content.decode()))}) == 2
    assert [level.tries.start for level in pressure.LEVELS] == sorted(
        (level.tries.start for level in pressure.LEVELS), reverse=True
    )


def test_staff_are_asked_nothing(as_alice, path):
    press(path)
    assert as_alice.post(path, {"text": "Calm down, please.", "as_staff": "on"}).status_code == 303
    assert Comment.objects.get().is_published


@override_settings(FORUM_LIMITS=False)
def test_it_can_be_switched_off_for_measuring(client, path):
    press(path, QUIET * 2)
    assert client.post(path, {"text": "Nothing asked"}).status_code == 303


def spoilt(change):
    """A true proof, with `change` made to what it says."""

    def make(post):
        payload = opened(solve(json.loads(proofs.new_challenge(post.pk, ONE_TRY))))
        change(payload)
        return packed(payload)

    return make


WRONG = {
    "cost": spoilt(lambda p: p["challenge"]["parameters"].update(cost=1)),
    "expiry": spoilt(lambda p: p["challenge"]["parameters"].update(expiresAt=int(time.time()) + 9999)),
    "no expiry": spoilt(lambda p: p["challenge"]["parameters"].pop("expiresAt")),
    "other post": spoilt(lambda p: p["challenge"]["parameters"]["data"].update(post=999)),
    "no signature": spoilt(lambda p: p["challenge"].pop("signature")),
    "null signature": spoilt(lambda p: p["challenge"].update(signature=None)),
    "prototype": spoilt(lambda p: p["challenge"]["parameters"]["data"].update(__proto__={"post": 1})),
    "no answer": spoilt(lambda p: p["solution"].update(derivedKey="")),
    "answer of another kind": spoilt(lambda p: p["solution"].update(derivedKey=["00"], counter="many")),
    "parameters of another kind": spoilt(lambda p: p["challenge"].update(parameters=[1, 2])),
    "no payload": lambda post: packed(["no", "payload"]),
    "deep": lambda post: "W1tb" * 450,
    "deeper": lambda post: "W1tb" * 100_000,
    "no JSON": lambda post: "bm8=",
    "no base64": lambda post: "£££",
    "nothing": lambda post: "",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_proof_is_none(client, post, path, name):
    sent = WRONG[name](post)
    assert not proofs.accept(sent, post_id=post.pk)
    press(path)
    assert client.post(path, {"text": "Let me in", "altcha": sent}).status_code == 429
    assert not Comment.objects.exists()


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.sampled_from(["challenge", "solution", "parameters", "signature", "counter", "derivedKey", "data", "x"]), c)).map(packed))  # fmt: skip
def test_nothing_that_is_sent_as_a_proof_breaks_anything(sent):
    assert not proofs.accept(sent, post_id=1)


def test_ten_megabytes_are_refused_at_once(client, path):
    assert client.post(path, {"text": "Let me in", "altcha": "A" * 10_000_000}).status_code == 400


def test_a_proof_is_for_one_post_and_ten_minutes(post, monkeypatch):
    other = make_post("Another post")
    proof = solve(json.loads(proofs.new_challenge(post.pk, ONE_TRY)))
    assert not proofs.accept(proof, post_id=other.pk)
    now = time.time()
    with monkeypatch.context() as later:
        later.setattr(time, "time", lambda: now + proofs.SECONDS + 1)
        assert not proofs.accept(proof, post_id=post.pk)
    assert proofs.accept(proof, post_id=post.pk)


def test_of_ten_at_once_with_the_same_proof_one_is_taken(post):
    for memory in ({}, {"CACHES": DEAD_REDIS}):
        with override_settings(**memory):
            proof = solve(json.loads(proofs.new_challenge(post.pk, ONE_TRY)))
            # A proof is what its challenge says, however it is written down.
            rewritten = packed(copy.deepcopy(opened(proof)) | {"more": 1})
            taken: list[bool] = []

            def take(sent, taken=taken):
                taken.append(proofs.accept(sent, post_id=post.pk))

            assert at_once(*[lambda sent=sent: take(sent) for sent in [proof, rewritten] * 5]) == []
            assert sorted(taken) == [False] * 9 + [True]


def test_a_closed_post_asks_for_nothing(client, post, path):
    press(path)
    Post.objects.filter(pk=post.pk).update(comments_open=False)
    response = client.post(path, {"text": "Too late?"})
    page = response.content.decode()
    assert "This post takes no more comments" in page
    assert "Too late?" in page
    assert "challenge" not in page
    assert "proof" not in page


def test_who_gave_a_secret_phrase_is_asked_for_it_again_before_anything_is_sent(client, post, path):
    """It is never shown again, so nothing may be sent by itself."""
    press(path)
    fields = {"text": "As ever.", "name": "Lantern", "phrase": "otter button seven quays"}
    page = client.post(path, fields).content.decode()
    assert "data-again" in page
    assert "secret phrase</a> again" in page
    assert fields["phrase"] not in page
    proof = solve(challenge_in(page))
    assert client.post(path, fields | {"phrase_again": "1", "unproven": "1", "altcha": proof}).status_code == 303
    assert Comment.objects.get().pen_name is not None
