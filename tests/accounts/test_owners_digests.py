"""The owner's page about digests: what it shows, and what its buttons do."""

import datetime
import re

import pytest
from django.core import mail
from django.utils import timezone

from accounts.digests import post_office
from accounts.digests.delivery import deliver
from accounts.digests.planning import plan
from accounts.digests.reasons import Reason
from accounts.models import Delivery, Digest, PostOffice, Subscriber, Subscription
from accounts.office_forms import OfficeForm
from forum.services.comments import remove_comment
from tests.accounts.conftest import subscribed
from tests.mailserver import html_of, text_of
from tests.scenery import make_post, write

pytestmark = pytest.mark.django_db

PAGE = "/desk/digests/"
State = Delivery.State


def tomorrow():
    return timezone.now() + datetime.timedelta(days=1)


@pytest.fixture
def planned(charlie, post):
    """Eve and Charlie are to get a digest with one comment."""
    subscribed("eve@example.org")
    write(post, "Rooms are *gone*.")
    plan(tomorrow())
    return list(Delivery.objects.order_by("subscriber__email"))


def test_the_next_digest_as_it_would_look_now(as_alice):
    assert "Nothing is new" in as_alice.get(PAGE).content.decode()
    assert as_alice.get(f"{PAGE}next/").status_code == 404
    post = make_post("The second desk review")
    comment = write(post, "Rooms are *gone*.")
    page = as_alice.get(f"{PAGE}?cadence=weekly&detail=excerpts").content.decode()
    assert "Your weekly update" in page
    assert "Rooms are gone." in page
    # What no one could choose is the usual.
    for odd in ("?cadence=hourly", "?detail=all&cadence=weekly", "?cadence=%00"):
        assert "Your daily update" in as_alice.get(PAGE + odd).content.decode()
    shown = as_alice.get(f"{PAGE}next/?cadence=daily&detail=titles&telling=on")
    assert post.title in shown.content.decode()
    assert "Rooms are gone." not in shown.content.decode()
    remove_comment(comment_id=comment.pk, reason="Spam")
    assert "Rooms are" not in as_alice.get(PAGE).content.decode()


