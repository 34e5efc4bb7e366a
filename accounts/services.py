"""The verbs of subscribing. A subscriber has no account: the link in the mail is the proof.

Lock order, everywhere: the subscriber, then deliveries, then subscriptions.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.addresses import is_at_work
from accounts.digests.brought import forget_brought, remember
from accounts.digests.events import seal
from accounts.digests.forgetting import forget_old, forget_subscriber
from accounts.digests.suppression import lift
from accounts.invitations import purge_invitations
from accounts.models import Cadence, Detail, Subscriber, Subscription
from accounts.same_address import normalised
from forum.clock import this_minute
from forum.models import Comment, Label, Post
from forum.site import current

ATTEMPTS = 3


@dataclass(frozen=True)
class Followed:
    """What somebody wants to follow: a label, a post, a thread (its first comment), or, with none, the whole site."""

    label: Label | None = None
    post: Post | None = None
    thread: Comment | None = None
    updates_only: bool = False


def subscribe(*, email: str, post: Post | None, cadence: Cadence) -> None:
    """Follow the whole site or a post, as the form would with nothing else chosen."""
    follow(email=email, what=Followed(post=post), cadence=cadence)


def follow(
    *,
    email: str,
    what: Followed,
    cadence: Cadence,
    detail: str | None = None,
    telling: bool = False,
    hour: int | None = None,
    weekday: int | None = None,
) -> None:
    """Note that somebody wants to follow something, and have a mail sent with the link to confirm.

    Nothing is sent to the address but that mail, at most one a day, until the link is used. Whoever asks learns
    nothing about whether the address is known. Without `detail`, addresses at work get numbers only.
    """
    address = normalised(email)
    usual = Detail.COUNTS if is_at_work(address) else Detail.EXCERPTS
    looks = {"detail": detail or usual, "telling": telling, "hour": hour, "weekday": weekday}
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                _follow(address, what, cadence, looks)
            return
        except (IntegrityError, Subscriber.DoesNotExist):  # Forgotten, or asked for twice, at this very moment.
            if attempt == ATTEMPTS - 1:
                raise


def _follow(address: str, what: Followed, cadence: Cadence, looks: dict[str, Any]) -> None:
    known, _ = Subscriber.objects.get_or_create(email=address)
    subscriber = Subscriber.objects.select_for_update(no_key=True).get(pk=known.pk)
    place = {"label": what.label, "post": what.post, "thread": what.thread}
    # A thread has comments only.
    updates_only = what.updates_only and what.thread is None
    subscription, is_new = Subscription.objects.get_or_create(
        subscriber=subscriber, updates_only=updates_only, **place, defaults={"cadence": cadence}
    )
    # Not save(): a worker may just be counting a digest as sent.
    Subscription.objects.filter(pk=subscription.pk).waiting().update(cadence=cadence, asked_at=this_minute())
    # Whoever types a stranger's address must not change how that stranger's mails look.
    if not subscriber.subscriptions.confirmed().exists():
        Subscriber.objects.filter(pk=subscriber.pk).update(**looks)
    now = timezone.now()
    if is_new or subscriber.mail_not_before is None or subscriber.mail_not_before <= now:
        Subscriber.objects.filter(pk=subscriber.pk).update(mail_due=True)
    transaction.on_commit(ring, robust=True)


@transaction.atomic
def confirm(*, subscription: Subscription) -> None:
    """Begin to send. What was published before is not sent. An address that got no mail any more gets it again."""
    subscriber = Subscriber.objects.filter(pk=subscription.subscriber_id)
    locked = subscriber.select_for_update(no_key=True).first()
    horizon = seal()
    waiting = Subscription.objects.filter(subscriber=subscription.subscriber_id).waiting()
    asked = waiting.filter(pk=subscription.pk)
    if locked and asked.update(confirmed_at=this_minute(), from_seq=horizon, acked_seq=horizon):
        lift(locked.email)
    if not waiting.exists():
        # A mail that asks to confirm would come too late.
        subscriber.update(mail_due=False)


def change_cadence(*, subscription: Subscription, cadence: Cadence) -> None:
    """Send more or less often; nothing is missed and nothing comes twice."""
    Subscription.objects.filter(pk=subscription.pk).update(cadence=cadence)


def change(*, subscriber: Subscriber, hour: int | None, weekday: int | None, detail: str, telling: bool) -> None:
    """Change when mails come and how they look; one a day or week stays one."""
    looks = {"detail": detail, "telling": telling, "hour": hour, "weekday": weekday}
    Subscriber.objects.filter(pk=subscriber.pk).update(**looks)


def pause(*, subscriber: Subscriber) -> None:
    """Send nothing until the reader resumes; what is followed stays."""
    Subscriber.objects.filter(pk=subscriber.pk).update(paused=True)


@transaction.atomic
def resume(*, subscriber: Subscriber, catch_up: bool) -> None:
    """Send again: with what came meanwhile, or only what comes from now on."""
    Subscriber.objects.filter(pk=subscriber.pk).update(paused=False)
    if not catch_up:
        now = seal()
        mine = Subscription.objects.confirmed().filter(subscriber=subscriber)
        mine.update(from_seq=now, acked_seq=now)


@transaction.atomic
def end_subscription(*, subscription: Subscription) -> None:
    """Stop sending, and forget the address if it follows nothing any more."""
    subscriber = Subscriber.objects.filter(pk=subscription.subscriber_id).select_for_update().first()
    if subscriber is None:
        return
    if not subscriber.subscriptions.exclude(pk=subscription.pk).exists():
        _forget(subscriber)
    elif ending := subscriber.subscriptions.filter(pk=subscription.pk).select_for_update().first():
        remember(ending)
        ending.delete()


@transaction.atomic
def unsubscribe(*, subscriber_id: int) -> None:
    """Stop everything that is sent to a subscriber, and forget the address. Doing it twice is doing it once."""
    # Locked: a planner that is at it comes to its end first, and what it planned is forgotten too.
    if subscriber := Subscriber.objects.filter(pk=subscriber_id).select_for_update().first():
        _forget(subscriber)


def erase(*, subscriber_id: int) -> None:
    """Forget everything about a subscriber; that an address gets no mail any more stays known, as a hash."""
    unsubscribe(subscriber_id=subscriber_id)


def _forget(subscriber: Subscriber) -> None:
    forget_subscriber(subscriber.pk)
    subscriber.delete()


def purge() -> None:
    """Forget addresses whose link was not used in time, who was sent what 60 days ago, old invitations, and sessions
    of staff that are over.
    """
    too_late = timezone.now() - datetime.timedelta(days=current().days_to_confirm)
    with transaction.atomic():
        never = Subscription.objects.waiting().filter(asked_at__lt=too_late).select_for_update(skip_locked=True)
        Subscription.objects.filter(pk__in=list(never.values_list("pk", flat=True))).delete()
    with transaction.atomic():
        idle = Subscriber.objects.filter(subscriptions=None).select_for_update(skip_locked=True, of=("self",))
        for subscriber in Subscriber.objects.filter(pk__in=list(idle.values_list("pk", flat=True)), subscriptions=None):
            _forget(subscriber)
    forget_brought()
    forget_old()
    purge_invitations()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


def ring() -> None:
    """Tell a Celery worker that a mail is due."""
    from accounts import tasks

    tasks.ring(tasks.send_confirmation_mails)
