"""What a digest says, and to whom: content, links, what many share and what belongs to one."""

import datetime
import re
from html import unescape

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from accounts import tokens
from accounts.digests import rendering
from accounts.digests.asking import confirmation_mail
from accounts.digests.contents import facts_of
from accounts.digests.fragments import KEPT
from accounts.digests.rendering import letters, preview
from accounts.digests.selection import Chosen
from accounts.models import Cadence, Delivery, Detail, PostOffice, Subscriber, Subscription
from forum.models import Comment, Label, Post
from forum.services.changes import change_text
from forum.services.comments import approve_comment, remove_comment
from forum.services.decided import mark_comment
from forum.services.posts import PostDraft, save_post, unpublish_post
from forum.services.updates import add_update
from forum.site import change
from forum.tree import lock_post
from tests.accounts.letters import (
    all_events,
    delivery_to,
    letter,
    links_in_html,
    links_in_text,
    raw_letter,
    read,
)
from tests.mailserver import html_of, text_of
from tests.moderation.test_screening import THREE_LINKS
from tests.scenery import at, make_discussion, make_post, write, write_with_code

pytestmark = pytest.mark.django_db
BODIES = (text_of, html_of)
BULB = "\N{ELECTRIC LIGHT BULB}"


@pytest.fixture
def news(post):
    """A post with comments and an update, and a discussion of a reader."""
    make_discussion("Rota")
    first = write(post, "Rooms are *gone*.", name="Dana")
    write(post, "> Rooms are gone.\n\nNot ours.", first)
    add_update(post_id=post.pk, headline="Second letter", body="It came today.")
    return post


def test_a_digest_tells_all_that_is_new_in_both_its_versions(news):
    mail = letter()
    assert mail["Subject"] == "Your daily update: 2 new posts, 1 new update and 2 new comments"
    for body in BODIES:
        said = unescape(re.sub(r"<[^>]+>|\s+", " ", body(mail)))
        for words in (
            "Rooms are gone.",
            "Dana (name not checked)",
            "Not ours.",
            "Second letter",
            "It came today.",
            "Rota",
        ):
            assert words in said
        assert said.lower().count("from a reader") == 1
        assert said.count("Rooms are gone.") == 1, "what a reply quotes is not repeated"


def test_text_and_html_hold_the_same_links_and_only_two_are_a_readers_own(news):
    for number in range(38):
        write(news, f"And {number}.")
    for number, cadence in enumerate(Cadence.values):
        detail = Detail.values[number]
        mail, other = (letter(address, cadence, detail=detail) for address in ("c@example.org", "dana@example.org"))
        assert links_in_html(mail) == links_in_text(mail)
        pk = Subscriber.objects.get(email="c@example.org").pk
        own = {tokens.manage_url(pk), tokens.unsubscribe_url(pk)}
        assert set(links_in_html(mail)) - set(links_in_html(other)) == own
        assert not any("@" in link or "utm" in link for link in links_in_html(mail))


def test_less_detail_says_less(news):
    titles, counts = letter(detail=Detail.TITLES), letter(detail=Detail.COUNTS)
    for body in BODIES:
        assert "The second desk review" in body(titles) and "Second letter" in body(titles)
        assert not re.search("Rooms are|It came|Dana|How is yours", body(titles))
        assert not re.search("second|desk|letter|rota|Rooms|Dana|Probation", body(counts), re.IGNORECASE)
    assert counts["Subject"] == letter()["Subject"]


def test_a_late_approval_shows_when_it_was_written(post):
    with at("2026-03-02T10:15:30"):
        held = write(post, f"Held words. {THREE_LINKS}")
    with at("2026-03-05T09:00:00"):
        approve_comment(comment_id=held.pk)
        for body in BODIES:
            assert "written 10:15, 2 March, shown since 5 March" in body(letter())
    with at("2027-01-05T09:00:00"):
        cache.clear()
        rendering.MOULDS.clear()
        KEPT.kept.clear()
        assert "written 10:15, 2 March 2026" in text_of(letter())


def test_no_mail_says_whose_comment_it_answers(news):
    for cadence in Cadence.values:
        for detail in Detail.values:
            mail = letter(cadence=cadence, detail=detail)
            assert not re.search(
                "your (?:comment|reply|post|thread)|replied to", text_of(mail) + html_of(mail), re.IGNORECASE
            )


def test_what_is_removed_after_the_first_mail_of_a_group_is_not_in_the_second(news):
    goes = write(news, "This goes.")
    chosen = all_events()
    first, second = delivery_to("charlie@example.org"), delivery_to("dana@example.org")
    assert b"This goes." in letters([first], {first.pk: chosen})[first.pk]
    remove_comment(comment_id=goes.pk, reason="Spam")
    assert b"This goes." not in letters([second], {second.pk: chosen})[second.pk]
    only = Chosen(tuple(event for event in chosen.events if event not in facts_of(chosen.events)), ())
    assert len(only.events) == 1
    assert letters([second], {second.pk: only}) == {}


