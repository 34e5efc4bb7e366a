"""House pages: the texts the site comes with, the owner's versions, and two editors at once."""

import re
from functools import partial
from urllib.parse import urljoin, urlsplit

import pytest

from forum.markup import render_comment, render_house_page, render_post
from forum.models import HousePage, SiteSettings
from forum.services.house_pages import HOUSE_PAGES, PageEditedMeanwhile, newest_version, save_page, title_of
from forum.site import save
from tests.scenery import at_once

pytestmark = pytest.mark.django_db

PATH = "/desk/pages/about/"


def sent(body, version=0, **more):
    return {"body": body, "version": version} | more


@pytest.mark.parametrize("page", HOUSE_PAGES)
def test_the_texts_that_the_site_comes_with_are_sound(client, page):
    body = newest_version(page).body
    html = client.get(f"/{page}/").content.decode()
    assert f"<h1>{title_of(body)}</h1>" in html
    # Every link of the text became one, and each leads to a page that is there.
    links = re.findall(r"\]\((/[^)]*)\)", body)
    assert set(links) <= set(re.findall(r'href="(/[^"]*)"', html))
    assert {client.get(link).status_code for link in links} <= {200}
    assert "](/" not in html


def test_about_speaks_in_the_name_of_the_site(client):
    save(SiteSettings(name="Desk & <Duty>"))
    html = client.get("/about/").content.decode()
    assert "<h1>About Desk &amp; &lt;Duty&gt;</h1>" in html
    assert "SITE_NAME" not in html


def test_alice_edits_looks_and_saves(as_alice, client):
    assert "About Probation Forum" in as_alice.get("/desk/pages/").content.decode()
    text = "# About us\r\n\r\nA *new* [receipt](/receipts/).\r\n\r\n| a | b |\r\n|---|---|\r\n| 1 | 2 |"
    preview = as_alice.post(PATH, sent(text, preview="")).content.decode()
    assert "A <em>new</em>" in preview
    assert not HousePage.objects.exists()
    assert as_alice.post(PATH, sent(text)).url == "/about/"
    html = client.get("/about/").content.decode()
    assert "<h1>About us</h1>" in html
    assert "<title>About us - " in html
    assert "<td>2</td>" in html
    assert '<a href="/receipts/" rel="noopener">receipt</a>' in html
    assert "Edit this page" not in html
    assert "Edit this page" in as_alice.get("/about/").content.decode()


def test_saving_twice_makes_one_version_and_saving_nothing_makes_none(as_alice):
    for _ in range(2):
        assert as_alice.post(PATH, sent("# One\n\nText.")).status_code == 302
    assert HousePage.objects.count() == 1
    as_alice.post("/desk/pages/help/", sent(newest_version("help").body))
    assert HousePage.objects.count() == 1


def test_earlier_versions_are_shown_and_brought_back_as_new_ones(as_alice, client):
    for version, word in enumerate(("First", "Second")):
        as_alice.post(PATH, sent(f"# About\n\n{word} words.", version))
    html = as_alice.get(PATH).content.decode()
    assert "Version 1" in html
    assert "Version 2" not in html
    assert "First words." in as_alice.get(f"{PATH}?show=1").content.decode()
    assert "without having to say who they are" in as_alice.get(f"{PATH}?show=0").content.decode()
    assert as_alice.post(PATH, {"bring_back": "1", "version": "2"}).status_code == 302
    assert "First words." in client.get("/about/").content.decode()
    assert list(HousePage.objects.values_list("version", flat=True)) == [3, 2, 1]
    assert as_alice.post(PATH, {"bring_back": "0", "version": "3"}).status_code == 302
    assert "without having to say who they are" in client.get("/about/").content.decode()


@pytest.mark.parametrize("asked", ["9", "x", "-1", "²", "9" * 30])
def test_a_version_that_is_not_there_is_404(as_alice, asked):
    assert as_alice.get(f"{PATH}?show={asked}").status_code == 404
    assert as_alice.post(PATH, {"bring_back": asked, "version": "0"}).status_code == 404


