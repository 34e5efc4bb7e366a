"""Pressing twice, a network that is cut after sending, and a stranger who copies a text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.site import unique


def count(site, path, word):
    return sum(word in line for line in site.manage("export_thread", path, "--all-states").splitlines())


def cut_after_sending(page):
    """The request reaches the site, the answer never comes back."""

    def handler(route):
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route("**/comments", handler, times=1)


def test_a_double_click_is_one_comment(visitor, running):
    path, word = running.first_post(), unique("twice")
    dana = visitor()
    dana.page.goto(f"{path}/reply")
    dana.page.get_by_label("Your comment").fill(f"Only once {word}.")
    dana.page.get_by_role("button", name="Post comment").dblclick()
    # The second press may break off what the first one asked for.
    expect(dana.page).to_have_url(re.compile("/posted/"))
    expect(dana.page.get_by_role("heading", level=1)).to_contain_text("Your comment is number")
    assert dana.page.locator("#code").text_content()
    assert count(running, path, word) == 1


def test_the_shared_form_pressed_twice_is_one_comment_everywhere(visitor, running, javascript):
    path, word = running.first_post(), unique("shared")
    dana = visitor()
    codes, nonces = [], []
    for _ in range(2):
        dana.page.goto(path)
        if javascript:
            nonces.append(dana.page.locator("[name=nonce]").input_value())
            # As a page that Back brings out of the browser's memory: the same form, with the nonce it had.
            dana.page.evaluate("nonce => { document.querySelector('[name=nonce]').value = nonce }", nonces[0])
        dana.page.get_by_label("Your comment").fill(f"Only once {word}.")
        dana.page.get_by_role("button", name="Post comment").click()
        dana.page.wait_for_url("**/posted/**")
        codes.append(dana.page.locator("#code").text_content() if dana.page.locator("#code").count() else None)
    assert count(running, path, word) == 1
    if javascript:
        assert codes[0] == codes[1] is not None
    else:
        assert codes[0]
        assert codes[1] is None
        expect(dana.page.get_by_text("whoever copies a text must not become its author")).to_be_visible()
        expect(dana.page.get_by_role("link", name="comment number")).to_be_visible()


@pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with JavaScript"])
@pytest.mark.parametrize("where", ["", "/reply"])
def test_a_cut_network_keeps_the_text_and_a_second_press_brings_the_receipt(visitor, running, where):
    path, word = running.first_post(), unique("cut")
    dana = visitor()
    page = dana.page
    page.goto(path + where)
    page.get_by_label("Your comment").fill(f"Through the tunnel {word}.")
    cut_after_sending(page)
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator("[data-state]")).to_contain_text("Your text is still here")
    assert count(running, path, word) == 1
    expect(page.get_by_label("Your comment")).to_have_value(f"Through the tunnel {word}.")
    page.get_by_role("button", name="Post comment").click()
    page.wait_for_url("**/posted/**")
    assert page.locator("#code").text_content()
    assert count(running, path, word) == 1
    dana.complaints = [text for text in dana.complaints if "ERR_CONNECTION_RESET" not in text]


@pytest.mark.parametrize("javascript", [False], indirect=True, ids=["without JavaScript"])
def test_without_javascript_the_same_form_sent_again_brings_the_same_receipt(visitor, running):
    path, word = running.first_post(), unique("cut")
    dana = visitor()
    page = dana.page
    page.goto(f"{path}/reply")
    page.get_by_label("Your comment").fill(f"Through the tunnel {word}.")
    sent = {name: page.locator(f"[name={name}]").input_value() for name in ("nonce", "text")}
    cut_after_sending(page)
    page.get_by_role("button", name="Post comment").click(no_wait_after=True)
    page.wait_for_timeout(500)
    assert count(running, path, word) == 1
    # Reloading the error page sends the same form again, as the browser offers to do.
    first = running.post(f"{path}/comments", **sent)[1]
    second = running.post(f"{path}/comments", **sent)[1]
    code = first.split('id="code">')[1].split("<")[0]
    assert code in second
    assert count(running, path, word) == 1
    dana.complaints = []


def test_a_stranger_who_copies_a_comment_gets_no_receipt(visitor, running):
    path, word = running.first_post(), unique("copied")
    dana, eve = visitor(), visitor()
    for person in (dana, eve):
        person.page.goto(path)
        person.page.get_by_label("Your comment").fill(f"My own words {word}.")
        person.page.get_by_role("button", name="Post comment").click()
        person.page.wait_for_url("**/posted/**")
    assert dana.page.locator("#code").count() == 1
    assert eve.page.locator("#code").count() == 0
    expect(eve.page.get_by_role("heading", level=1)).to_contain_text("already there")
    assert count(running, path, word) == 1
