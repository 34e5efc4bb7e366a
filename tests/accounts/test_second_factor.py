"""A second factor for staff, where the owner or production asks for one."""

import pytest
from allauth.mfa.models import Authenticator

from forum import site
from tests.forum.test_posts import FORM

pytestmark = pytest.mark.django_db

WORK = ["/desk/", "/desk/settings/", "/desk/posts/new/", "/moderation/", "/moderation/rules/"]


def ask(asked=True):
    found = site.stored()
    found.ask_second_factor = asked
    site.save(found)


@pytest.mark.parametrize("path", WORK)
def test_who_has_none_is_led_to_add_one_and_told_why(as_alice, path):
    assert as_alice.get(path).status_code == 200
    ask()
    response = as_alice.get(path)
    assert response.url == "/accounts/2fa/"
    html = as_alice.get(response.url).content.decode()
    assert "this site asks its staff for a second factor" in html
    assert "Add an app" in html


@pytest.mark.parametrize(("kind", "status"), [("totp", 200), ("webauthn", 200), ("recovery_codes", 302)])
def test_an_app_or_a_passkey_is_one_and_recovery_codes_are_none(as_bob, bob, kind, status):
    ask()
    # What allauth stores is never looked into here.
    Authenticator.objects.create(user=bob, type=kind, data={})
    assert as_bob.get("/moderation/").status_code == status


def test_production_asks_whatever_the_settings_say(as_bob, settings):
    settings.PRODUCTION = True
    assert as_bob.get("/moderation/").url == "/accounts/2fa/"


def test_a_form_that_was_typed_comes_back_whole(as_alice):
    ask()
    response = as_alice.post("/desk/posts/new/", FORM | {"body": "Two hours of work.", "publish": "now"})
    html = response.content.decode()
    assert response.status_code == 403
    assert "Two hours of work." in html
    assert "second factor" in html
    assert 'href="/accounts/2fa/"' in html
    assert "Send again" in html


def test_the_way_out_and_the_readers_pages_stay_open(as_alice, post):
    ask()
    for path in ("/", "/accounts/2fa/", "/accounts/password/change/", post.get_absolute_url(), "/static/css/site.css"):
        assert as_alice.get(path).status_code == 200
    assert as_alice.post("/accounts/logout/").status_code == 302


def test_readers_and_strangers_notice_nothing(client, as_bob):
    ask()
    assert client.get("/desk/").url.startswith("/accounts/login/")
    assert client.post("/desk/posts/new/", FORM).status_code == 403
    # What a moderator may not do stays forbidden, and what is not there stays away.
    assert as_bob.get("/desk/nothing/").status_code == 404


def test_the_owner_who_asks_is_led_on_and_not_locked_out(as_alice, alice):
    sent = {"name": "Forum", "digest_hour": "7", "digest_weekday": "0", "days_to_confirm": "7"}
    sent |= {"days_of_versions": "365", "ask_second_factor": "on"}
    page = as_alice.post("/desk/settings/", sent, follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/2fa/"
    assert "Saved." in page.content.decode()
    Authenticator.objects.create(user=alice, type="webauthn", data={})
    assert as_alice.get("/desk/settings/").status_code == 200


def test_pages_for_readers_pay_nothing_for_it(as_alice, client, post, django_assert_num_queries):
    ask()
    path = post.get_absolute_url()
    with django_assert_num_queries(3):
        client.get(path)
    with django_assert_num_queries(4):  # the session and the account, as ever
        as_alice.get(path)


def test_no_prefix_that_a_server_was_told_leads_around_it(as_bob):
    ask()
    assert as_bob.get("/moderation/", SCRIPT_NAME="/x").url.endswith("/accounts/2fa/")
