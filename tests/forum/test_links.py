"""How addresses in comments are shown, where they lead, and the clean form beside those that track."""

import re
import time
from html import unescape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from forum.clean_addresses import without_tracking
from forum.extracts import count_links, plain_text
from forum.markup import render_comment
from forum.shown_addresses import shown_address
from forum.web_addresses import is_web_address

LINK = re.compile(r'<a href="([^"]*)"( class="clean")? rel="ugc nofollow noopener noreferrer">([^<]*)</a>')

SLUG = "hostel-rooms-in-northmere-are-to-be-let-again-after-two-winters"
SHOWN = {
    # Short: as typed.
    "https://example.org/a_b?token=x_y": "https://example.org/a_b?token=x_y",
    "www.example.org/rooms": "www.example.org/rooms",
    "https://example.org/petitions/56/1/161/2462326#s2": "https://example.org/petitions/56/1/161/2462326#s2",
    "HTTPS://Example.org/A": "HTTPS://Example.org/A",
    # Long: without its scheme and "www.", and with its middle left out if that is not enough.
    f"https://www.gazette.example/{SLUG[:40]}": f"gazette.example/{SLUG[:40]}",
    f"https://www.gazette.example/news/2026/mar/{SLUG}": "gazette.example/news/2026/mar/hostel-rooms-i…ter-two-winters",
    f"http://www.gazette.example/{SLUG}.html": "gazette.example/hostel-rooms-in-northmere-ar…wo-winters.html",
    f"www.gazette.example/{SLUG}-": "gazette.example/hostel-rooms-in-northmere-ar…er-two-winters-",
    f"https://example.org:8443/{SLUG}": "example.org:8443/hostel-rooms-in-northmere-ar…er-two-winters",
    f"https://example.org?{SLUG}": "example.org?hostel-rooms-in-northmere-are-t…fter-two-winters",
    f"https://example.org#{SLUG}": "example.org#hostel-rooms-in-northmere-are-t…fter-two-winters",
    # The host is whole, however long it is, and first, whatever else looks like one.
    f"https://{'sub.' * 20}example.org/{SLUG}": f"{'sub.' * 20}example.org/hostel-rooms…inters",
    f"https://evil.example/https://www.bank.example/{SLUG}": "evil.example/https://www.bank.example/hoste…fter-two-winters",
    f"https://www.bank.example.evil.example/{SLUG}": "bank.example.evil.example/hostel-rooms-in-northm…two-winters",
    f"https://evil.example/{SLUG}@www.bank.example": None,
    "https://www.example/rooms": "https://www.example/rooms",
    # Letters that look like others: the host's other name says so.
    "https://ex\u0430mple.org/x": "xn--exmple-4nf.org/x",
    "https://b\u00fccher.example/": "xn--bcher-kva.example/",
    "https://ex\u00adample.org/": "example.org/",
    "https://\uff45xample.org/": "example.org/",
    "https://www.example\u3002org/": "example.org/",
    "https://xn--bcher-kva.example/": "https://xn--bcher-kva.example/",
    "https://example.org/caf\u00e9": "https://example.org/caf\u00e9",
}


@pytest.mark.parametrize(("typed", "shown"), SHOWN.items())
def test_a_long_address_is_shown_short_with_its_host_whole(typed, shown):
    [(href, _, text)] = LINK.findall(render_comment(typed))
    assert unescape(href) == (f"http://{typed}" if typed.startswith("www") else typed)
    if shown is not None:
        assert unescape(text) == shown
    assert shown_address(typed) == unescape(text)


@pytest.mark.parametrize(
    "typed",
    [
        "https://www.bank.example@evil.example/",
        "https://a:b@evil.example/x",
        f"https://bank.example:80@evil.example/{SLUG}",
    ],
)
def test_an_address_with_a_user_name_is_no_link_and_stays_as_typed(typed):
    assert render_comment(typed) == f"<p>{typed}</p>"


