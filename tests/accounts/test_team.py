"""The team: invited, deactivated, signed out; an owner always remains."""

import datetime
import logging
import re
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from accounts import invitations, services
from accounts.models import Invitation, User
from accounts.roles import Role
from accounts.team import make_staff
from forum import site
from tests.conftest import PASSWORD
from tests.mailserver import html_of, text_of
from tests.scenery import at_once

pytestmark = pytest.mark.django_db

TEAM = "/desk/team/"
CAROL = {"email": "Carol@Example.org", "role": "moderator"}
CHOSEN = {"password1": "seven slow otters sing", "password2": "seven slow otters sing"}


def link_on(response):
    """The path of the invitation that a page shows."""
    return re.search(r"http://[^/<]+(/accounts/invitation/[^/<]+/)", response.content.decode())[1]


def invite(client, **fields):
    return client.post(TEAM, CAROL | fields, follow=True)


def signed_in(client):
    return client.get("/moderation/").status_code == 200


def sign_in(client, email, password=PASSWORD):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_alice_invites_carol_who_chooses_a_password_and_is_at_work(as_alice, client, mailserver):
    page = invite(as_alice)
    assert "The invitation was sent to carol@example.org." in page.content.decode()
    (mail,) = mailserver.mails
    path = link_on(page)
    assert mail["To"] == "carol@example.org"
    assert path in text_of(mail)
    assert path in html_of(mail)
    shown = client.get(path)
    assert shown.status_code == 200
    assert "no-store" in shown.headers["Cache-Control"]
    assert "carol@example.org</strong> as a moderator" in shown.content.decode()
    assert Invitation.objects.exists()
    assert client.post(path, CHOSEN).url == "/moderation/"
    assert signed_in(client)
    carol = User.objects.get(email="carol@example.org")
    assert carol.role == Role.MODERATOR
    client.post("/accounts/logout/")
    assert sign_in(client, "carol@example.org", CHOSEN["password1"]).url == "/moderation/"


def test_an_owner_lands_at_the_desk(as_alice, client):
    assert client.post(link_on(invite(as_alice, role="owner")), CHOSEN).url == "/desk/"


def test_a_link_works_once(as_alice, client):
    path = link_on(invite(as_alice))
    client.post(path, CHOSEN)
    for method in (Client().get, Client().post):
        over = method(path, CHOSEN)
        assert over.status_code == 410
        assert "was used or taken back" in over.content.decode()
    assert User.objects.get(email="carol@example.org").check_password(CHOSEN["password1"])


@pytest.mark.django_db(transaction=True)
def test_pressed_three_times_at_once_there_is_one_account(alice):
    invitation, _ = invitations.invite(email="carol@example.org", role=Role.MODERATOR)
    path = invitations.address_of(invitation).split("8000")[1]
    statuses = []
    assert at_once(*[lambda: statuses.append(Client().post(path, CHOSEN).status_code)] * 3) == []
    assert sorted(statuses) == [302, 410, 410]
    assert User.objects.filter(email="carol@example.org").count() == 1


def test_inviting_twice_is_one_invitation_one_link_one_mail(as_alice, mailserver):
    assert link_on(invite(as_alice)) == link_on(invite(as_alice, email="carol@example.org "))
    assert Invitation.objects.count() == 1
    assert len(mailserver.mails) == 1


def test_a_link_dies_when_somebody_is_invited_anew(as_alice, client, mailserver):
    first = link_on(invite(as_alice))
    row = Invitation.objects.get()
    anew = {"action": "invite anew", "invited_at": row.invited_at.isoformat()}
    second = link_on(as_alice.post(f"{TEAM}invitations/{row.pk}/", anew, follow=True))
    # Pressed twice, it is the same new link.
    assert link_on(as_alice.post(f"{TEAM}invitations/{row.pk}/", anew, follow=True)) == second != first
    assert client.get(first).status_code == 410
    third = link_on(invite(as_alice, role="owner"))
    assert [client.get(path).status_code for path in (first, second, third)] == [410, 410, 200]
    assert len(mailserver.mails) == 3


def test_a_link_dies_when_it_is_taken_back_or_after_seven_days(as_alice, client):
    invite(as_alice)
    Invitation.objects.update(invited_at=timezone.now() - datetime.timedelta(days=7, minutes=1))
    row = Invitation.objects.get()
    over = invitations.address_of(row).split("8000")[1]
    assert client.get(over).status_code == client.post(over, CHOSEN).status_code == 410
    services.purge()
    assert not Invitation.objects.exists()
    path = link_on(invite(as_alice))
    open_one = f"{TEAM}invitations/{Invitation.objects.get().pk}/"
    for _ in range(2):
        assert as_alice.post(open_one, {"action": "take back"}).status_code == 302
    assert client.get(path).status_code == client.post(path, CHOSEN).status_code == 410
    assert not User.objects.filter(email="carol@example.org").exists()


