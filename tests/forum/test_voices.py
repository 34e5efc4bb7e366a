"""Voices: the same within a post, nothing between two posts, and none for nobody who asked for one."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
import secrets

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st

from forum import site, voices
from forum.errors import NotYourComment
from forum.look_alikes import skeleton
from forum.marks_of_voices import QUALITIES, WORDS, new_mark
from forum.models import Comment, LaterComment, SiteSettings, Voice
from forum.names import STAFF_WORDS, belongs_to_the_site
from forum.services.comments import remove_comment, withdraw_comment
from forum.services.later import withdraw_later
from forum.services.posting import Submission, post_comment
from forum.services.tickets import open_ticket
from tests.forum.test_later import release
from tests.scenery import at, at_once, code_text, make_post, write, write_with_code

pytestmark = pytest.mark.django_db

DANA, EVE = "d" * 32, "e" * 32


def speak(post, text: str, secret: str = DANA, **fields) -> Comment:
    """A comment with the voice that a browser with this secret has under the post."""
    return write(post, text, voice_key=voices.key_from_secret(secret, post.pk), **fields)


def page_of(client, post) -> str:
    """The page down to the form, whose hint names a voice."""
    return client.get(post.get_absolute_url()).content.decode().partition('id="write"')[0]


class TestKeys:
    def test_a_thousand_posts_with_one_secret_have_a_thousand_keys(self):
        keys = {voices.key_from_secret(DANA, post_id) for post_id in range(1000)}
        assert len(keys) == 1000
        assert len({key[:12] for key in keys}) == 1000

    def test_a_thousand_posts_with_one_cookie_have_nothing_in_common(self, db):
        posts = [make_post(f"Post {number}") for number in range(50)]
        marks = [speak(post, "Me again.").voice.mark for post in posts]
        assert len(set(Voice.objects.values_list("key", flat=True))) == 50
        # Drawn by lot: the chance that 50 draws of 122 words show fewer than 20 is nil.
        assert len(set(marks)) > 20

    def test_two_people_under_one_post_have_two_keys(self):
        assert len({voices.key_from_secret(secrets.token_hex(16), 7) for _ in range(500)}) == 500

    @given(st.integers(1, 10**9), st.integers(1, 10**9))
    def test_one_post_gives_one_key(self, one, other):
        equal = voices.key_from_secret(DANA, one) == voices.key_from_secret(DANA, other)
        assert equal == (one == other)


def everything_stored() -> set[str]:
    """Every value in every table."""
    return {
        str(value)
        for model in apps.get_models()
        for row in model._default_manager.values_list()
        for value in row
        if value not in (None, "")
    }


def test_the_database_and_the_key_of_the_server_do_not_lead_from_one_post_to_another(client, settings):
    """Whoever holds both, and knows how keys are made, tries all that he has as the secret, and finds no key.

    The key of the server cannot matter, since another one gives the same keys; and no value stands under both posts.
    """
    desks, rooms = make_post("Desks"), make_post("Rooms")
    for post in (desks, rooms):
        client.post(f"{post.get_absolute_url()}/comments", {"text": "Here too.", "voice": "on"})
    secret = client.cookies["voice"].value
    at_desks, at_rooms = desks.voices.get(), rooms.voices.get()
    assert {at_desks.key, at_rooms.key} == {voices.key_from_secret(secret, post.pk) for post in (desks, rooms)}
    with override_settings(SECRET_KEY="another key altogether, of some length"):
        assert voices.key_from_secret(secret, rooms.pk) == at_rooms.key

    stored = everything_stored()
    assert at_desks.key in stored
    assert not any(secret in value for value in stored)
    message = f"forum.voices.post:{rooms.pk}".encode()
    for known in stored | {settings.SECRET_KEY}:
        candidates = [known.encode(), hashlib.sha256(known.encode()).digest()]
        candidates += [bytes.fromhex(known)] if re.fullmatch("(?:[0-9a-f]{2})+", known) else []
        for candidate in candidates:
            assert hmac.new(candidate, message, hashlib.sha256).hexdigest() != at_rooms.key
    assert not {at_desks.pk, at_desks.key} & {at_rooms.pk, at_rooms.key}


class TestMarks:
    def test_200_voices_under_one_post_are_distinct(self, post):
        marks = {speak(post, f"I am {number}.", secrets.token_hex(16)).voice.mark for number in range(200)}
        assert len(marks) == 200

    def test_there_is_always_another(self):
        taken: set[str] = set(WORDS) | {f"{quality} {word}" for quality in QUALITIES for word in WORDS}
        assert re.fullmatch(r"\w+ \w+ 2", new_mark(taken))
        assert new_mark(set(WORDS[1:])) == WORDS[0]

    def test_no_mark_is_said_of_staff_and_all_look_different(self):
        assert len({skeleton(word) for word in WORDS}) == len(WORDS) > 100
        for word in (*WORDS, *QUALITIES, *(f"{quality} {word}" for quality in QUALITIES for word in WORDS[:5])):
            assert not belongs_to_the_site(word)
            assert skeleton(word) not in {skeleton(staff) for staff in STAFF_WORDS}
            assert len(word) <= 20


def test_one_person_is_one_voice_here_and_another_there(post, client):
    first, second = speak(post, "One."), speak(post, "Two.")
    eve, there = speak(post, "Three.", EVE), speak(make_post("Rooms"), "Four.")
    assert first.voice == second.voice
    assert len({first.voice.pk, eve.voice.pk, there.voice.pk}) == 3
    html = page_of(client, post)
    assert html.count(f"Anonymous · {first.voice.mark}") == 2
    assert html.count(f"Anonymous · {eve.voice.mark}") == 1


def test_no_voice_without_being_asked_for(post, client):
    address = f"{post.get_absolute_url()}/comments"
    client.post(address, {"text": "With a voice.", "voice": "on"})
    client.post(address, {"text": "Without one."})
    assert [bool(comment.voice) for comment in Comment.objects.order_by("pk")] == [True, False]
    answer = Client().post(address, {"text": "From another browser."})
    assert not answer.cookies
    assert Voice.objects.count() == 1


def test_two_who_ask_at_once_get_two_marks(transactional_db):
    post = make_post()
    works = [lambda secret=f"{number:032x}": speak(post, f"I am {secret}.", secret) for number in range(6)]
    assert at_once(*works) == []
    assert len(set(post.voices.values_list("mark", flat=True))) == 6


class TestByReceipt:
    def test_both_comments_get_one_voice_and_the_first_is_drawn_anew(self, post, client):
        first, code = write_with_code(post, "What I said.")
        assert "·</" not in page_of(client, post)
        second = write(post, "What I meant.", voice_code=code_text(code))
        first.refresh_from_db()
        assert first.voice == second.voice
        assert page_of(client, post).count(f"Anonymous · {second.voice}") == 2
        assert speak(post, "Third.").voice != second.voice
        assert write(post, "Fourth.", voice_code=code_text(code)).voice == second.voice

    def test_the_browsers_voice_is_taken_up_by_a_comment_from_before(self, post):
        first, code = write_with_code(post, "Before I asked for a voice.")
        known = speak(post, "Now I have one.")
        speak(post, "And number 1 was me.", voice_code=code_text(code))
        first.refresh_from_db()
        assert first.voice == known.voice
        assert Voice.objects.count() == 1

    def test_a_round_up_that_quotes_the_first_shows_it_too(self, post, client):
        first, code = write_with_code(post, "Worth quoting.")
        quoting = make_post("Round-up", f":::comment {first.get_absolute_url()}\n:::")
        assert "Worth quoting." in page_of(client, quoting)
        second = write(post, "I wrote that.", voice_code=code_text(code))
        assert f"<bdi>Anonymous</bdi> · {second.voice}" in page_of(client, quoting)

    def test_a_code_from_elsewhere_or_of_a_withdrawn_comment_proves_nothing(self, post):
        _, elsewhere = write_with_code(make_post("Rooms"), "There.")
        _, withdrawn = write_with_code(post, "Gone.")
        withdraw_comment(code=withdrawn)
        for typed in (code_text(elsewhere), code_text(withdrawn), "nonsense", "AAAAAA-AAAAA-AAAAA-AAAAA-AAAAA"):
            with pytest.raises(NotYourComment):
                write(post, "Me too.", voice_code=typed)
        assert Voice.objects.count() == 0
        assert Comment.objects.count() == 2

    def test_a_removed_comment_gets_it_too_and_shows_nothing(self, post, client):
        first, code = write_with_code(post, "Taken down.")
        remove_comment(comment_id=first.pk, reason="Spam")
        second = write(post, "My answer to that.", voice_code=code_text(code))
        first.refresh_from_db()
        assert (first.voice, first.fragment) == (second.voice, "")
        assert page_of(client, post).count(f"· {second.voice}") == 1


class TestLater:
    def later(self, post, text: str, **fields):
        with at("2026-01-13T10:17:00"):
            return open_ticket(post_comment(post=post, submission=Submission(text, later=True, **fields)))

    def test_both_show_it_from_the_release_on_and_not_before(self, post, client):
        first, code = write_with_code(post, "What I said.")
        self.later(post, "What I meant.", voice_code=code_text(code))
        # A page that is made anew for each reader.
        assert "·" not in client.get(f"{post.get_absolute_url()}/c/1").content.decode()
        first.refresh_from_db()
        assert first.voice is None
        assert release() == 1
        first.refresh_from_db()
        assert page_of(client, post).count(f"Anonymous · {first.voice}") == 2

    def test_one_that_waits_can_be_proved_as_well(self, post):
        waiting = self.later(post, "First.")
        self.later(post, "Second.", voice_code=code_text(waiting.code))
        assert release() == 2
        assert len({comment.voice.pk for comment in Comment.objects.all()}) == 1

    def test_a_voice_that_only_waited_is_gone_with_it(self, post):
        waiting = self.later(post, "Never mind.", voice_key=voices.key_from_secret(DANA, post.pk))
        assert Voice.objects.count() == 1
        withdraw_later(code=waiting.code)
        assert (Voice.objects.count(), LaterComment.objects.count()) == (0, 0)


def test_withdrawing_the_last_comment_of_a_voice_deletes_it(post):
    key = voices.key_from_secret(DANA, post.pk)
    codes = [write_with_code(post, text, voice_key=key)[1] for text in ("One.", "Two.")]
    withdraw_comment(code=codes[0])
    assert Voice.objects.count() == 1
    withdraw_comment(code=codes[1])
    assert Voice.objects.count() == 0


def test_a_comment_of_the_staff_has_no_voice(post, as_alice):
    as_alice.post(f"{post.get_absolute_url()}/comments", {"text": "Mine.", "as_staff": "on", "voice": "on"})
    assert Comment.objects.get().staff_role == "owner"
    assert Voice.objects.count() == 0
    assert "voice" not in as_alice.cookies


class TestCookie:
    def test_it_is_for_the_session_and_for_this_site_alone(self, post, client):
        answer = client.post(f"{post.get_absolute_url()}/comments", {"text": "Hello.", "voice": "on"})
        cookie = answer.cookies["voice"]
        assert voices.SECRET.fullmatch(cookie.value)
        attributes = {name: value for name, value in cookie.items() if value}
        assert attributes == {"httponly": True, "path": "/", "samesite": "Strict"}

    @override_settings(PRODUCTION=True)
    def test_with_https_no_other_host_can_set_it(self, post, client):
        answer = client.post(f"{post.get_absolute_url()}/comments", {"text": "Hello.", "voice": "on"})
        assert answer.cookies["__Host-voice"]["secure"]
        assert not answer.cookies["__Host-voice"]["domain"]

    @pytest.mark.parametrize("value", ["", "x", "D" * 32, "d" * 33, "<script>"])
    def test_what_is_not_ours_is_replaced(self, post, client, value):
        client.cookies["voice"] = value
        client.post(f"{post.get_absolute_url()}/comments", {"text": "Hello.", "voice": "on"})
        assert voices.SECRET.fullmatch(client.cookies["voice"].value)

    def test_pages_are_kept_for_whoever_has_it(self, post, client, django_assert_num_queries):
        page_of(client, post)
        client.cookies["voice"] = DANA
        with django_assert_num_queries(1):
            answer = client.get(post.get_absolute_url())
        assert answer["Cache-Control"] == "public, no-cache"

    def test_a_mistake_sets_none(self, post, client):
        answer = client.post(f"{post.get_absolute_url()}/comments", {"text": "", "voice": "on"})
        assert answer.status_code == 422
        assert not answer.cookies
        assert 'name="voice" aria-describedby="voice-hint" checked' in answer.content.decode()

    def test_the_form_of_a_reply_knows_the_voice_and_it_can_be_given_up(self, post, client):
        client.post(f"{post.get_absolute_url()}/comments", {"text": "Hello.", "voice": "on"})
        form = client.get(f"{post.get_absolute_url()}/reply?to=1").content.decode()
        assert f"Write as {Voice.objects.get()} again" in form
        assert "Write as" not in client.get(f"{make_post('Rooms').get_absolute_url()}/reply").content.decode()
        assert "Stop being" in client.get("/reading/").content.decode()
        said = client.post("/reading/voice/deletion/", follow=True).content.decode()
        assert "Forgotten: your next comment" in said
        assert "Write as" not in client.get(f"{post.get_absolute_url()}/reply?to=1").content.decode()

    def test_a_browser_that_keeps_none_is_told(self, post, client):
        answer = client.post(f"{post.get_absolute_url()}/comments", {"text": "Hello.", "voice": "on"})
        kept = client.get(answer.url).content.decode()
        assert f"Readers see it under <bdi>Anonymous</bdi> · {Voice.objects.get()}." in kept
        assert "did not keep the cookie" not in kept
        assert "did not keep the cookie" in Client().get(answer.url).content.decode()


def test_the_owner_may_make_it_the_default_and_a_reader_may_say_no(post, client):
    box = 'name="voice" aria-describedby="voice-hint"'
    path = post.get_absolute_url()
    assert f"{box}>" in client.get(path).content.decode()
    site.save(SiteSettings(voices_by_default=True))
    assert f"{box} checked>" in client.get(path).content.decode()
    client.post(f"{post.get_absolute_url()}/comments", {"text": "No voice for me."})
    assert Voice.objects.count() == 0
    again = client.post(f"{post.get_absolute_url()}/comments", {"text": ""}).content.decode()
    assert f"{box}>" in again


def test_every_place_that_shows_a_name_shows_the_voice(post, client, as_bob, as_alice):
    mark = speak(post, "Anybody else with this?", name="Dana").voice.mark
    said = f"name not checked</small> · {mark}"
    assert said in page_of(client, post)
    assert said in client.get(f"{post.get_absolute_url()}/c/1").content.decode()
    assert said in client.get("/comments/").content.decode()
    for path in ("/comments.atom", f"{post.get_absolute_url()}/comments.atom"):
        assert f"Dana (name not checked) · {mark}" in client.get(path).content.decode()
    plain = f"<bdi>Dana</bdi> (name not checked) · {mark}"
    for path in (
        "/search/?q=anybody",
        f"{post.get_absolute_url()}/reply?to=1",
        f"{post.get_absolute_url()}/c/1/report",
    ):
        assert plain in client.get(path).content.decode(), path
    assert plain in as_alice.get(f"/desk/comments/{Comment.objects.get().pk}/").content.decode()
    case = as_bob.post(f"/moderation/comments/{Comment.objects.get().pk}/", follow=True)
    assert plain in case.content.decode()
    out = io.StringIO()
    call_command("export_thread", post.get_absolute_url(), stdout=out)
    assert json.loads(out.getvalue())["voice"] == mark