TOKEN = "token=8Kq_x2-&key=a&sig=b&auth=c"
CLEAN = {
    # Tracking in the query.
    "https://e.example/a?utm_source=x&utm_medium=y": "https://e.example/a",
    "https://e.example/a?id=7&utm_source=x": "https://e.example/a?id=7",
    "https://e.example/a?utm_source=x&id=7#s2": "https://e.example/a?id=7#s2",
    "https://e.example/?fbclid=IwAR_0": "https://e.example/",
    "https://e.example?gclid=1": "https://e.example",
    "https://e.example/a?msclkid=1&b": "https://e.example/a?b",
    "https://e.example/a?mc_cid=1&mc_eid=2": "https://e.example/a",
    "https://e.example/a?igshid=1": "https://e.example/a",
    "https://e.example/a?at_medium=social&at_campaign=y&at_custom1=z": "https://e.example/a",
    "https://e.example/a?ns_mchannel=email": "https://e.example/a",
    "https://e.example/a?CMP=share_btn_tw": "https://e.example/a",
    "https://e.example/a?UTM_Source=x&B=c": "https://e.example/a?B=c",
    "http://e.example/a?fbclid=1": "http://e.example/a",
    "http://www.e.example/a?fbclid=1": "http://www.e.example/a",
    f"https://e.example/a?{TOKEN}&utm_source=x": f"https://e.example/a?{TOKEN}",
    f"https://e.example/a?fbclid=1&{TOKEN}#utm_medium=x": f"https://e.example/a?{TOKEN}",
    "https://e.example/a?b=%2F%3D&fbclid=1&c=d+e": "https://e.example/a?b=%2F%3D&c=d+e",
    "https://e.example/a#xtor=CS1": "https://e.example/a",
    "https://youtu.be/abc?si=1&t=90": "https://youtu.be/abc?t=90",
    "https://www.youtube.com/watch?v=abc&si=1": "https://www.youtube.com/watch?v=abc",
    "https://open.spotify.com/episode/a?si=1": "https://open.spotify.com/episode/a",
    "https://twitter.com/a/status/1?s=20&t=x": "https://twitter.com/a/status/1",
    "https://x.com/a/status/1?s=20": "https://x.com/a/status/1",
    "https://www.dailymail.co.uk/a?ito=1": "https://www.dailymail.co.uk/a",
    # AMP: caches, viewers, publishers.
    "https://www-e-example.cdn.ampproject.org/c/s/www.e.example/a-b": "https://www.e.example/a-b",
    "https://www-e-example.cdn.ampproject.org/v/www.e.example/a": "http://www.e.example/a",
    "https://cdn.ampproject.org/c/s/www.e.example/a?b=1": "https://www.e.example/a?b=1",
    f"https://www-e-example.cdn.ampproject.org/v/s/www.e.example/n/{SLUG}-/amp?amp_js_v=a6&_gsa=1&usqp=mq331%3D%3D"
    f"#aoh=1615&referrer=https%3A%2F%2Fwww.google.com&_tf=From%20%251%24s&share=https%3A%2F%2Fwww.e.example%2Fn%2F{SLUG}-": f"https://www.e.example/n/{SLUG}-",
    "https://www.google.com/amp/s/www.e.example/news/12345678": "https://www.e.example/news/12345678",
    "https://www.google.co.uk/amp/s/amp.e.example/news/12345678": "https://e.example/news/12345678",
    "https://google.de/amp/e.example/a": "http://e.example/a",
    "https://www.google.com/amp/s/www.e.example/a?token=7&fbclid=1": "https://www.e.example/a?token=7",
    f"https://e.example/news/{SLUG}/amp": f"https://e.example/news/{SLUG}",
    f"https://e.example/news/{SLUG}/amp/": f"https://e.example/news/{SLUG}/",
    f"https://e.example/news/{SLUG}?amp": f"https://e.example/news/{SLUG}",
    f"https://e.example/news/{SLUG}?amp=1&page=2": f"https://e.example/news/{SLUG}?page=2",
    f"https://e.example/news/{SLUG}.amp": f"https://e.example/news/{SLUG}",
    f"https://amp.e.example/{SLUG}": f"https://e.example/{SLUG}",
    "https://e.example/a#aoh=1&csi=0&referrer=x&amp_tf=y&ampshare=z": "https://e.example/a",
    # What counts the way there.
    "https://www.google.com/url?sa=t&url=https%3A%2F%2Fwww.e.example%2Fa%3Fb%3D1&usg=x": "https://www.e.example/a?b=1",
    "https://www.google.co.uk/url?q=https://e.example/a&sa=D": "https://e.example/a",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fe.example%2Fa%3Ffbclid%3D1&h=AT": "https://e.example/a",
}


@pytest.mark.parametrize(("typed", "clean"), CLEAN.items())
def test_a_tracked_address_stays_as_typed_and_offers_its_clean_form(typed, clean):
    html = render_comment(f"See {typed} there.")
    (href, own_class, _), (offered, offer_class, text) = LINK.findall(html)
    assert (unescape(href), own_class) == (typed, "")
    assert (unescape(offered), offer_class) == (clean, ' class="clean"')
    assert text == f"clean link to {clean.split('/')[2].partition('?')[0].removeprefix('www.')}"
    assert count_links(html) == 1
    assert "clean" not in plain_text(html)


