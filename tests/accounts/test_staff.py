"""Signing in: staff only, by e-mail, with limits that hold no address."""

import datetime
import re

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from accounts.services import purge
from tests.conftest import PASSWORD
from tests.scenery import DEAD_REDIS

pytestmark = pytest.mark.django_db


def sign_in(client, email="alice@example.org", password=PASSWORD):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_alice_and_bob_sign_in_and_land_where_they_work(client, alice, bob):
    assert sign_in(client).url == "/desk/"
    client.post("/accounts/logout/")
    assert sign_in(client, "bob@example.org").url == "/moderation/"


def test_nobody_signs_up(client):
    html = client.get("/accounts/signup/").content.decode()
    assert "<form" not in html.split("<main")[1]
    client.post("/accounts/signup/", {"email": "eve@example.org", "password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.count() == 0


def test_roles_are_permissions(alice, bob):
    assert alice.has_perm("forum.write_posts")
    assert alice.has_perm("moderation.moderate")
    assert bob.has_perm("moderation.moderate")
    assert not bob.has_perm("forum.write_posts")
    bob.is_active = False
    assert not bob.has_perm("moderation.moderate")


def test_authenticator_app_and_passkeys_are_offered(client, alice):
    assert "passkey" in client.get("/accounts/login/").content.decode().lower()
    sign_in(client)
    html = client.get("/accounts/2fa/").content.decode()
    assert "/accounts/2fa/totp/activate/" in html
    assert "/accounts/2fa/webauthn/" in html


def test_limits_of_the_sign_in_hold_no_address(client, alice, monkeypatch):
    keys = []
    for name in ("set", "add", "incr", "get"):
        real = getattr(cache, name)
        monkeypatch.setattr(cache, name, lambda key, *a, real=real, **k: (keys.append(key), real(key, *a, **k))[1])
    for _ in range(3):
        sign_in(client, password="wrong words entirely")
    client.post("/accounts/login/", {"login": "x", "password": "y"}, REMOTE_ADDR="203.0.113.77")
    assert keys
    assert not [key for key in keys if "203.0.113.77" in str(key) or "127.0.0.1" in str(key)]


def test_guessing_from_one_network_does_not_lock_out_another(client, alice):
    for _ in range(40):
        client.post("/accounts/login/", {"login": "eve@example.org", "password": "guess"}, REMOTE_ADDR="203.0.113.77")
    assert sign_in(client).status_code == 302


@override_settings(CACHES=DEAD_REDIS)
def test_staff_sign_in_while_redis_is_dead(client, alice):
    assert sign_in(client).url == "/desk/"


def test_a_stranger_cannot_lock_the_owner_out(client, alice):
    for number in range(9):
        client.post("/accounts/login/", {"login": alice.email, "password": "x"}, REMOTE_ADDR=f"203.0.113.{number}")
    assert sign_in(client).status_code == 302


def test_no_stranger_is_sent_a_mail(client, mailoutbox):
    client.post("/accounts/password/reset/", {"email": "stranger@example.org"})
    assert mailoutbox == []


def test_sessions_that_are_over_are_deleted(client, alice):
    sign_in(client)
    Session.objects.update(expire_date=timezone.now() - datetime.timedelta(hours=1))
    purge()
    assert Session.objects.count() == 0


def test_the_accounts_pages_are_stored_nowhere(client, alice):
    sign_in(client)
    for path in ("/accounts/2fa/", "/accounts/password/change/", "/accounts/login/"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_createowner_makes_and_renews(tmp_path, capsys):
    call_command("createowner", email="Alice@Example.org")
    printed = re.search(r"password: (\S+)", capsys.readouterr().out)[1]
    user = User.objects.get(email="alice@example.org")
    assert (user.role, user.check_password(printed)) == ("owner", True)
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    call_command("createowner", email="alice@example.org", role="moderator", password_file=secret)
    user.refresh_from_db()
    assert (user.role, user.check_password(PASSWORD)) == ("moderator", True)
    assert User.objects.count() == 1


@pytest.mark.parametrize("email", ["nonsense", "a@b", "x" * 250 + "@example.org"])
def test_createowner_refuses_in_one_line(email):
    with pytest.raises(CommandError, match="not an e-mail address") as error:
        call_command("createowner", email=email)
    assert error.value.returncode == 2


def test_createowner_refuses_a_password_that_is_not_text(tmp_path):
    binary = tmp_path / "password"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="not text"):
        call_command("createowner", email="alice@example.org", password_file=binary)


def test_createowner_refuses_a_weak_password(tmp_path):
    weak = tmp_path / "password"
    weak.write_text("short")
    with pytest.raises(CommandError, match="too short"):
        call_command("createowner", email="alice@example.org", password_file=weak)
    assert User.objects.count() == 0
