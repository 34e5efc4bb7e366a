"""Discussions of readers: sent once, decided by the owner, shown with both texts, and really gone when withdrawn."""

import re
from xml.etree import ElementTree

import pytest
from django.apps import apps

from accounts.digests.rendering import preview
from forum import receipts, site
from forum.errors import BadReason, BadText, BadTitle, NoSuchReceipt, NotAllowedNow, NotTheStarter, Refused
from forum.models import Autosave, Comment, Post, PostVersion
from forum.services.comments import find_by_code
from forum.services.discussions import (
    find_discussion,
    publish_discussion,
    refuse_discussion,
    withdraw_discussion,
)
from forum.services.posts import EditedMeanwhile, unpublish_post
from forum.signals import post_published, post_submitted
from forum.source import MAX_LENGTH
from tests.scenery import (
    at,
    at_once,
    code_text,
    make_discussion,
    make_post,
    make_rule,
    make_thread,
    send_discussion,
    write,
)

pytestmark = pytest.mark.django_db

State = Post.State
NONCE = "0123456789abcdef" * 2
FORM = {"title": "Rota", "text": "How is *yours*?"}


def publish(post, **changes):
    said = {"version": post.version, "title": post.title, "body": post.body, "labels": []}
    return publish_discussion(post_id=post.pk, **said | changes)


def refuse(post, reason="Too much detail.", **changes):
    return refuse_discussion(post_id=post.pk, version=post.version, reason=reason, **changes)


def desk_form(post, action="publish", **changes):
    return {"title": post.title, "body": post.body, "version": post.version, "action": action} | changes


# Sending


def test_a_discussion_waits_and_holds_what_was_sent_to_the_minute():
    told = []
    post_submitted.connect(receiver := lambda post, **kwargs: told.append(post.pk), weak=False)
    try:
        with at("2026-01-13T10:15:42"):
            post, code = send_discussion("  Rota\n changes", "Line one\r\nline *two*")
    finally:
        post_submitted.disconnect(receiver)
    post.refresh_from_db()
    assert (post.kind, post.state) == (Post.Kind.READER, State.HELD)
    assert (post.title, post.body) == (post.sent_title, post.sent_body) == ("Rota changes", "Line one\nline *two*")
    assert post.html == "<p>Line one<br>\nline <em>two</em></p>"
    assert {post.submitted_at.isoformat(), post.updated_at.isoformat()} == {"2026-01-13T10:15:00+00:00"}
    assert post.published_at is None
    assert post.get_absolute_url() == ""
    assert find_discussion(code) == post
    assert told == [post.pk]


@pytest.mark.parametrize("title", ["", " \n ", "\u200b", "\x00", "x" * 201])
def test_a_title_that_cannot_be_taken_is_refused_in_words(title):
    with pytest.raises(BadTitle, match=r"\."):
        send_discussion(title)
    assert Post.objects.count() == 0


@pytest.mark.parametrize("text", ["", "\u200b", "> ", "a\x00b", "\ud800", "x" * (MAX_LENGTH + 1)])
def test_a_text_that_cannot_be_taken_is_refused_in_words(text):
    with pytest.raises(BadText, match="text"):
        send_discussion(text=text)
    assert Post.objects.count() == 0


def test_pressing_twice_is_one_discussion_and_one_receipt_whatever_became_of_it():
    first, code = send_discussion(nonce=NONCE)
    publish(first, title="Rotas")
    assert send_discussion(nonce=NONCE) == (first, code)
    withdraw_discussion(code=code)
    assert send_discussion(nonce=NONCE) == (first, code)
    assert Post.objects.count() == 1


def test_title_text_and_labels_belong_to_the_receipt():
    make_post(labels=["Desks", "Leave"])
    sent = [("Rota", "One", []), ("Rotas", "One", []), ("Rota", "Two", []), ("Late", "One", ["desks"])]
    codes = [send_discussion(title, text, labels=labels, nonce=NONCE)[1] for title, text, labels in sent]
    assert len(set(codes)) == 4
    labelled = receipts.discussion_code_from_nonce(NONCE, title="Late", source="One", labels=["desks"])
    assert codes[3] == labelled != receipts.discussion_code_from_nonce(NONCE, title="Late", source="One", labels=[])