NOTHING_TO_CLEAN = [
    f"https://e.example/a?{TOKEN}",
    "https://e.example/a?utm=1&source=2&ref=3&s=4&t=5&si=6&ito=7&smid=8&cmp=9",
    "https://e.example/a?at_token=1&mc_key=2&hsa=3&pk_id=4&ns_id=5",
    "https://e.example/a?referrer=x&share=y&usqp=z&csi=1",
    "https://e.example/a#share=x&referrer=y",
    "https://e.example/a#cmpid",
    "https://e.example/a#:~:text=rooms",
    "https://e.example/?q=utm_source%3Dx",
    "https://e.example/utm_source=x/a",
    "https://e.example/a?",
    "https://e.example/a?&&",
    "https://e.example/guitars/amp",
    "https://e.example/amp",
    "https://amp.example/a-page-of-its-own",
    "https://amp.co.uk/a-page-of-its-own",
    "https://amp.e.example/",
    "https://e.example/shop?amp=1",
    "https://e.example/a?amp;b=2",
    "https://cdn.ampproject.org.evil.example/c/s/e.example/a",
    "https://evilcdn.ampproject.org/c/s/e.example/a",
    "https://google.com.evil.example/amp/s/e.example/a",
    "https://www.google.com/amp/s/localhost/a",
    "https://www.google.com/amp/s/user@e.example/a",
    "https://www.google.com/amp/s/",
    "https://www.google.com/url?q=rooms",
    "https://www.google.com/url?q=https%3A%2F%2Fe%20x.example",
    "https://www.google.com/search?q=rooms&sa=D",
    "https://x.com.evil.example/a?s=1",
    "https://notyoutube.com/a?si=1",
    "https://www.google.com/amp/s/" * 9 + "e.example/a",
]


@pytest.mark.parametrize("typed", NOTHING_TO_CLEAN)
def test_nothing_unknown_is_taken_from_an_address(typed):
    assert without_tracking(typed) == typed
    assert 'class="clean"' not in render_comment(typed)


@pytest.mark.parametrize(
    ("typed", "count"),
    [("www.parliamenttv", 0), ("example.org/a", 0), ("me@example.org", 0), ("(https://e.example/a).", 1)],
)
def test_only_addresses_are_links(typed, count):
    assert count_links(render_comment(typed)) == count


def test_an_offer_is_not_the_authors_word():
    html = render_comment("*See* https://e.example/a?fbclid=1, and https://e.example/b.")
    assert html.startswith("<p><em>See</em> <a ")
    assert count_links(html) == 2
    assert plain_text(html) == "See https://e.example/a?fbclid=1, and https://e.example/b."


PARTS = st.sampled_from(
    [
        "https://www.google.com/amp/s/", "https://a.cdn.ampproject.org/c/", "s/", "http://", "https://", "amp.", "www.",
        "e.example", "co.uk", "/", "/amp", ".amp", "?amp", "&amp=1", "/hostel-rooms-again", "12345", "?", "&", "#", "=",
        "utm_source=x", "fbclid", "aoh=1", "share=y", "token=z", "%", "%2F", "@", "\\", ":", "..", "\u00e9", "\u3002",
        "https://google.com/url?q=", "https%3A%2F%2Fe.example%2Fa%3Ffbclid%3D1",
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(st.lists(PARTS, max_size=10).map(lambda parts: "https://" + "".join(parts)))
def test_cleaning_what_is_clean_changes_nothing(address):
    clean = without_tracking(address)
    assert without_tracking(clean) == clean
    assert clean == address or is_web_address(clean)
    assert "token=z" not in address or "token=z" in clean or "#" in address or "/url?q=" in address


@settings(deadline=None)
@given(st.lists(PARTS, max_size=10).map(lambda parts: "https://" + "".join(parts)))
@example("https://www.https://www.google.com/amp/s/https://www.google.com/amp/s/")
def test_links_lead_where_they_say(address):
    """The text of each link begins with the host that a browser would ask, or is the address itself."""
    for href, _, text in LINK.findall(render_comment(address)):
        host = re.split(r"[/?#\\]", unescape(href).removeprefix("http://").removeprefix("https://"))[0]
        shown = unescape(text).removeprefix("clean link to ")
        bare = host.removeprefix("www.")
        assert (
            shown == unescape(href)
            or not host.isascii()
            or shown.removeprefix("www.").startswith(bare)
            or shown.startswith(bare)
        )


HOSTILE = {
    "tracked": "http://a.b/?fbclid " * 1_050,
    "one long query": "https://e.example/?" + "fbclid&" * 2_800,
    "amp signs": "https://e.example/#aoh=1" + "&share" * 3_300,
    "copies of copies": "https://www.google.com/amp/s/" * 680,
    "redirections": "https://www.google.com/url?q=https" + "%3A" * 6_600,
    "amp endings": "https://e.example" + "/amp" * 4_900,
    "dashes": "https://e.example/" + "-" * 19_000 + ".amp",
    "one long host": "https://" + "a." * 9_900 + "org",
    "letters beyond ascii": "https://" + "\u00e9" * 19_000 + ".org",
    "many of them": "https://\u00e9\u00e8\u00e0.org " * 1_300,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_addresses_are_bounded(text):
    started = time.process_time()
    render_comment(text)
    # Bounded, not fast: quadratic work on 20,000 characters would take minutes.
    assert time.process_time() - started < 5
