"""The owner's settings: what they accept, where they show, who may change them."""

import datetime
import re
from functools import partial
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.utils import timezone

from forum import site
from forum.models import HousePage, PostVersion, SiteSettings
from forum.tasks import keep_time
from tests.scenery import at_once, make_post

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Desk & Duty",
    "tagline": "Talk",
    "sender": "",
    "digest_hour": "18",
    "digest_weekday": "4",
    "days_to_confirm": "3",
    "days_of_versions": "90",
    "open_thread": "on",
    "open_thread_text": "Whatever *fits* nowhere.",
    "watched_names": "Holmfield House\r\n\r\n  Team   Kestrel ",
}
# Boxes that the form leaves empty.
EMPTY = ("ask_second_factor", "voices_by_default", "later_for_all", "strict_check")


def test_alice_changes_everything_and_sees_what_is_now(as_alice, client):
    html = as_alice.post("/desk/settings/", FORM, follow=True).content.decode()
    assert "Saved." in html
    assert 'value="Desk &amp; Duty"' in html
    assert re.search(r'<option value="4" selected>Friday', html)
    assert re.search(r'<option value="18" selected>18:00', html)
    found = SiteSettings.objects.get()
    assert (found.name, found.digest_hour, found.days_to_confirm, found.days_of_versions) == ("Desk & Duty", 18, 3, 90)
    assert found.open_thread
    assert not any(getattr(found, name) for name in EMPTY)
    assert found.watched_names == "Holmfield House\nTeam Kestrel"
    home = client.get("/").content.decode()
    assert "- Desk &amp; Duty</title>" in home
    assert "Talk" in home


def test_every_field_has_a_hint_and_the_ways_to_the_rest_are_there(as_alice):
    html = as_alice.get("/desk/settings/").content.decode()
    assert html.count('class="hint"') == len(FORM) + len(EMPTY)
    for path in ("/desk/pages/", "/desk/team/", "/moderation/rules/"):
        assert f'href="{path}"' in html


@pytest.mark.parametrize("name", ['A <b>bold</b> & “quoted” "name" 💡', "Zoë 👩🏽‍💼's forum"])
def test_a_name_with_markup_and_pictures_is_shown_as_typed(as_alice, client, name):
    make_post("Rooms")
    as_alice.post("/desk/settings/", FORM | {"name": name, "tagline": name})
    assert SiteSettings.objects.get().name == name
    home = client.get("/").content.decode()
    assert "<b>bold" not in home
    feed = ElementTree.fromstring(client.get("/feed.atom").content)
    atom = {"a": "http://www.w3.org/2005/Atom"}
    assert feed.find("a:title", atom).text == feed.find("a:subtitle", atom).text == name
    assert name.split()[-1].replace("'", "&#x27;").replace('"', "&quot;") in home
    assert client.get("/about/").status_code == 200


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Enter a name for the site."),
        ({"watched_names": "\n".join(f"Office {number}" for number in range(501))}, "at most 500 names. You have 501."),
        ({"name": "\u200b \x07"}, "Enter a name for the site."),
        ({"name": "x" * 61}, "at most 60 characters"),
        ({"sender": 'Alice" <eve@example.org>'}, "The sender of the mails may hold none of"),
        ({"sender": "Alice\r\nBcc: eve@example.org"}, "The sender of the mails may hold none of"),
        ({"sender": "alice@home"}, "The sender of the mails may hold none of"),
        ({"digest_hour": "24"}, "Select a valid choice"),
        ({"digest_weekday": "7"}, "Select a valid choice"),
        ({"days_to_confirm": "0"}, "enter a whole number from 1 to 30"),
        ({"days_to_confirm": "31"}, "enter a whole number from 1 to 30"),
        ({"days_to_confirm": "many"}, "enter a whole number from 1 to 30"),
        ({"days_of_versions": "29"}, "enter a whole number from 30 to 3,650"),
        ({"days_of_versions": ""}, "enter a whole number from 30 to 3,650"),
        ({"open_thread_text": " "}, "Enter a text for the open thread"),
        ({"open_thread_text": "x" * 20_001}, "20,000 characters or fewer"),
        ({"open_thread_text": "a\x00b"}, "Null characters"),
    ],
)
def test_what_is_wrong_comes_back_in_a_sentence_with_the_rest(as_alice, change, sentence):
    response = as_alice.post("/desk/settings/", FORM | {"tagline": "Kept words"} | change)
    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: Settings" in html
    assert sentence in html
    assert "Kept words" in html
    assert not SiteSettings.objects.exists()