def test_what_was_taken_back_cannot_be_renewed(as_alice):
    response = as_alice.post(f"{TEAM}invitations/1/", {"action": "invite anew", "invited_at": "x"})
    assert response.status_code == 410
    assert "There is a problem" in response.content.decode()


@pytest.mark.parametrize("token", ["nonsense", "1-", "1", "-"])
def test_a_link_that_was_cut_is_404(client, token):
    assert client.get(f"/accounts/invitation/{token}/").status_code == 404


def test_a_forged_link_opens_nothing(as_alice, client):
    invite(as_alice)
    path = f"/accounts/invitation/{Invitation.objects.get().pk}.1{'A' * 22}/"
    assert client.post(path, CHOSEN).status_code == 410
    assert not User.objects.filter(email="carol@example.org").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password1": "password123", "password2": "password123"}, "too common"),
        ({"password1": "carol@example.org", "password2": "carol@example.org"}, "too similar to the email"),
        ({"password2": "another one entirely"}, "The two passwords are not the same."),
        ({"password1": ""}, "Choose a password."),
    ],
)
def test_a_password_that_will_not_do_leaves_the_link_alive(as_alice, client, change, sentence):
    path = link_on(invite(as_alice))
    response = client.post(path, CHOSEN | change)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert CHOSEN["password2"] not in response.content.decode()
    assert client.post(path, CHOSEN).status_code == 302


def test_who_is_staff_already_is_not_invited_nor_overwritten(as_alice, bob, client):
    response = invite(as_alice, email="BOB@example.org")
    assert response.status_code == 409
    assert "bob@example.org is on the team already, as moderator." in response.content.decode()
    path = link_on(invite(as_alice))
    make_staff("carol@example.org", Role.MODERATOR, PASSWORD)
    assert client.post(path, CHOSEN).status_code == 409
    assert User.objects.get(email="carol@example.org").check_password(PASSWORD)


@pytest.mark.parametrize("email", ["", "nonsense", '"x y"@example.org', "a@example.org\nBcc: eve@example.org"])
def test_a_wrong_address_comes_back(as_alice, email):
    response = as_alice.post(TEAM, CAROL | {"email": email})
    assert response.status_code == 422
    assert "<title>Error: " in response.content.decode()
    assert not Invitation.objects.exists()


def test_a_dead_mail_server_is_told_and_the_link_is_there(as_alice, client, settings, mailserver, caplog):
    mailserver.stop()
    with caplog.at_level(logging.DEBUG):
        page = invite(as_alice)
    mailserver.start()
    assert "could not be sent" in page.content.decode()
    assert "carol" not in caplog.text
    assert client.post(link_on(page), CHOSEN).status_code == 302


def test_a_name_with_markup_is_text_in_the_mail(as_alice, mailserver):
    found = site.stored()
    found.name = "A <b>bold</b> & “quoted” name 💡"
    site.save(found)
    invite(as_alice)
    (mail,) = mailserver.mails
    assert found.name in text_of(mail)
    assert "<b>bold" not in html_of(mail)
    assert "💡" in html_of(mail)


def test_deactivated_means_signed_out_everywhere_and_kept_out(as_alice, bob, as_bob):
    assert signed_in(as_bob)
    as_alice.post(f"{TEAM}{bob.pk}/", {"action": "deactivate"})
    assert not signed_in(as_bob)
    fresh = Client()
    sign_in(fresh, "bob@example.org")
    assert not signed_in(fresh)
    html = as_alice.post(f"{TEAM}{bob.pk}/", {"action": "activate"}, follow=True).content.decode()
    assert "bob@example.org can sign in again." in html
    assert not signed_in(as_bob), "an old session is not to come back to life"
    sign_in(fresh, "bob@example.org")
    assert signed_in(fresh)


def test_alice_cannot_deactivate_herself(as_alice, alice):
    response = as_alice.post(f"{TEAM}{alice.pk}/", {"action": "deactivate"})
    assert response.status_code == 409
    assert "You cannot deactivate yourself." in response.content.decode()
    assert User.objects.get().is_active


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_shut_each_other_out_leave_one():
    owners = []
    for email in ("alice@example.org", "anna@example.org"):
        make_staff(email, Role.OWNER, PASSWORD)
        owners.append(User.objects.get(email=email))
    for _ in range(4):
        User.objects.update(is_active=True)
        clients, statuses = [Client(), Client()], []
        for client, me in zip(clients, owners, strict=True):
            client.force_login(User.objects.get(pk=me.pk))

        def press(client, other, statuses=statuses):
            statuses.append(client.post(f"{TEAM}{other.pk}/", {"action": "deactivate"}).status_code)

        assert at_once(*(partial(press, *pair) for pair in zip(clients, owners[::-1], strict=True))) == []
        assert User.objects.filter(role=Role.OWNER, is_active=True).count() == 1
        assert statuses.count(302) >= 1