def test_the_same_words_within_ten_minutes_make_no_second_one_and_yield_no_receipt():
    with at("2026-01-13T10:15:00"):
        dana, code = send_discussion(nonce=NONCE)
        publish(dana, title="The owner's title", body="The owner's text.")
        for nonce in ("", "f" * 32):
            assert send_discussion(nonce=nonce) == (dana, None)
    with at("2026-01-13T10:26:00"):
        assert send_discussion()[0] != dana
    assert code is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("nonce", [NONCE, ""])
def test_four_presses_at_once_are_one_discussion(nonce):
    found = []

    assert at_once(*[lambda: found.append(send_discussion(nonce=nonce))] * 4) == []
    assert Post.objects.count() == 1
    codes = [code for _, code in found if code]
    assert len(codes) == (4 if nonce else 1)
    assert len(set(codes)) == 1


def test_only_the_screeners_no_counts():
    site.change(comments="hold_all")
    make_rule("gannet", answer="refuse", why="Not this word.")
    assert send_discussion()[0].state == State.HELD
    for words in ({"title": "The Gannet"}, {"text": "A gannet."}):
        with pytest.raises(Refused, match="It is about: “gannet”"):
            send_discussion(**words)
    assert Post.objects.count() == 1


def test_labels_that_no_published_post_has_cannot_be_chosen():
    make_post(labels=["Desks", "Leave"])
    make_post(labels=["Secret"], publish_at=None)
    post, _ = send_discussion(labels=["desks", "secret", "nope", "\x00", "\ud800"])
    assert [label.slug for label in post.labels.all()] == ["desks"]


# The owner's decision


def test_publishing_fixes_the_address_and_tells_once():
    told = []
    post_published.connect(receiver := lambda post, **kwargs: told.append(post.pk), weak=False)
    try:
        post, _ = send_discussion("Rota changes")
        publish(post, labels=["Rotas"])
        publish(post, labels=["Rotas"])
    finally:
        post_published.disconnect(receiver)
    post.refresh_from_db()
    assert post.is_published
    assert post.get_absolute_url().endswith("/rota-changes.html")
    assert [label.name for label in post.labels.all()] == ["Rotas"]
    assert not post.was_edited
    assert PostVersion.objects.count() == 0
    assert told == [post.pk]


def test_an_edited_one_keeps_what_was_sent_for_its_author():
    post, _ = send_discussion("Rota at Northtown", "Ask *Sam*.")
    publish(post, title="Rota", body="Ask *around*.")
    post.refresh_from_db()
    assert post.was_edited
    assert post.html == "<p>Ask <em>around</em>.</p>"
    assert (post.sent_title, post.sent_body) == ("Rota at Northtown", "Ask *Sam*.")
    assert "northtown" not in post.get_absolute_url()


def test_a_refused_one_may_be_published_later():
    post, _ = send_discussion()
    refused = refuse(post, "  Names a\nplace. ")
    assert (refused.state, refused.reason) == (State.REFUSED, "Names a place.")
    published = publish(refused, body="Without the place.")
    assert published.is_published
    assert published.reason == ""


@pytest.mark.parametrize("reason", ["", " \n", "x" * 301])
def test_a_refusal_needs_a_reason(reason):
    post, _ = send_discussion()
    with pytest.raises(BadReason, match=r"reason|why"):
        refuse(post, reason)
    assert Post.objects.get().state == State.HELD


def test_two_owners_at_once_do_not_overrule_each_other_unseen():
    post, _ = send_discussion()
    publish(post, body="Alice's edit.")
    with pytest.raises(EditedMeanwhile) as told:
        publish(post, body="Another edit.")
    assert told.value.post.body == "Alice's edit."
    with pytest.raises(NotAllowedNow, match="published"):
        refuse(post)
    publish(post, body="Alice's edit.")
    other, _ = send_discussion("Other")
    refuse(other)
    assert refuse(other).version == 2
    with pytest.raises(EditedMeanwhile):
        refuse(other, "Another reason.")
    with pytest.raises(EditedMeanwhile):
        publish(other)


