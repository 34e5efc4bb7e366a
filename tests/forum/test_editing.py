"""The owner's editor: what is kept while one types, versions, updates, taking a post down and bringing it back."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import DigestEvent
from forum.errors import BadText, NotPublished
from forum.models import Autosave, Post, PostUpdate
from forum.services.autosaves import purge_autosaves
from forum.services.discussions import withdraw_discussion
from forum.services.posting import post_comment
from forum.services.posts import PostDraft, publish_due_posts, save_post, unpublish_post
from forum.services.updates import add_update, delete_update
from tests.scenery import Submission, at, make_post, make_thread, send_discussion, write

pytestmark = pytest.mark.django_db

TAB = "a" * 32
OTHER_TAB = "b" * 32
FORM = {"title": "Rooms", "body": "Some *words*.", "labels": "", "publish": "draft", "comments_open": "on"}
INCOMPLETE = "Mine.\n\n:::quotation\npublisher: The Gazette\n\nTheirs.\n:::"


def keep(client, **fields):
    return client.post("/desk/autosave/", {"tab": TAB, "title": "Rooms", "body": "Half a", "labels": ""} | fields)


def test_what_is_typed_is_kept_and_taken_up_again(as_alice):
    assert set(keep(as_alice).json()) == {"saved_at"}
    keep(as_alice, body="Half a sentence\r\nand more")
    assert "Half a sentence" not in as_alice.get("/desk/posts/new/").content.decode()
    desk = as_alice.get("/desk/").content.decode()
    assert "Not saved yet" in desk
    assert f"/desk/posts/new/?tab={TAB}" in desk
    editor = as_alice.get(f"/desk/posts/new/?tab={TAB}").content.decode()
    assert "Half a sentence\nand more</textarea>" in editor
    assert f'name="tab" id="id_tab" value="{TAB}"' in editor
    as_alice.post("/desk/posts/new/", FORM | {"tab": TAB})
    assert Autosave.objects.count() == 0


def test_two_tabs_of_one_post_keep_their_own_and_the_second_to_save_sees_both(as_alice, post):
    for tab, body in ((TAB, "First tab."), (OTHER_TAB, "Second tab.")):
        answer = keep(as_alice, tab=tab, post=post.pk, version=post.version, body=body)
        assert answer.status_code == 200
    as_alice.post(f"/desk/posts/{post.pk}/", FORM | {"tab": TAB, "version": post.version, "body": "First tab."})
    stale = keep(as_alice, tab=OTHER_TAB, post=post.pk, version=post.version, body="Second tab, longer.")
    assert stale.status_code == 409
    second = as_alice.get(f"/desk/posts/{post.pk}/?tab={OTHER_TAB}").content.decode()
    assert "Second tab, longer." in second
    sent = FORM | {"tab": OTHER_TAB, "version": post.version, "body": "Second tab, longer."}
    html = as_alice.post(f"/desk/posts/{post.pk}/", sent).content.decode()
    assert "First tab." in html
    assert "Second tab, longer." in html
    assert Autosave.objects.get().tab == OTHER_TAB


@pytest.mark.parametrize("fields", [{"tab": ""}, {"tab": "../x"}, {"body": "\x00"}])
def test_what_cannot_be_kept_is_refused(as_alice, fields):
    assert keep(as_alice, **fields).status_code == 422
    assert Autosave.objects.count() == 0


def test_keeping_needs_the_post_the_owner_and_the_token(as_alice, as_bob, client, alice):
    assert keep(as_alice, post=999).status_code == 404
    assert keep(as_bob).status_code == 403
    assert keep(client).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert keep(strict).status_code == 403
    assert Autosave.objects.count() == 0


def test_what_is_not_wanted_is_thrown_away_and_the_old_forgotten(as_alice):
    keep(as_alice)
    as_alice.post("/desk/autosave/deletion/", {"tab": TAB})
    assert Autosave.objects.count() == 0
    keep(as_alice)
    Autosave.objects.update(saved_at=Autosave.objects.get().saved_at - datetime.timedelta(days=61))
    assert purge_autosaves() == 1


def test_every_save_is_a_version_that_can_be_opened_again(as_alice, post):
    as_alice.post(f"/desk/posts/{post.pk}/", FORM | {"version": post.version, "body": "Second text."})
    assert [row.version for row in post.versions.all()] == [2, 1]
    assert "Some words." in as_alice.get(f"/desk/posts/{post.pk}/versions/1/").content.decode()
    opened = as_alice.get(f"/desk/posts/{post.pk}/?version=1").content.decode()
    assert "Some words.</textarea>" in opened
    assert 'name="version" id="id_version" value="2"' in opened
    assert as_alice.get(f"/desk/posts/{post.pk}/?version=9").status_code == 404


def test_an_incomplete_block_may_stand_in_a_draft_but_not_before_readers(as_alice, post):
    assert as_alice.post("/desk/posts/new/", FORM | {"body": INCOMPLETE}).status_code == 302
    refused = as_alice.post("/desk/posts/new/", FORM | {"body": INCOMPLETE, "publish": "now", "tab": TAB})
    assert refused.status_code == 422
    assert "Line 3: give the address of the quotation" in refused.content.decode()
    with pytest.raises(BadText, match="Line 3"):
        save_post(post_id=post.pk, version=post.version, draft=PostDraft(title="A", body=INCOMPLETE))


def test_a_repeated_paragraph_is_told_and_dropped_only_when_asked(as_alice):
    body = "The same words were pasted here.\n\nThe same words were pasted here.\n\nThen others."
    seen = as_alice.post("/desk/posts/new/", FORM | {"body": body, "preview": ""}).content.decode()
    line = re.search(r'name="drop" value="(\d+)"', seen)[1]
    dropped = as_alice.post("/desk/posts/new/", FORM | {"body": body, "drop": line}).content.decode()
    assert dropped.split("<textarea")[1].count("The same words were pasted here.") == 1
    assert "Then others." in dropped
    assert 'name="drop"' not in dropped
    assert Post.objects.count() == 0


def test_a_dated_update_stands_below_is_announced_and_pressing_twice_adds_one(as_alice, client, post):
    with at("2026-03-02T14:05"):
        for _ in range(2):
            sent = {"headline": "Withdrawn & gone", "body": "The letter was *withdrawn*."}
            answer = as_alice.post(f"/desk/posts/{post.pk}/updates/", sent)
            assert answer.url == f"{post.get_absolute_url()}#update-1"
    add_update(post_id=post.pk, headline="", body="And again.")
    html = client.get(post.get_absolute_url()).content.decode()
    assert 'id="update-1"><h2>Update, <time datetime="2026-03-02T14:05+0000">2 March 2026, 14:05</time>' in html
    assert "Withdrawn &amp; gone</h2><p>The letter was <em>withdrawn</em>.</p>" in html
    assert 'id="update-2"' in html
    assert "Updated" in client.get("/").content.decode()
    assert "(updated)" in client.get("/feed.atom").content.decode()
    assert DigestEvent.objects.filter(update__isnull=False).count() == 2


def test_an_update_that_cannot_be_taken_comes_back(as_alice, post):
    sent = {"headline": "Kept headline", "body": INCOMPLETE}
    answer = as_alice.post(f"/desk/posts/{post.pk}/updates/", sent)
    assert answer.status_code == 422
    assert "Kept headline" in answer.content.decode()
    assert "Theirs." in answer.content.decode()
    assert as_alice.post(f"/desk/posts/{post.pk}/updates/", {"body": " "}).status_code == 422
    with pytest.raises(NotPublished):
        add_update(post_id=make_post("Draft", publish_at=None).pk, headline="", body="x")


def test_an_update_may_be_taken_away(as_alice, client, post):
    for text in ("First.", "Second."):
        add_update(post_id=post.pk, headline="", body=text)
    as_alice.post(f"/desk/posts/{post.pk}/updates/", {"delete": "1"})
    html = client.get(post.get_absolute_url()).content.decode()
    assert "First." not in html
    assert 'id="update-2"' in html
    delete_update(post_id=post.pk, number=2)
    assert Post.objects.get().last_update_at is None
    assert PostUpdate.objects.count() == 0


def test_a_post_taken_down_is_gone_and_comes_back_at_the_same_place(as_alice, client, post):
    make_thread(post, "a(b)")
    path, published = post.get_absolute_url(), post.published_at
    as_alice.post(f"/desk/posts/{post.pk}/unpublishing/", {"reason": "A lawyer wrote."})
    for address in (path, f"{path}?c=1", f"{path}/reply", f"{path}/c/1"):
        gone = client.get(address)
        assert gone.status_code == 410
        assert "A lawyer wrote." in gone.content.decode()
        assert post.title not in gone.content.decode()
    for listing in ("/", "/feed.atom", "/sitemap.xml", "/archive/"):
        assert path not in client.get(listing).content.decode()
    lost = client.post(f"{path}/comments", {"text": "My long answer."})
    assert (lost.status_code, "My long answer." in lost.content.decode()) == (410, True)
    post.refresh_from_db()
    sent = FORM | {"title": "Another title", "version": post.version, "publish": "now"}
    assert as_alice.post(f"/desk/posts/{post.pk}/", sent).url == path
    post.refresh_from_db()
    assert (post.published_at, post.reason) == (published, "")
    assert "This is a." in client.get(path).content.decode()
    assert DigestEvent.objects.filter(post=post, comment=None).count() == 1


def test_saving_what_was_taken_down_does_not_bring_it_back(post):
    unpublish_post(post_id=post.pk)
    unpublish_post(post_id=post.pk)
    post.refresh_from_db()
    save_post(post_id=post.pk, version=post.version, draft=PostDraft(title="Mended", body="Mended."))
    post.refresh_from_db()
    assert post.state == Post.State.UNPUBLISHED


def test_comments_close_at_their_minute(client):
    with at("2026-03-02T10:00"):
        post = make_post("Closing", comments_close_at=datetime.datetime(2026, 3, 2, 12, 0, 30, tzinfo=datetime.UTC))
        write(post, "In time.")
    with at("2026-03-02T12:00"):
        assert "takes no more comments" in client.get(post.get_absolute_url()).content.decode()
        refused = client.post(f"{post.get_absolute_url()}/comments", {"text": "Too late, alas."})
    assert (refused.status_code, "Too late, alas." in refused.content.decode()) == (403, True)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2026-03-28T06:30", "2026-03-28T06:30:00+00:00"),
        ("2026-03-29T06:30", "2026-03-29T05:30:00+00:00"),
        ("2026-10-24T06:30", "2026-10-24T05:30:00+00:00"),
        ("2026-10-25T06:30", "2026-10-25T06:30:00+00:00"),
    ],
)
def test_posts_over_the_change_of_the_clocks_appear_at_the_hour_on_the_wall(as_alice, typed, stored):
    as_alice.post("/desk/posts/new/", FORM | {"publish": "later", "publish_at": typed})
    post = Post.objects.get()
    if post.state == Post.State.SCHEDULED:
        assert post.published_at.isoformat() == stored
        moment = datetime.datetime.fromisoformat(stored)
        assert publish_due_posts(now=moment - datetime.timedelta(minutes=1)) == []
        assert publish_due_posts(now=moment) == [post]
        assert publish_due_posts(now=moment) == []
    else:
        assert post.published_at.isoformat() == stored


@pytest.mark.parametrize("typed", ["2030-03-31T01:30", "2030-10-27T01:30"])
def test_an_hour_that_comes_twice_or_never_is_asked_about(as_alice, typed):
    answer = as_alice.post("/desk/posts/new/", FORM | {"publish": "later", "publish_at": typed})
    assert answer.status_code == 422
    assert "In that night the clocks change" in answer.content.decode()
    assert Post.objects.count() == 0


def test_a_comment_sent_while_the_post_is_taken_down_is_refused(post):
    unpublish_post(post_id=post.pk)
    with pytest.raises(Exception, match="takes no more comments"):
        post_comment(post=post, submission=Submission("Too late."))


@pytest.mark.parametrize("fields", [{"body": "a\x00b"}, {"headline": "h" * 121}])
def test_an_update_that_cannot_be_stored_whole_comes_back_with_all_that_was_typed(as_alice, post, fields):
    answer = as_alice.post(f"/desk/posts/{post.pk}/updates/", {"headline": "News", "body": "Ours."} | fields)
    assert answer.status_code == 422
    assert next(iter(fields.values())).replace("\x00", "") in answer.content.decode().replace("\x00", "")
    assert PostUpdate.objects.count() == 0


def test_no_address_or_form_of_the_editor_makes_it_fail(as_alice, post):
    huge = "9" * 30
    for path in (f"{huge}/", f"{huge}/versions/1/", f"{post.pk}/versions/{huge}/"):
        assert as_alice.get(f"/desk/posts/{path}").status_code == 404
    for path in ("new", post.pk):
        assert as_alice.get(f"/desk/posts/{path}/?tab=%00").status_code == 200
    assert as_alice.post("/desk/autosave/deletion/", {"tab": "\x00"}).status_code == 303


def test_taking_down_what_is_not_published_says_so(as_alice):
    later = make_post("Later", publish_at=timezone.now() + datetime.timedelta(days=1))
    html = as_alice.post(f"/desk/posts/{later.pk}/unpublishing/", follow=True).content.decode()
    assert "Taken down." not in html
    assert "not published" in html
    later.refresh_from_db()
    assert later.state == Post.State.SCHEDULED


def test_a_readers_discussion_is_never_kept_beside_itself(as_alice):
    discussion, code = send_discussion("Rota", "Take this back.")
    withdraw_discussion(code=code)
    assert keep(as_alice, post=discussion.pk, body="Take this back.").status_code == 404
    assert Autosave.objects.count() == 0
