"""The verbs of subscribing. A subscriber has no account: the link in the mail is the proof."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.digests.events import seal
from accounts.invitations import purge_invitations
from accounts.models import Cadence, Detail, Subscriber, Subscription
from forum.clock import this_minute
from forum.memory import Silence
from forum.models import Comment, Label, Post
from forum.site import current

ATTEMPTS = 3


# --- Thin verbs for the pages, until those of the `select` branch replace this block ---------------------------------


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
    detail: str = Detail.EXCERPTS,
    telling: bool = False,
    hour: int | None = None,
    weekday: int | None = None,
) -> None:
    """Note that somebody wants to follow something, and have a mail sent with the link to confirm.

    Nothing is sent to the address but that mail, at most one a day, until the link is used. Whoever asks
    learns nothing about whether the address is known.
    """
    looks = {"detail": detail, "telling": telling, "hour": hour, "weekday": weekday}
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                _follow(email.strip().lower(), what, cadence, looks)
            return
        except IntegrityError:  # The address was forgotten, or came in twice, at this very moment.
            if attempt == ATTEMPTS - 1:
                raise


def _follow(email: str, what: Followed, cadence: Cadence, looks: dict[str, Any]) -> None:
    subscriber, _ = Subscriber.objects.get_or_create(email=email)
    updates_only = what.updates_only and not what.thread
    subscription, is_new = Subscription.objects.get_or_create(
        subscriber=subscriber,
        label=what.label,
        post=what.post,
        thread=what.thread,
        updates_only=updates_only,
        defaults={"cadence": cadence},
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
    """Begin to send. What was published before is not sent."""
    waiting = Subscription.objects.filter(pk=subscription.pk).waiting()
    horizon = seal()
    waiting.update(confirmed_at=this_minute(), from_seq=horizon, acked_seq=horizon)
    if not Subscription.objects.filter(subscriber=subscription.subscriber_id).waiting().exists():
        # A mail that asks to confirm would come too late.
        Subscriber.objects.filter(pk=subscription.subscriber_id).update(mail_due=False)


def change_cadence(*, subscription: Subscription, cadence: Cadence) -> None:
    """Send more or less often; nothing is missed and nothing comes twice."""
    Subscription.objects.filter(pk=subscription.pk).update(cadence=cadence)


def change(*, subscriber: Subscriber, hour: int | None, weekday: int | None, detail: str, telling: bool) -> None:
    """Change when mails come and how they look."""
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
        horizon = seal()
        mine = Subscription.objects.confirmed().filter(subscriber=subscriber)
        mine.update(from_seq=horizon, acked_seq=horizon)


@transaction.atomic
def end_subscription(*, subscription: Subscription) -> None:
    """Stop sending, and forget the address if it follows nothing any more."""
    subscriber = subscription.subscriber
    subscription.delete()
    if not subscriber.subscriptions.exists():
        subscriber.delete()


def unsubscribe(*, subscriber_id: int) -> None:
    """Stop everything that is sent to a subscriber, and forget the address. Doing it twice is doing it once."""
    Subscriber.objects.filter(pk=subscriber_id).delete()


def erase(*, subscriber_id: int) -> None:
    """Forget everything about a subscriber."""
    unsubscribe(subscriber_id=subscriber_id)


# --- End of the thin verbs --------------------------------------------------------------------------------------------


def purge() -> None:
    """Forget addresses whose link was not used in time, old invitations, and sessions of staff that are over."""
    too_late = timezone.now() - datetime.timedelta(days=current().days_to_confirm)
    with transaction.atomic():
        Subscription.objects.waiting().filter(asked_at__lt=too_late).delete()
        idle = Subscriber.objects.filter(subscriptions=None).select_for_update(skip_locked=True, of=("self",))
        Subscriber.objects.filter(pk__in=list(idle.values_list("pk", flat=True)), subscriptions=None).delete()
    purge_invitations()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


def ring() -> None:
    """Tell a Celery worker that a mail is due. Optional: the clock finds it within a minute anyway."""
    if not settings.REDIS_URL or Silence.lasts():
        return
    from accounts.tasks import send_confirmation_mails

    try:
        send_confirmation_mails.delay()
    except (OperationalError, OSError) as error:
        Silence.begins(error)
