"""The bytes of mails: what servers and programs do to them changes nothing, and nobody reads what is another's."""

import email
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import tokens
from accounts.digests.asking import confirmation_mail
from accounts.digests.mould import Gap, Marks, header_line, make_mould
from accounts.digests.rendering import letters
from accounts.digests.wording import Look
from accounts.models import Cadence, Delivery, Detail, PostOffice, Subscriber, Subscription
from forum.models import Comment, Post
from forum.site import change
from forum.smtp import Line, Verdict
from tests.accounts.letters import all_events, delivery_to, letter, raw_letter, read
from tests.mailserver import html_of, text_of
from tests.scenery import make_post, write

OVERRIDE = "\N{RIGHT-TO-LEFT OVERRIDE}"
BULB = "\N{ELECTRIC LIGHT BULB}"
# Everything that a line, a header, HTML or quoted-printable might trip over.
NASTY = st.text(st.sampled_from(f"a .=<>&\"'\r\n\t\0?_-é…{BULB}{OVERRIDE}ש\u2028"), max_size=200)
LISTED = ("probation", "justice", "union", "desk")


def physical_lines(raw: bytes, name: str) -> list[bytes]:
    """The lines of a header as they are on the wire, with those that it is folded into."""
    head = raw.split(b"\r\n\r\n")[0]
    return re.findall(rb"(?mi)^(" + name.encode() + rb":[^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", head)


def first_line_of(mail) -> str:
    """What programs show in lists behind the subject: the hidden line, and the beginning of the text."""
    hidden = re.search(r'<div class="first"[^>]*>([^<]*)</div>', html_of(mail))[1]
    return hidden + text_of(mail)[:100]


@given(NASTY, NASTY, st.lists(st.sampled_from(list(Gap)), min_size=1, max_size=4))
def test_whatever_stands_around_a_gap_arrives_as_it_was(before, after, gaps):
    marks = Marks()
    values = {gap: f"https://example.org/{gap}/{'x' * 90}/" for gap in Gap}
    body = before + after.join(marks.of[gap] for gap in gaps) + after
    raw = make_mould(marks, [], body, "", {gap: gaps.count(gap) for gap in gaps}).cast(values)
    assert raw.isascii() and len(raw.split(b"\r\n")) == raw.count(b"\n") + 1 == raw.count(b"\r") + 1
    for gap in gaps:
        body = body.replace(marks.of[gap], values[gap])
    text = list(email.message_from_bytes(raw.replace(b"\r\n", b"\n")).walk())[1]
    assert text.get_payload(decode=True).decode() == body.replace("\r\n", "\n").replace("\r", "\n")


def test_a_gap_too_many_or_too_few_and_a_value_that_breaks_out_are_refused():
    marks = Marks()
    for body in ("", marks.of[Gap.STOP] * 2):
        with pytest.raises(ValueError, match="the gaps of the mail"):
            make_mould(marks, [], body, "", {Gap.STOP: 1})
    mould = make_mould(marks, [("To", marks.of[Gap.TO])], marks.of[Gap.STOP], "", {Gap.STOP: 1, Gap.TO: 1})
    good = {Gap.STOP: "https://example.org/", Gap.TO: "charlie@example.org"}
    assert b"To: charlie@example.org\r\n" in mould.cast(good)
    for wrong in ({Gap.TO: "a@example.org\r\nBcc: b@example.org"}, {Gap.STOP: 'https://x/"><b>'}, {Gap.STOP: "=3D"}):
        with pytest.raises(ValueError, match="cannot be"):
            mould.cast(good | wrong)
    with pytest.raises(ValueError, match="line break"):
        header_line("Subject", "Hello\r\nBcc: eve@example.org")


