"""Reading settings: what the cookie holds, what a form changes, and that no page is broken by what somebody puts in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum import reading_settings
from forum.reader_cookies import READING
from forum.reading_settings import SETTINGS, ReadingSettings
from tests.scenery import make_post

CHOICES = st.builds(ReadingSettings, **{setting.name: st.sampled_from(list(setting.choices)) for setting in SETTINGS})
WORDS = st.lists(st.one_of(st.sampled_from(list(reading_settings.SETTING_OF)), st.text(max_size=12)), max_size=12)


@given(CHOICES)
def test_what_is_written_is_read_again_and_is_short(chosen):
    text = reading_settings.write(chosen)
    assert reading_settings.read(text) == chosen
    assert len(text) < reading_settings.MAX_LENGTH
    assert text.replace(".", "").replace("-", "").isalnum() or text == ""


@given(WORDS)
def test_whatever_stands_in_the_cookie_gives_settings_of_ours(words):
    found = reading_settings.read(".".join(words))
    for setting in SETTINGS:
        assert found[setting.name] in setting.choices
    assert set(found.words) <= {part for word in words for part in word.split(".")}


@given(CHOICES, st.dictionaries(st.sampled_from([setting.name for setting in SETTINGS]), st.text(max_size=9)))
def test_a_form_changes_only_what_it_sends_in_words_of_ours(before, sent):
    after = reading_settings.changed(before, sent)
    for setting in SETTINGS:
        expected = sent[setting.name] if sent.get(setting.name) in setting.choices else before[setting.name]
        assert after[setting.name] == expected


@pytest.mark.django_db
class TestPage:
    def test_saving_keeps_one_cookie_and_every_page_shows_it(self, client):
        make_post("Rooms")
        answer = client.post("/reading/", {"theme": "dark", "text": "text130", "keys": "keys"}, follow=True)
        cookie = client.cookies[READING]
        assert cookie.value == "dark.text130.keys"
        assert (cookie["max-age"], cookie["samesite"], cookie["httponly"]) == (90 * 24 * 3600, "Lax", True)
        assert "Saved on this device" in answer.content.decode()
        for path in ("/", "/archive/", "/help/", "/reading/", "/nope", make_post("Desks").get_absolute_url()):
            response = client.get(path)
            assert '<html lang="en-GB" class="dark text130 keys">' in response.content.decode(), path
            assert re.search("private|no-store", response.headers["Cache-Control"]), path

    def test_in_production_the_cookie_is_secure(self, client, settings):
        settings.PRODUCTION = True
        assert client.post("/reading/", {"theme": "dark"}).cookies[READING]["secure"]

    def test_a_browser_that_keeps_no_cookie_is_told(self, client):
        client.post("/reading/", {"theme": "dark"})
        client.cookies.clear()
        assert "did not keep" in client.get("/reading/?saved").content.decode()

    def test_choosing_the_usual_everywhere_keeps_nothing(self, client):
        client.post("/reading/", {"theme": "dark"})
        answer = client.post("/reading/", {"theme": ""}, follow=True)
        assert client.cookies[READING].value == ""
        assert client.cookies[READING]["max-age"] == 0
        assert "nothing is kept" in answer.content.decode()

    def test_forget_deletes_the_cookie(self, client):
        client.post("/reading/", {"theme": "contrast"})
        answer = client.post("/reading/deletion/", follow=True)
        assert client.cookies[READING]["max-age"] == 0
        assert "Forgotten" in answer.content.decode()
        assert '<html lang="en-GB">' in client.get("/").content.decode()

    @pytest.mark.parametrize(
        "value", ["", "...", '"><script>alert(1)</script>', "dark" * 99, "\x00", "é.dark.light", ";"]
    )
    def test_garbage_in_the_cookie_breaks_no_page(self, client, value):
        client.cookies[READING] = value
        for path in ("/", "/reading/"):
            response = client.get(path)
            assert response.status_code == 200
            assert "<script>alert" not in response.content.decode()

    def test_staff_pages_too_and_nobody_else(self, as_alice, client):
        as_alice.post("/reading/", {"theme": "dark"})
        for path in ("/desk/", "/moderation/", "/accounts/2fa/"):
            assert '<html lang="en-GB" class="dark">' in as_alice.get(path, follow=True).content.decode(), path
        assert '<html lang="en-GB">' in client.get("/").content.decode()

    def test_opening_the_page_sets_no_cookie_and_says_what_both_hold(self, client):
        response = client.get("/reading/")
        assert response.cookies == {}
        html = response.content.decode()
        assert html.count("<fieldset") == len(SETTINGS)
        assert "90 days" in html
        assert html.count('class="choice"') == sum(len(setting.choices) for setting in SETTINGS)

    def test_another_site_cannot_change_them(self, client):
        assert (
            client.post("/reading/", {"theme": "dark"}, headers={"Origin": "https://evil.example"}).status_code == 403
        )
