"""The owner signs in with a passkey, and the moderator with an authenticator app."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.staff


@pytest.fixture
def javascript():
    return True


def by_name(running, browser):
    """A visitor who opens the site as localhost, since passkeys want a name."""
    person = Visitor(browser, running)
    person.context.close()
    person.context = browser.new_context(base_url=running.url.replace("127.0.0.1", "localhost"))
    person.page = person.context.new_page()
    return person


def prove_password(page, password):
    """allauth asks once more before it changes how one signs in."""
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Confirm").click()


def sign_in_with_a_passkey(browser, running) -> Visitor:
    """Alice at the desk, signed in with a passkey that she has just added."""
    alice = by_name(running, browser)
    page = alice.page
    devtools = alice.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    alice.sign_in("owner")
    page.goto("/accounts/2fa/webauthn/add/")
    prove_password(page, running.sign_in_names()["owner"][1])
    page.get_by_label("Name").fill("My phone")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(lambda url: "add" not in url)
    page.get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/desk/")
    return alice


def test_alice_adds_a_passkey_and_signs_in_with_it(browser, running):
    alice = sign_in_with_a_passkey(browser, running)
    expect(alice.page.get_by_role("heading", level=1)).to_have_text("Desk")
    alice.context.close()


def test_bob_adds_an_authenticator_app_and_needs_its_code(browser, running):
    bob = Visitor(browser, running)
    page = bob.page
    bob.sign_in("moderator")
    page.goto("/accounts/2fa/totp/activate/")
    prove_password(page, running.sign_in_names()["moderator"][1])
    secret = page.locator("output.code").inner_text().strip()
    page.get_by_label("Authenticator code").fill(code_for(secret, step=0))
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url(lambda url: "activate" not in url)
    page.get_by_role("button", name="Sign out").click()
    bob.sign_in("moderator")
    assert "/authenticate/" in page.url
    page.get_by_label("Code").fill(code_for(secret, step=1))
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_url("**/moderation/")
    bob.close(cookies=True)


def code_for(secret: str, *, step: int) -> str:
    """What the app shows; a code is good once, so the second sign-in takes the one of the next half minute."""
    counter = next(iter(yield_hotp_counters_from_time())) if not step else int(time.time()) // 30 + step
    return format_hotp_value(hotp_value(secret, counter))