def test_the_second_of_two_tabs_sees_both_texts(as_alice):
    as_alice.post(PATH, sent("# About\n\nFirst tab."))
    response = as_alice.post(PATH, sent("# About\n\nSecond tab."))
    html = response.content.decode()
    assert response.status_code == 409
    assert "First tab." in html
    assert "Second tab." in html
    assert 'name="version" value="1"' in html
    assert as_alice.post(PATH, sent("# About\n\nSecond tab.", 1)).status_code == 302
    # Bringing something back from a page that is out of date is no way around it.
    late = as_alice.post(PATH, {"bring_back": "1", "version": "1"})
    assert late.status_code == 409
    assert "Second tab." in late.content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_save_at_once_one_wins_and_the_others_are_told():
    told = at_once(*(partial(save_page, page="about", version=0, body=f"# About\n\n{number}") for number in range(5)))
    assert {type(error) for error in told} == {PageEditedMeanwhile}
    assert [error.page.version for error in told] == [1] * 4
    assert HousePage.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "Enter the text of the page."),
        ("No title here.", "Begin with the title of the page"),
        ("## Too small a title", "Begin with the title of the page"),
        ("# \x01\n\nText", "Begin with the title of the page"),
        ("# " + "x" * 101, "The title must be 100 characters or fewer."),
        ("# T\n" + "x" * 100_000, "You have 4 too many."),
        ("# T\n\x00", "Null characters"),
    ],
)
@pytest.mark.parametrize("button", [{}, {"preview": ""}])
def test_a_wrong_text_comes_back_with_a_sentence(as_alice, body, sentence, button):
    response = as_alice.post(PATH, sent(body, **button))
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert "<title>Error: " in html
    assert body.strip()[-40:].strip("\x00\x01") in html
    assert not HousePage.objects.exists()


HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[x](javascript:alert(1))",
    "[x](//evil.example/)",
    "[x](/\\evil.example/)",
    "[x](<//evil.example>)",
    "[x](</\t/evil.example>)",
    "[x](/&#x2f;evil.example)",
    "[x](/&#9;/evil.example)",
    "[x](data:text/html,x)",
    "| <script>x</script> | [y](javascript:1) |\n|:-:|---|\n| <b onclick=x>z</b> | `<i>` |",
    '[x](/receipts/"onmouseover="alert(1))',
    "![x](/receipts/)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_gets_into_a_house_page(text):
    html = render_house_page(text)
    for tag in re.findall(r"<[^>]*>", html):
        assert re.fullmatch(
            r'</?(?:p|br|em|code|table|thead|tbody|tr|t[dh])>|</a>|<a href="/(?![/\\])[^"<>\\\s]*" rel="noopener">', tag
        ), tag
    for href in re.findall(r'href="([^"]*)"', html):
        assert urlsplit(urljoin("https://forum.example/about/", href)).hostname == "forum.example"


def test_a_title_with_markup_is_text(as_alice, client):
    as_alice.post(PATH, sent("# <script>alert(1)</script> & *us*\n\nText."))
    html = client.get("/about/").content.decode()
    assert "<h1>&lt;script&gt;alert(1)&lt;/script&gt; &amp; *us*</h1>" in html
    assert "<script>" not in html


def test_a_second_title_and_deep_headings_stay_below_the_first():
    html = render_house_page("# Another\n\n## Section\n\n###### Deep")
    assert html == "<h2>Another</h2>\n<h2>Section</h2>\n<h4>Deep</h4>"


def test_only_house_pages_link_to_paths_and_have_tables():
    for render in (render_comment, render_post):
        assert "<a" not in render("[x](/receipts/)")
        assert "<table" not in render("| a | b |\n|---|---|\n| 1 | 2 |")
    assert render_house_page("[x](/)") == '<p><a href="/" rel="noopener">x</a></p>'
    assert 'href="https://example.org/a" rel="noopener"' in render_house_page("See https://example.org/a")
    assert 'rel="noopener noreferrer"' in render_post("See https://example.org/a")
