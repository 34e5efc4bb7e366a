"""The links in mails: what each opens, for how long, and that a new key breaks none of them."""

import datetime

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts import tokens
from forum.site import Here
from tests.scenery import at
from tests.test_settings import settings_with

PURPOSES = (tokens.MANAGE, tokens.UNSUBSCRIBE, tokens.STOP, tokens.CONFIRM, tokens.FRESH)


def made(purpose, pk=7):
    return tokens.sign(purpose, pk, timezone.now() if purpose in tokens.TIMED else None)


@pytest.mark.django_db
def test_a_link_opens_what_it_was_made_for_and_nothing_else():
    for purpose in PURPOSES:
        assert [each for each in PURPOSES if tokens.read(each, made(purpose)) == 7] == [purpose]


@given(pk=st.integers(1, 2**59), other=st.text(tokens.DIGITS + ".-_", max_size=40))
def test_any_id_comes_back_in_few_characters_and_nothing_else_does(pk, other):
    token = tokens.sign(tokens.UNSUBSCRIBE, pk)
    assert tokens.read(tokens.UNSUBSCRIBE, token) == pk
    assert len(token) <= 34
    assert len(tokens.sign(tokens.MANAGE, pk)) == len(token)
    assert tokens.read(tokens.UNSUBSCRIBE, other) is None
    for place, letter in enumerate(token):
        changed = token[:place] + ("B" if letter == "A" else "A") + token[place + 1 :]
        assert tokens.read(tokens.UNSUBSCRIBE, changed) is None
    assert tokens.read(tokens.UNSUBSCRIBE, token + "\n") is None


def test_a_link_of_a_hundred_thousand_subscribers_is_short(settings):
    settings.SITE_URL = "https://forum.example"
    assert len(tokens.sign(tokens.UNSUBSCRIBE, 100_000)) == 27
    assert len(f"List-Unsubscribe: <{tokens.unsubscribe_url(100_000)}>") <= 85


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("purpose", "life"), [(tokens.FRESH, datetime.timedelta(hours=1)), (tokens.CONFIRM, datetime.timedelta(days=7))]
)
def test_what_shows_or_adds_anything_ends(purpose, life):
    with at("2026-01-13T10:00:40"):
        token = made(purpose)
    for shift, alive in ((-2, True), (0, False)):
        with at((datetime.datetime(2026, 1, 13, 10) + life + datetime.timedelta(minutes=shift)).isoformat()):
            Here.keep(None)
            assert (tokens.read(purpose, token) == 7) is alive
            assert tokens.opened(token, purpose).is_over is not alive


def test_a_new_key_breaks_no_link_that_is_out(settings):
    old = {purpose: made(purpose) for purpose in (tokens.MANAGE, tokens.UNSUBSCRIBE, tokens.STOP)}
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    second = made(tokens.STOP)
    settings.MAIL_KEYS = {2: "k" * 40}
    third = made(tokens.STOP)
    settings.MAIL_KEYS = {3: "q" * 40, 2: "k" * 40}
    for token in (old[tokens.STOP], second, third, made(tokens.STOP)):
        assert tokens.read(tokens.STOP, token) == 7
    for purpose, token in old.items():
        assert tokens.read(purpose, token) == 7
    # What is not listed any more is worth nothing.
    settings.MAIL_KEYS, settings.SECRET_KEY_FALLBACKS = {3: "q" * 40}, []
    assert [tokens.read(tokens.STOP, token) for token in (old[tokens.STOP], second, third)] == [None, 7, None]


@pytest.mark.parametrize("keys", ["nonsense", "0:" + "x" * 40, "62:" + "x" * 40, "1:short", f"1:{'x' * 40},2:"])
def test_a_wrong_list_of_keys_stops_the_start(tmp_path, keys):
    done = settings_with(tmp_path, MAIL_KEYS=keys)
    assert done.returncode == 1
    assert "MAIL_KEYS must look like" in done.stderr
    assert "x" * 40 not in done.stderr


def test_keys_are_read_from_the_environment(tmp_path):
    keys = f"2:{'y' * 40}, 1:{'x:' * 20}"
    done = settings_with(tmp_path, "print(sorted(s.MAIL_KEYS), len(s.MAIL_KEYS[1]))", MAIL_KEYS=keys)
    assert done.stdout.strip() == "[1, 2] 40", done.stderr