def test_what_its_author_withdrew_cannot_be_decided_on():
    post, code = send_discussion()
    withdraw_discussion(code=code)
    for decide in (publish, refuse):
        with pytest.raises(NotAllowedNow, match="withdrawn by its author"):
            decide(post)
    with pytest.raises(NotAllowedNow):
        withdraw_discussion(code=code)


def test_a_post_of_the_owner_is_no_discussion(post, as_alice):
    with pytest.raises(Post.DoesNotExist):
        publish(post)
    assert as_alice.get(f"/desk/discussions/{post.pk}/").status_code == 404


# Withdrawing


def everything_stored():
    """Every value of every column of every table."""
    return "\n".join(repr(row) for model in apps.get_models() for row in model.objects.values_list())


@pytest.mark.parametrize("until", ["held", "refused", "edited", "unpublished"])
def test_nothing_of_a_withdrawn_discussion_is_left(until):
    make_post(labels=["Desks"])
    post, code = send_discussion("Kittiwake one", "Kittiwake two", labels=["desks"])
    if until == "refused":
        refuse(post, "Kittiwakes are named.")
    if until in ("edited", "unpublished"):
        post = publish(post, title="Kittiwake three", body="Kittiwake four")
        publish(post, title="Kittiwake five", body="Kittiwake six")
        Autosave.objects.create(tab="a" * 32, post=post, body="Kittiwake seven")
    if until == "unpublished":
        unpublish_post(post_id=post.pk)
    assert "ittiwake" in everything_stored()
    gone = withdraw_discussion(code=code)
    left = everything_stored()
    assert "Kittiwake" not in left
    # The address, whose words were public, is what keeps the comments within reach.
    assert ("kittiwake-three" in left) == (until == "edited")
    assert gone.labels.count() == 0
    assert gone.state == State.WITHDRAWN


def test_the_thread_of_a_withdrawn_discussion_stays_and_takes_no_more(client):
    post, code = make_discussion("Rota")
    make_thread(post, "a(b)")
    path = post.get_absolute_url()
    withdraw_discussion(code=code)
    page = client.get(path)
    html = page.content.decode()
    assert page.status_code == 200
    assert "<h1>Discussion withdrawn by its author</h1>" in html
    assert "How is yours?" not in html
    assert "This is b." in html
    assert "takes no more comments" in html
    assert 'content="noindex"' in html
    assert client.post(f"{path}/comments", {"text": "Late"}).status_code == 403
    assert client.get(f"{path}/reply").status_code == 200
    assert client.get(f"{path}/c/1").status_code == 200
    assert client.post(f"{path}/c/1/report", {"category": "spam"}).status_code == 200
    for elsewhere in ("/", "/?from=readers", "/archive/", "/feed.atom", "/sitemap.xml"):
        listed = client.get(elsewhere).content.decode()
        assert path not in listed, elsewhere
        assert "withdrawn" not in listed, elsewhere
    assert client.get(f"/archive/{post.year}/{post.month:02}/").status_code == 404


def test_a_round_up_still_quotes_the_comments_under_a_withdrawn_discussion(client):
    post, code = make_discussion()
    comment = write(post, "Mine changed too.")
    round_up = make_post("Round-up", f":::comment {comment.get_absolute_url()}\n:::")
    withdraw_discussion(code=code)
    html = client.get(round_up.get_absolute_url()).content.decode()
    assert "Mine changed too." in html
    assert "on “Discussion withdrawn by its author”" in html


def test_the_owner_takes_a_published_one_down_and_brings_it_back(as_alice, client):
    post, _ = make_discussion()
    address, path = post.get_absolute_url(), f"/desk/discussions/{post.pk}/"
    page = as_alice.get(path).content.decode()
    assert "Take this post down" in page
    assert "Publish the update" in page
    as_alice.post(f"/desk/posts/{post.pk}/unpublishing/", {"reason": "A question of law."})
    assert client.get(address).status_code == 410
    post.refresh_from_db()
    assert as_alice.post(path, desk_form(post)).url == address
    assert client.get(address).status_code == 200