def test_a_mail_is_shown_so_that_nothing_in_it_can_act(as_alice, post, charlie):
    write(post, "<script>alert(1)</script>")
    policy = as_alice.get(f"{PAGE}next/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "sandbox allow-same-origin" in policy


def test_what_became_of_the_last_ones(as_alice, planned, post):
    eve = planned[1]
    Subscriber.objects.filter(pk=eve.subscriber_id).update(paused=True)
    deliver(tomorrow())
    page = as_alice.get(PAGE).content.decode()
    assert "1 sent" in page
    assert re.search(r"1 not sent: The reader paused\.", page)
    assert "example.org</" not in page.replace("alice@example.org", "")
    # The numbers stay when it is forgotten who they were.
    for subscriber in Subscriber.objects.all():
        as_alice.post(f"/unsubscribe/{tokens_of(subscriber)}/")
    page = as_alice.get(PAGE).content.decode()
    assert Delivery.objects.count() == 0
    assert "1 sent" in page


@pytest.mark.parametrize(
    ("hour", "weekday", "shown"),
    [(7, None, "07:00"), (None, 2, "Wednesday"), (18, 0, "Monday 18:00"), (None, None, "")],
)
def test_each_run_says_for_which_choice_of_the_readers_it_was(as_alice, charlie, post, hour, weekday, shown):
    Subscriber.objects.update(hour=hour, weekday=weekday)
    Subscription.objects.update(cadence="weekly")
    write(post, "Rooms.")
    assert plan(timezone.now() + datetime.timedelta(days=8)) == 1
    digest = Delivery.objects.get().digest
    heading = f"Every week: {digest.period}{shown and f', {shown}'}"
    assert f"<h3>{heading}</h3>" in as_alice.get("/desk/digests/").content.decode()


def tokens_of(subscriber):
    from accounts import tokens

    return tokens.sign(tokens.UNSUBSCRIBE, subscriber.pk)


def test_paused_nothing_leaves_and_resumed_everything_does(as_alice, planned, mailserver):
    as_alice.post(f"{PAGE}sending/", {"pause": ""})
    assert "Sending is paused" in as_alice.get(PAGE).content.decode()
    assert deliver(tomorrow()) == 0
    as_alice.post(f"{PAGE}sending/", {"resume": ""})
    assert deliver(tomorrow()) == 2
    post_office.pause(Reason.POLICY)
    assert Reason.POLICY.label in as_alice.get(PAGE).content.decode()


def test_a_test_goes_to_the_owner_alone_and_changes_nothing(as_alice, planned, mailserver):
    tables = (Digest, Delivery, Subscription, Subscriber)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    answer = as_alice.post(f"{PAGE}test/", {"cadence": "weekly", "detail": "titles", "telling": ""}, follow=True)
    assert "The mail server took it" in answer.content.decode()
    (sent,) = mailserver.mails
    assert sent["To"] == "alice@example.org"
    assert "unsubscribe" not in text_of(sent) + html_of(sent)
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before
    mailserver.stop()
    answer = as_alice.post(f"{PAGE}test/", follow=True).content.decode()
    mailserver.start()
    assert "the mail server cannot be reached" in answer


@pytest.mark.parametrize(
    ("how", "state", "moved"),
    [("again", State.PENDING, False), ("sent", State.SENT, True), ("leave", "superseded", False)],
)
def test_the_owner_decides_about_mails_that_may_have_arrived(as_alice, planned, how, state, moved):
    Delivery.objects.update(state=State.UNCERTAIN, reason=Reason.SILENT, started_at=timezone.now(), starts=1)
    charlies = planned[0]
    page = as_alice.get(PAGE).content.decode()
    assert "c•••@e•••.org" in page
    assert page.count("Send again<") == 2
    as_alice.post(f"{PAGE}uncertain/", {"how": how, "delivery": charlies.pk})
    charlies.refresh_from_db()
    assert charlies.state == state
    row = Subscription.objects.get(subscriber=charlies.subscriber)
    assert (row.acked_seq == charlies.digest.horizon) is moved
    # Pressed twice, or late: it is decided.
    again = as_alice.post(f"{PAGE}uncertain/", {"how": "again", "delivery": charlies.pk}, follow=True)
    assert "0 mails" in again.content.decode()
    as_alice.post(f"{PAGE}uncertain/", {"how": how, "delivery": "all"})
    assert not Delivery.objects.filter(state=State.UNCERTAIN).exists()
    for wrong in ({"how": "burn", "delivery": "all"}, {}):
        assert as_alice.post(f"{PAGE}uncertain/", wrong).status_code == 404


def test_words_and_domains_are_tidied_and_what_is_none_comes_back(as_alice):
    post_office.office()
    PostOffice.objects.update(tried=7)
    sent = {
        "when_uncertain": "hold",
        "words_to_avoid": " bail ,,Bail\nhostel",
        "employer_domains": "@NHS.uk, a.example",
    }
    as_alice.post(PAGE, sent)
    office = PostOffice.objects.get()
    assert (office.when_uncertain, office.words_to_avoid) == ("hold", "bail, Bail, hostel")
    assert (office.employer_domains, office.tried) == ("nhs.uk, a.example", 7)
    for wrong in ({"employer_domains": "nonsense"}, {"words_to_avoid": "x" * 2001}, {"when_uncertain": "burn"}):
        answer = as_alice.post(PAGE, sent | wrong)
        assert answer.status_code == 422
        assert "Error: " in answer.content.decode()
    assert PostOffice.objects.get().employer_domains == "nhs.uk, a.example"
    assert mail.outbox == []


def test_saving_overwrites_nothing_that_the_breaker_counts_meanwhile(db):
    sent = {"when_uncertain": "hold", "words_to_avoid": "", "employer_domains": ""}
    form = OfficeForm(sent, instance=post_office.office())
    PostOffice.objects.update(tried=8, paused=True)
    assert form.is_valid()
    form.keep()
    assert PostOffice.objects.filter(tried=8, paused=True, when_uncertain="hold").exists()


@pytest.mark.parametrize("below", ["", "next/", "sending/", "test/", "uncertain/"])
def test_only_the_owner_comes_in(client, as_bob, below):
    for method in ("get", "post"):
        assert getattr(as_bob, method)(PAGE + below).status_code in (403, 405)
        assert getattr(client, method)(PAGE + below).status_code in (302, 403, 405)