def test_all_sessions_of_somebody_end_and_nobody_elses(as_alice, bob, as_bob):
    elsewhere = Client()
    sign_in(elsewhere, "bob@example.org")
    assert signed_in(elsewhere)
    as_alice.post(f"{TEAM}{bob.pk}/", {"action": "end sessions"})
    assert not signed_in(as_bob)
    assert not signed_in(elsewhere)
    assert signed_in(as_alice)
    sign_in(elsewhere, "bob@example.org")
    assert signed_in(elsewhere)


def test_one_session_ends_and_the_other_stays(as_alice, bob, as_bob):
    html = as_alice.get(TEAM).content.decode()
    of_bob = html.split(f'action="{TEAM}{bob.pk}/"')[1]
    (mark,) = re.findall(r'name="session" value="(\w+)"', of_bob)
    elsewhere = Client()
    sign_in(elsewhere, "bob@example.org")
    assert as_bob.session.session_key not in html
    page = as_alice.post(f"{TEAM}{bob.pk}/", {"session": mark}, follow=True)
    assert "The session is ended." in page.content.decode()
    assert not signed_in(as_bob)
    assert signed_in(elsewhere)
    assert "was over" in as_alice.post(f"{TEAM}{bob.pk}/", {"session": mark}, follow=True).content.decode()


def test_a_mark_ends_no_session_of_somebody_else(as_alice, alice, bob, as_bob):
    (mark,) = re.findall(r'value="(\w{20})"', as_alice.get(TEAM).content.decode().split(f"{TEAM}{bob.pk}/")[1])
    as_alice.post(f"{TEAM}{alice.pk}/", {"session": mark})
    assert signed_in(as_bob)


def test_ending_all_of_ones_own_sessions_keeps_this_one(as_alice, alice):
    elsewhere = Client()
    sign_in(elsewhere, "alice@example.org")
    page = as_alice.post(f"{TEAM}{alice.pk}/", {"action": "end sessions"}, follow=True)
    assert "signed out everywhere but here" in page.content.decode()
    assert signed_in(as_alice)
    assert not signed_in(elsewhere)


def test_another_password_ends_the_sessions_too(bob, as_bob):
    make_staff("bob@example.org", Role.MODERATOR, "entirely other words")
    assert not signed_in(as_bob)


def test_the_page_says_who_is_who(as_alice, alice, bob):
    Authenticator.objects.create(user=bob, type="totp", data={})
    Authenticator.objects.create(user=alice, type="recovery_codes", data={})
    invite(as_alice)
    html = as_alice.get(TEAM).content.decode()
    mine, bobs = html.split("bob@example.org", 1)
    assert "no second factor" in mine
    assert "Moderator · has a second factor · never signed in" in " ".join(bobs.split())
    assert "Deactivate" not in mine
    assert "carol@example.org" in bobs
    assert "/accounts/invitation/" not in html


def test_the_team_page_asks_few_questions_however_large_it_is(as_alice, django_assert_max_num_queries):
    for number in range(8):
        make_staff(f"mod{number}@example.org", Role.MODERATOR, PASSWORD)
        sign_in(Client(), f"mod{number}@example.org")
    with django_assert_max_num_queries(7):
        as_alice.get(TEAM)


@pytest.mark.parametrize("path", [TEAM, TEAM + "{}/", TEAM + "invitations/1/"])
def test_the_team_is_the_owners(client, as_bob, as_alice, alice, path):
    address = path.format(alice.pk)
    assert client.post(address, CAROL | {"action": "deactivate"}).status_code == 403
    assert as_bob.post(address, CAROL | {"action": "deactivate"}).status_code == 403
    if path == TEAM:
        assert client.get(address).url.startswith("/accounts/login/")
        assert as_bob.get(address).status_code == 403
        assert as_alice.get(address).status_code == 200
    else:
        assert {one.get(address).status_code for one in (client, as_bob, as_alice)} == {405}
    assert as_alice.delete(address).status_code == 405
    assert not Invitation.objects.exists()
    assert User.objects.filter(is_active=False).count() == 0


def test_what_no_button_says_is_404(as_alice, bob):
    assert as_alice.post(f"{TEAM}{bob.pk}/", {"action": "promote"}).status_code == 404
    assert as_alice.post(f"{TEAM}999/", {"action": "deactivate"}).status_code == 404


def test_staff_tokens_are_asked_for(alice, bob):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    for path in (TEAM, f"{TEAM}{bob.pk}/", "/desk/settings/", "/desk/pages/about/"):
        assert strict.post(path, CAROL | {"action": "deactivate"}).status_code == 403
    assert User.objects.get(pk=bob.pk).is_active
    assert not Invitation.objects.exists()