def write_over(comment, html):
    with transaction.atomic():
        lock_post(comment.post_id)
        Comment.objects.filter(pk=comment.pk).update(html=html)


CHANGES = {
    "title": lambda post, comment: save_post(
        post_id=post.pk, version=post.version, draft=PostDraft(title="Another", body="It is another.")
    ),
    "comment changed": lambda post, comment: change_text(code=comment.code, text="Beside it, in other words."),
    "what only its post's page shows": lambda post, comment: write_over(comment, "<p>Other words.</p>"),
    "off topic": lambda post, comment: mark_comment(comment_id=comment.pk, off_topic=True),
    "post taken back": lambda post, comment: unpublish_post(post_id=post.pk),
    "words to avoid": lambda post, comment: PostOffice.objects.create(pk=1, words_to_avoid="daily"),
    "name of the site": lambda post, comment: change(name="Quiet Corner"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_mail_that_is_kept_is_made_anew_when_something_changes(news, what):
    comment, code = write_with_code(news, "Quite beside it.")
    comment.code = code
    news.refresh_from_db()
    before = letter()
    said, subject = html_of(before), before["Subject"]
    again = letter("dana@example.org")
    assert (
        html_of(again).split("Change or pause")[0].rsplit("href", 1)[0]
        == said.split("Change or pause")[0].rsplit("href", 1)[0]
    )
    assert len(rendering.MOULDS.kept) == 1
    CHANGES[what](news, comment)
    mail = letter()
    assert (html_of(mail), mail["Subject"]) != (said, subject)


def test_a_hundred_mails_of_one_group_take_a_few_statements(news, django_assert_max_num_queries):
    deliveries = [delivery_to(f"reader{number}@example.org") for number in range(100)]
    deliveries = list(Delivery.objects.select_related("digest", "subscriber"))
    chosen = dict.fromkeys([delivery.pk for delivery in deliveries], all_events())
    cache.clear()
    with django_assert_max_num_queries(9):
        assert len(letters(deliveries, chosen)) == 100


def test_mixed_groups_share_what_they_load(news, django_assert_max_num_queries):
    whole = all_events().events
    deliveries = [delivery_to(f"reader{number}@example.org", detail=Detail.values[number % 3]) for number in range(30)]
    chosen = {each.pk: Chosen(whole[number % 5 :], ()) for number, each in enumerate(deliveries)}
    deliveries = list(Delivery.objects.select_related("digest", "subscriber"))
    cache.clear()
    with django_assert_max_num_queries(9):
        made = letters(deliveries, chosen)
    assert len(made) == 30
    texts = {text_of(read(raw)).split("Change or pause")[0] for raw in made.values()}
    assert len(texts) == 15


def test_a_process_keeps_no_more_moulds_than_it_has_room_for(news, monkeypatch):
    monkeypatch.setattr(rendering, "MOST_BYTES", 30_000)
    for number in range(6):
        letter(f"reader{number}@example.org", Cadence.values[number % 3], detail=Detail.values[number // 3])
    kept = rendering.MOULDS
    assert 1 <= len(kept.kept) < 6 and kept.bytes == sum(mould.size for mould in kept.kept.values()) <= 30_000


def test_a_copy_is_the_same_mail(news):
    delivery = delivery_to()
    chosen = {delivery.pk: all_events()}
    raw = letters([delivery], chosen)[delivery.pk]
    Delivery.objects.update(started_at=delivery.started_at)
    rendering.MOULDS.clear()
    again = read(letters([delivery_to()], chosen)[delivery.pk])
    first = read(raw)
    for header in ("Message-ID", "Date", "Subject", "To"):
        assert first[header] == again[header]
    assert abs(first["Date"].datetime - timezone.now()) < datetime.timedelta(minutes=5)
    assert re.fullmatch(r"<[0-9a-f]{32}@127\.0\.0\.1>", first["Message-ID"])


def test_however_much_is_new_forty_things_are_told_and_the_rest_counted(post):
    others = [make_post(f"Post {number}") for number in range(50)]
    for number in range(60):
        write(post, f"Comment {number}.")
    write(others[0], "Only here.")
    mail = letter()
    said = text_of(mail)
    assert mail["Subject"] == "Your daily update: 51 new posts and 61 new comments"
    told = said.count("(new post)") + len(re.findall(r"^Comment \d+\.$|^Only here", said, re.MULTILINE))
    assert told == 40
    assert "And 11 more posts with something new" in said
    few = letter(cadence="weekly")
    assert "Your weekly update" in few["Subject"]


def test_a_long_thread_leaves_room_for_the_others(post):
    other = make_post("Another", publish_at=post.published_at - datetime.timedelta(days=1))
    for number in range(60):
        write(post, f"Comment {number}.")
    write(other, "Only here.")
    said = text_of(letter())
    assert "Only here." in said and "Another (new post)" in said
    assert "And 23 more on this post" in said, (
        "60 comments, less 40 things, of which three are two posts and one comment"
    )


def test_a_mail_is_never_cut_by_mail_programs(post):
    """Four bytes a letter, and of quoted-printable three times as many."""
    Post.objects.filter(pk=post.pk).update(title=BULB * 200)
    for number in range(60):
        other = make_post(f"Post {number}")
        Post.objects.filter(pk=other.pk).update(title=BULB * 200)
        comment = write(other, "Hello")
        Comment.objects.filter(pk=comment.pk).update(html=f"<p>{BULB * 5000}</p>", name=BULB * 40)
    for detail in Detail.values:
        for telling in (False, True):
            raw = raw_letter(f"charlie{'x' * 50}@{'example.' * 20}org", detail=detail, telling=telling)
            assert len(raw) < 90_000
            said = text_of(read(raw))
            posts = said.count("(new post)")
            assert detail == Detail.COUNTS or f"And {61 - posts} more posts with something new" in said
            assert detail == Detail.COUNTS or posts >= 3


def test_the_owner_sees_the_next_digest_and_nothing_where_nothing_is_new(news):
    shown = {detail: preview("daily", detail, False) for detail in Detail.values}
    for detail, (subject, html, text) in shown.items():
        mail = letter(detail=detail)
        assert subject == mail["Subject"]
        assert text.split("Change or pause")[0] == text_of(mail).split("Change or pause")[0]
        assert "/subscriptions/" not in html + text and "gap" not in html + text
    assert preview("weekly", "counts", True)[0].startswith("Probation Forum: 2 new posts")
    assert preview("daily", "titles", False) == ("", "", ""), "the letters above planned a digest with all of it"


def test_a_test_letter_is_the_mail_without_what_ends_a_subscription(news):
    mail = read(rendering.test_letter("alice@example.org"))
    assert mail["To"] == "alice@example.org"
    assert mail["Subject"].startswith("Test: Your daily update: ")
    assert mail["List-Unsubscribe"] is None
    assert "Rooms are gone." in text_of(mail)
    assert "/unsubscribe/" not in html_of(mail)


def test_a_test_letter_can_be_had_from_an_empty_site(db):
    assert "nothing new" in read(rendering.test_letter("alice@example.org"))["Subject"]


@pytest.mark.parametrize("detail", [Detail.EXCERPTS, Detail.COUNTS])
def test_who_is_asked_to_confirm_learns_what_and_how_often(post, detail):
    subscriber = Subscriber.objects.create(email="charlie@example.org", detail=detail)
    label = Label.objects.create(name="Pay", slug="pay")
    thread = write(post, "A thread.")
    for fields in ({}, {"label": label}, {"post": post, "updates_only": True}, {"thread": thread}):
        Subscription.objects.create(subscriber=subscriber, cadence=Cadence.WEEKLY, **fields)
    mail = confirmation_mail(subscriber)
    html = mail.alternatives[0][0]
    named = [
        "everything on Probation Forum",
        "posts labelled “Pay”",
        "“The second desk review”, new posts",
        "the conversation that comment 1 began, on “The second desk",
    ]
    unnamed = [
        "the whole site",
        "posts under one label",
        "one post, new posts and updates only",
        "one conversation, every week",
    ]
    for body in (mail.body, html):
        for words in named if detail == Detail.EXCERPTS else unnamed:
            assert words in body
        assert "/subscriptions/" in body
        assert detail == Detail.EXCERPTS or not re.search("probation|pay|desk", body, re.IGNORECASE)
    assert mail.subject == "Please confirm your subscription"
    assert mail.from_email.startswith("Updates <")
    assert "List-Unsubscribe" not in mail.extra_headers


def test_who_asks_for_a_link_again_gets_one_that_opens_everything_for_an_hour(client, post):
    subscriber = Subscriber.objects.create(email="charlie@example.org")
    followed = Subscription.objects.create(subscriber=subscriber, cadence=Cadence.WEEKLY, confirmed_at=timezone.now())
    mail = confirmation_mail(subscriber)
    assert mail.subject == "The link that you asked for"
    html = mail.alternatives[0][0]
    for body in (mail.body, html):
        assert "60 minutes" in body and "onfirm" not in body
    path = re.search(r"http://[^/]+(/subscriptions/[^/]+/)", mail.body)[1]
    assert path in html
    assert client.get(path).status_code == 200
    assert followed.subscriber.email in client.get(path).content.decode()


def test_the_mail_to_confirm_does_not_name_what_was_taken_down(post):
    subscriber = Subscriber.objects.create(email="charlie@example.org")
    Subscription.objects.create(subscriber=subscriber, cadence=Cadence.DAILY, post=post)
    assert "The second desk review" in confirmation_mail(subscriber).body
    unpublish_post(post_id=post.pk)
    mail = confirmation_mail(subscriber)
    assert "a post that was taken down" in mail.body
    assert "desk review" not in mail.body + mail.alternatives[0][0]