@pytest.mark.django_db
@pytest.mark.parametrize("telling", [False, True])
@pytest.mark.parametrize("host", ["http://127.0.0.1:8000", f"https://{'long.' * 20}example.org"])
def test_raw_bytes_of_every_digest(post, settings, host, telling):
    settings.SITE_URL = host
    write(post, "Hello")
    for cadence in Cadence.values:
        for detail in Detail.values:
            raw = raw_letter("charlie@example.org", cadence, detail=detail, telling=telling)
            pk = Subscriber.objects.get().pk
            (line,) = physical_lines(raw, "List-Unsubscribe")
            assert line == f"List-Unsubscribe: <{tokens.unsubscribe_url(pk)}>".encode()
            assert physical_lines(raw, "List-Unsubscribe-Post") == [
                b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"
            ]
            assert physical_lines(raw, "To") == [b"To: charlie@example.org"]
            assert not physical_lines(raw, "Cc") and not physical_lines(raw, "Bcc")
            mail = read(raw)
            assert (mail["Auto-Submitted"], mail["Precedence"]) == ("auto-generated", "bulk")
            assert mail["X-Auto-Response-Suppress"] == "All"
            assert raw.isascii() and max(map(len, raw.split(b"\r\n"))) <= 998
            assert b"=?" not in raw, "nothing is encoded that was ASCII"
            assert not re.search(rb"gap[0-9a-f]{20}", raw)
            html = html_of(mail)
            assert not re.search(r"<img|src=|url\(|<link|@import|@font-face", html)
            assert "prefers-color-scheme: dark" in html
            assert html.count("<h1") == 1


@pytest.mark.django_db
def test_a_thousand_mails_hold_one_recipient_each_and_nothing_of_another_reader(post):
    write(post, "Hello")
    Subscriber.objects.bulk_create(
        Subscriber(email=f"reader{number}@example.org", detail=Detail.values[number % 3], telling=number % 2)
        for number in range(1000)
    )
    digest = delivery_to("reader0@example.org").digest
    Delivery.objects.all().delete()
    Delivery.objects.bulk_create(
        Delivery(digest=digest, subscriber=each, cadence="daily", period=digest.period)
        for each in Subscriber.objects.all()
    )
    deliveries = list(Delivery.objects.select_related("digest", "subscriber"))
    chosen = dict.fromkeys((each.pk for each in deliveries), all_events())
    began = time.perf_counter()
    made = letters(deliveries, chosen)
    assert time.perf_counter() - began < 10, "a thousand mails of six groups take a tenth of a second"
    ids = set()
    for delivery in deliveries:
        raw = made[delivery.pk]
        mail = email.message_from_bytes(raw)
        whole = raw + b"".join(part.get_payload(decode=True) or b"" for part in mail.walk())
        assert set(re.findall(rb"reader\d+@", whole)) == {delivery.subscriber.email.split("@")[0].encode() + b"@"}
        own = {tokens.manage_url(delivery.subscriber_id), tokens.unsubscribe_url(delivery.subscriber_id)}
        found = re.findall(rb"http://[^/\s]+/(?:subscriptions|unsubscribe)/[\w.~-]+/", whole)
        assert {link.decode() for link in found} == own
        assert mail.get_all("To") == [delivery.subscriber.email]
        ids.add(mail["Message-ID"])
    assert len(ids) == 1000


@pytest.mark.django_db
@pytest.mark.parametrize("cadence", Cadence.values)
def test_what_shows_of_an_unopened_mail_is_neutral(settings, cadence):
    """By default, under a title, name and host that all hold listed words."""
    settings.SITE_URL = "https://probationforum.example.org"
    change(name="Probation Forum")
    post = make_post("Probation union on the desk review", "Justice, probation.")
    write(post, "Probation.")
    for detail in Detail.values:
        mail = letter(cadence=cadence, detail=detail)
        shown = [mail["Subject"], mail["From"].addresses[0].display_name, mail["List-Id"], first_line_of(mail)]
        assert not [word for word in LISTED for text in shown if word in text.lower()]
        assert "Updates" in mail["From"]
        told = letter("dana@example.org", cadence, detail=detail, telling=True)
        assert told["From"].addresses[0].display_name == "Probation Forum"
        assert ("Probation union" if detail != Detail.COUNTS else "Probation Forum: 1 new post") in told["Subject"]


@pytest.mark.django_db
@given(
    st.lists(
        st.sampled_from(
            [
                "your",
                "update",
                "daily",
                "new",
                "post",
                "comment",
                "updates",
                "news",
                "mail",
                "stop",
                "what",
                "hello",
                "1",
            ]
        ),
        max_size=9,
    )
)
def test_the_owner_may_list_any_word(listed):
    PostOffice.objects.update_or_create(pk=1, defaults={"words_to_avoid": ", ".join(listed).upper()})
    look = Look.now()
    heading = look.heading("daily")
    for text in (
        heading,
        look.subject(heading, "1 new post and 3 new comments", 4),
        look.first_line(),
        look.sender(telling=False),
    ):
        assert text and not [word for word in listed if word in text.lower()]