def test_a_digest_brings_a_published_discussion_and_leaves_a_withdrawn_one_out():
    post, code = make_discussion()
    write(post, "A comment.")
    assert post.address in preview("daily", "titles", False)[2]
    withdraw_discussion(code=code)
    assert preview("daily", "titles", False) == ("", "", "")


def test_withdrawing_does_not_bring_back_what_the_owner_took_down(client):
    post, code = make_discussion()
    path = post.get_absolute_url()
    unpublish_post(post_id=post.pk)
    withdraw_discussion(code=code)
    assert client.get(path).status_code in (404, 410)


# The pages of readers


def test_a_reader_starts_one_without_a_cookie(client):
    make_post(labels=["Desks"])
    page = client.get("/start/")
    assert page.cookies == {}
    assert "no-store" in page.headers["Cache-Control"]
    nonce = re.search(r'name="nonce" value="(\w+)"', page.content.decode())[1]
    shown = client.post("/start/preview", FORM | {"labels": ["desks"], "nonce": nonce}).content.decode()
    assert "How is <em>yours</em>?" in shown
    assert f'value="{nonce}"' in shown
    assert re.search(r'value="desks" checked', shown)
    assert Post.objects.from_readers().count() == 0
    answers = [client.post("/start/", FORM | {"labels": ["desks"], "nonce": nonce}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    pages = [client.get(answer.url) for answer in answers]
    codes = [re.search(r'id="code">([^<]+)<', page.content.decode())[1] for page in pages]
    assert codes[0] == codes[1]
    assert "Your discussion waits for the owner" in pages[0].content.decode()
    assert all(answer.cookies == {} for answer in [*answers, *pages])
    assert find_discussion(receipts.read_code(codes[0])) == Post.objects.from_readers().get()
    copied = client.post("/start/", FORM)
    html = client.get(copied.url).content.decode()
    assert "This text is already there" in html
    assert 'id="code"' not in html


@pytest.mark.parametrize("path", ["/start/", "/start/preview"])
def test_a_wrong_form_comes_back_whole_with_every_mistake_and_costs_nothing(client, path):
    make_post(labels=["Desks"])
    for _ in range(7):
        answer = client.post(path, {"title": " ", "text": "x" * (MAX_LENGTH + 3), "labels": "desks", "nonce": NONCE})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: " in html
    assert '<a href="#title">Enter a title.</a>' in html
    assert "You have 3 too many." in html
    assert "x" * (MAX_LENGTH + 3) in html
    assert 'value="desks" checked' in html
    assert f'value="{NONCE}"' in html
    assert Post.objects.from_readers().count() == 0


def test_five_an_hour_and_the_sixth_comes_back_whole(client):
    for number in range(5):
        assert client.post("/start/", FORM | {"title": f"Rota {number}"}).status_code == 303
    answer = client.post("/start/", FORM | {"title": "One too many"})
    assert answer.status_code == 429
    assert "One too many" in answer.content.decode()
    assert client.post("/start/", FORM, REMOTE_ADDR="198.51.100.7").status_code == 303


def test_another_sites_page_cannot_start_one(client):
    for path in ("/start/", "/receipts/withdrawal/"):
        assert client.post(path, FORM, HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
    assert Post.objects.count() == 0


def test_what_waits_is_nowhere_to_be_seen(client):
    post, _ = send_discussion("Kittiwake", "Kittiwake text")
    refused, _ = send_discussion("Kittiwake refused")
    refuse(refused)
    for path in ("/", "/?from=readers", "/archive/", "/feed.atom", "/sitemap.xml", "/start/"):
        assert "Kittiwake" not in client.get(path).content.decode()
    assert client.get(f"/subscribe/?post={post.pk}").content.decode().count("Kittiwake") == 0


def test_the_receipt_tells_each_step(client):
    post, code = send_discussion("Rota at Northtown", "Ask *Sam*.")
    sent = {"code": code_text(code)}
    assert "Waiting for the owner" in client.post("/receipts/", sent).content.decode()
    refuse(post, "It names a place")
    assert "Reason: It names a place" in client.post("/receipts/", sent).content.decode()
    publish(Post.objects.get(), title="Rota", body="Ask *around*.")
    html = client.post("/receipts/", sent).content.decode()
    assert re.search(r"What you sent.*Rota at Northtown.*Ask <em>Sam</em>.*What readers see.*around", html, re.DOTALL)
    assert Post.objects.get().get_absolute_url() in html
    gone = client.post("/receipts/withdrawal/", sent).content.decode()
    assert "You withdrew it" in gone
    assert "Northtown" not in gone
    assert client.post("/receipts/withdrawal/", sent).status_code == 409
    with pytest.raises(NoSuchReceipt):
        find_by_code(code)


# The mark of who started it


def test_the_receipt_code_marks_a_comment_of_whoever_started_it(client):
    post, code = make_discussion()
    path = f"{post.get_absolute_url()}/comments"
    assert client.post(path, {"text": "Mine.", "starter_code": code_text(code).lower()}).status_code == 303
    assert client.post(path, {"text": "Named.", "name": "Dana", "starter_code": code_text(code)}).status_code == 303
    client.post(path, {"text": "Not mine."})
    assert list(Comment.objects.order_by("number").values_list("by_starter", flat=True)) == [True, True, False]
    html = client.get(post.get_absolute_url()).content.decode()
    assert html.count('<span class="mark">Started this discussion</span>') == 2
    assert re.search(r"Anonymous <span class=\"mark\">Started.{0,200}Mine\.", html, re.DOTALL)


@pytest.mark.parametrize("typed", ["WRONG", None])
def test_a_wrong_code_is_told_at_its_field_and_keeps_the_text(client, typed):
    post, _ = make_discussion()
    typed = typed or code_text(send_discussion("Another")[1])
    answer = client.post(f"{post.get_absolute_url()}/comments", {"text": "My words.", "starter_code": typed})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#starter_code">This is not the receipt code' in html
    assert "My words." in html
    assert f'value="{typed}"' in html
    assert not re.search(rf'(?:href|action)="[^"]*{typed}', html)
    assert Comment.objects.count() == 0


def test_a_preview_keeps_the_code_and_elsewhere_nobody_is_asked_for_one(client, post):
    discussion, _ = make_discussion()
    shown = client.post(f"{discussion.get_absolute_url()}/preview", {"text": "Hi", "starter_code": "ABC"})
    assert 'value="ABC"' in shown.content.decode()
    assert "starter_code" not in client.get(post.get_absolute_url()).content.decode()
    assert client.post(f"{post.get_absolute_url()}/comments", {"text": "Hi", "starter_code": "ABC"}).status_code == 303


def test_guessing_codes_soon_ends(client):
    post, _ = make_discussion()
    path = f"{post.get_absolute_url()}/comments"
    answers = {client.post(path, {"text": "Me.", "starter_code": f"A{number}"}).status_code for number in range(31)}
    assert answers == {422, 429}
    with pytest.raises(NotTheStarter):
        write(post, "Me.", starter_code="AAAA")


# The pages of the owner


def test_the_owner_reads_previews_and_publishes_with_an_edit(as_alice, client):
    post, _ = send_discussion("Rota at Northtown", "Ask *Sam*.")
    assert "a reader’s discussion" in as_alice.get("/desk/").content.decode()
    path = f"/desk/discussions/{post.pk}/"
    assert "Ask <em>Sam</em>." in as_alice.get(path).content.decode()
    assert as_alice.get(f"/desk/posts/{post.pk}/").url == path
    edit = desk_form(post, title="Rota", body="Ask *around*.", labels="Rotas, leave")
    shown = as_alice.post(path, edit | {"action": "preview"}).content.decode()
    assert "Ask <em>around</em>." in shown
    assert 'value="Rotas, leave"' in shown
    assert Post.objects.get().state == State.HELD
    answer = as_alice.post(path, edit)
    assert answer.url == Post.objects.get().get_absolute_url()
    read = client.get(answer.url).content.decode()
    assert "Edited by the owner before publication" in read
    assert "From a reader" in read
    assert "Northtown" not in read
    assert "Ask <em>Sam</em>." in as_alice.get(path).content.decode()
    assert path not in as_alice.get("/desk/").content.decode()


def test_the_owner_refuses_with_a_reason(as_alice):
    post, _ = send_discussion()
    path = f"/desk/discussions/{post.pk}/"
    without = as_alice.post(path, desk_form(post, "refuse", body="My half-done edit"))
    assert without.status_code == 422
    assert "Say why you refuse it" in without.content.decode()
    assert "My half-done edit" in without.content.decode()
    assert as_alice.post(path, desk_form(post, "refuse", refusal="It names a place.")).url == "/desk/"
    assert "It names a place." in as_alice.get("/desk/").content.decode()
    assert Post.objects.get().body == "How is yours?"


@pytest.mark.parametrize("change", [{"title": ""}, {"body": " "}, {"labels": "???"}])
def test_a_wrong_edit_comes_back_with_everything_typed(as_alice, change):
    post, _ = send_discussion()
    answer = as_alice.post(f"/desk/discussions/{post.pk}/", desk_form(post, refusal="Kept words") | change)
    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode()
    assert Post.objects.get().state == State.HELD


def test_the_second_owner_sees_both_texts_and_may_go_on(as_alice):
    post, _ = send_discussion()
    publish(post, body="First edit.")
    path = f"/desk/discussions/{post.pk}/"
    answer = as_alice.post(path, desk_form(post, body="Second edit."))
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "First edit." in html
    assert "Second edit." in html
    version = re.search(r'name="version" value="(\d+)"', html)[1]
    as_alice.post(path, desk_form(post, body="Second edit.", version=version))
    assert Post.objects.get().body == "Second edit."


def test_who_decides_on_what_was_withdrawn_meanwhile_is_told_and_shown_no_text(as_alice):
    post, code = send_discussion(text="Kittiwake.")
    withdraw_discussion(code=code)
    answer = as_alice.post(f"/desk/discussions/{post.pk}/", desk_form(post))
    assert answer.status_code == 409
    assert "withdrawn by its author" in answer.content.decode()
    assert "Kittiwake" not in answer.content.decode()


def test_the_decision_is_the_owners(client, as_bob):
    post, _ = send_discussion()
    path = f"/desk/discussions/{post.pk}/"
    assert as_bob.get(path).status_code == 403
    assert client.get(path).status_code == 302
    answer = client.post(path, desk_form(post, body="Two hours of work."))
    assert answer.status_code == 403
    assert "Two hours of work." in answer.content.decode()
    assert "Send again: publish" in answer.content.decode()


# Marked wherever it is listed


def test_lists_and_feeds_say_that_it_is_from_a_reader(client):
    make_post("By the owner")
    make_discussion("By Dana")
    mark = '<span class="mark">From a reader</span>'
    assert client.get("/").content.decode().count(mark) == 1
    readers = client.get("/?from=readers").content.decode()
    assert "By Dana" in readers
    assert "By the owner" not in readers
    names = {"a": "http://www.w3.org/2005/Atom"}
    entries = ElementTree.fromstring(client.get("/feed.atom").content).findall("a:entry", names)
    terms = {
        entry.find("a:title", names).text: [c.get("term") for c in entry.findall("a:category", names)]
        for entry in entries
    }
    assert terms == {"By the owner": [], "By Dana": ["From a reader"]}


def test_the_filter_keeps_through_the_pages_and_in_the_canonical_address(client):
    for number in range(11):
        make_discussion(f"By Dana {number}")
    first, second = (client.get(f"/?from=readers{page}").content.decode() for page in ("", "&page=2"))
    assert 'href="?from=readers&amp;page=2"' in first
    assert 'href="?from=readers&amp;page=1"' in second
    assert 'rel="canonical" href="http://127.0.0.1:8000/?from=readers"' in first
    assert 'rel="canonical" href="http://127.0.0.1:8000/?from=readers&amp;page=2"' in second
    assert 'rel="canonical" href="http://127.0.0.1:8000/?page=2"' in client.get("/?page=2").content.decode()
    assert client.get("/?from=readers&page=3").status_code == 404


def test_a_digest_says_that_it_is_from_a_reader():
    make_discussion("By Dana")
    make_post("By the owner")
    _, html, text = preview("daily", "titles", False)
    assert [said.lower().count("from a reader") for said in (html, text)] == [1, 1]