def test_control_characters_leave_the_name_without_a_word(as_alice):
    as_alice.post("/desk/settings/", FORM | {"name": "Bell\x07 and\tmore \ufffe", "open_thread_text": "a\r\nb"})
    found = SiteSettings.objects.get()
    assert (found.name, found.open_thread_text) == ("Bell and more", "a\nb")


def test_the_page_shows_what_is_stored_and_not_what_this_process_remembers(as_alice):
    as_alice.post("/desk/settings/", FORM)
    site.current()
    SiteSettings.objects.update(name="Changed by another process")
    assert "Changed by another process" in as_alice.get("/desk/settings/").content.decode()
    assert site.current().name == "Changed by another process"


@pytest.mark.django_db(transaction=True)
def test_two_first_presses_at_once_both_save():
    settings = [SiteSettings(pk=1, name=f"Name {number}") for number in range(4)]
    assert at_once(*(partial(site.save, changed) for changed in settings)) == []
    assert SiteSettings.objects.get().name.startswith("Name ")


ADDRESSES = [("/desk/settings/", 403), ("/desk/pages/", 405), ("/desk/pages/about/", 403)]


@pytest.mark.parametrize(("path", "posted"), ADDRESSES)
def test_settings_and_pages_are_the_owners(client, as_bob, as_alice, path, posted):
    assert client.get(path).url.startswith("/accounts/login/")
    assert as_bob.get(path).status_code == 403
    for stranger in (client, as_bob):
        assert stranger.post(path, FORM | {"body": "# Hello", "version": "0"}).status_code == posted
    assert as_alice.get(path).status_code == 200
    assert as_alice.put(path).status_code == 405
    assert not SiteSettings.objects.exists()
    assert not HousePage.objects.exists()


def test_a_session_that_ended_gives_the_settings_back(client):
    html = client.post("/desk/settings/", FORM).content.decode()
    assert "Desk &amp; Duty" in html
    assert "Whatever *fits* nowhere." in html
    assert 'type="hidden" name="digest_hour" value="18"' in html


def test_only_the_owner_is_shown_the_way(as_alice, as_bob, client):
    assert 'href="/desk/settings/"' in as_alice.get("/").content.decode()
    assert 'href="/desk/settings/"' not in as_bob.get("/").content.decode() + client.get("/").content.decode()


def test_old_versions_of_posts_are_purged_but_never_the_newest(post):
    site.save(SiteSettings(days_of_versions=30))
    other, now = make_post("Other"), timezone.now()
    PostVersion.objects.all().delete()
    for of_post, version, days in ((post, 1, 90), (post, 2, 29), (post, 3, 1), (other, 1, 900), (other, 2, 800)):
        saved_at = now - datetime.timedelta(days=days)
        PostVersion.objects.create(post=of_post, version=version, title="T", body="B", saved_at=saved_at)
    keep_time()
    left = PostVersion.objects.order_by("post", "version").values_list("post", "version")
    assert list(left) == [(post.pk, 2), (post.pk, 3), (other.pk, 2)]


def test_a_dead_database_leaves_the_pages_a_name(monkeypatch):
    from django.db import OperationalError

    cache.clear()

    def fail(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr(SiteSettings.objects, "filter", fail)
    assert site.current().name == "Probation Forum"