@pytest.mark.django_db
def test_the_lists_id_names_the_host_only_where_that_is_one_and_neutral(settings):
    ids = {}
    for host in ("updates.example.org", "probation.example.org", "127.0.0.1:8000", "localhost"):
        settings.SITE_URL = f"http://{host}"
        ids[host] = Look.now().list_id()
    assert ids.pop("updates.example.org") == "<updates.updates.example.org>"
    assert all(re.fullmatch(r"<updates\.[0-9a-f]{32}\.localhost>", one) for one in ids.values())


@pytest.mark.django_db
def test_hostile_words_stay_words_on_their_way_through_a_mail_server(mailserver):
    post = make_post("A post", "First.\n\nSecond.")
    title = f"Rooms\r\nBcc: eve@example.org\r\n\r\n<script>alert(1)</script> =?utf-8?q?x?= {OVERRIDE}gpj.exe {BULB}"
    Post.objects.filter(pk=post.pk).update(title=title[:200])
    comment = write(post, "Hello", name="Dana")
    lines = ["<p>. alone</p>", "<p>..twice</p>", "<p>.</p>", "<p>gap0123456789abcdef0123stop {{ manage }} =3D</p>"]
    Comment.objects.filter(pk=comment.pk).update(html="".join(lines) + "<p>&lt;img src=x onerror=alert(1)&gt;</p>")
    raw = raw_letter(telling=True)
    line = Line()
    assert line.hand_over("no-reply@example.org", "charlie@example.org", raw).verdict == Verdict.TAKEN
    line.close()
    assert mailserver.raw == [raw], "not a byte is another, dots at the beginning of lines neither"
    mail = read(raw)
    assert "Bcc" not in mail and mail["To"] == "charlie@example.org"
    subject = str(mail["Subject"])
    assert subject.startswith("Rooms Bcc: eve@example.org <script>") and OVERRIDE not in subject
    assert "=?utf-8?q?x?=" in subject or subject.count("…")
    html = html_of(mail)
    assert "<script" not in html and "<img" not in html
    for body in (text_of(mail), html):
        assert "..twice" in body and "gap0123456789abcdef0123stop {{ manage }} =3D" in body
    assert tokens.manage_url(Subscriber.objects.get().pk) in html


@pytest.mark.django_db
def test_a_title_as_long_as_a_book_stands_shortened_everywhere(post):
    write(post, "Hello")
    whole = "Rooms and rotas " * 12
    Post.objects.filter(pk=post.pk).update(title=whole)
    mail = letter(telling=True)
    assert len(mail["Subject"]) < 130
    assert max(map(len, raw_letter(telling=True).split(b"\r\n"))) <= 998


@pytest.mark.django_db
def test_an_address_in_another_script_stands_in_ascii(post):
    write(post, "Hello")
    assert read(raw_letter("charlie@bücher.example"))["To"] == "charlie@xn--bcher-kva.example"


@pytest.mark.django_db
def test_the_mail_to_confirm_says_no_listed_word_outside_and_cannot_be_unsubscribed_from(settings):
    settings.SITE_URL = f"https://{'long.' * 20}example.org"
    post = make_post("Probation union on the desk review")
    subscriber = Subscriber.objects.create(email="charlie@example.org")
    Subscription.objects.create(subscriber=subscriber, post=post, cadence=Cadence.DAILY)
    message = confirmation_mail(subscriber)
    raw = message.message().as_bytes()
    mail = read(raw)
    shown = [mail["Subject"], mail["From"].addresses[0].display_name, first_line_of(mail)]
    assert not [word for word in LISTED for text in shown if word in text.lower()]
    assert "List-Unsubscribe" not in mail and mail["Auto-Submitted"] == "auto-generated"
    assert mail["To"] == "charlie@example.org" and max(map(len, raw.split(b"\n"))) <= 998
    assert "src=" not in html_of(mail)
