"""Taking back a press that stopped or paused mail, without keeping what was to be forgotten.

Whoever stops mail is forgotten at once. What is needed to bring it back is on the page that says so, and nowhere
else: sealed, so that nobody can read or change it, and good for an hour.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime

from accounts.models import Subscriber, Subscription
from forum.errors import ForumError
from forum.models import Comment, Label, Post

LIFE = 60 * 60
OF_SUBSCRIBER = ("id", "email", "mail_not_before", "hour", "weekday", "detail", "telling", "paused")
WHAT = ("label_id", "post_id", "thread_id", "updates_only")
OF_SUBSCRIPTION = (*WHAT, "cadence", "asked_at", "confirmed_at", "from_seq", "acked_seq")
MOMENTS = ("mail_not_before", "asked_at", "confirmed_at")


class UndoOver(ForumError):
    """The page was open for too long."""

    status = 410

    def __init__(self) -> None:
        super().__init__("This can be undone for an hour only.")


def seal(subscriber: Subscriber, subscriptions: list[Subscription]) -> str:
    """What is about to be stopped; "" where nothing of it was confirmed, since a stranger may have asked for that."""
    listed = [_facts(subscription, OF_SUBSCRIPTION) for subscription in subscriptions if subscription.confirmed_at]
    return _seal(subscriber, listed) if listed else ""


def seal_pause(subscriber: Subscriber) -> str:
    """That mail is about to be paused."""
    return _seal(subscriber, [], paused_now=True)


def undo(sealed: str) -> None:
    """Bring back what was stopped, as it was; doing it twice is doing it once.

    Raises:
        UndoOver: it is older than an hour, or was never sealed here.
    """
    try:
        kept = json.loads(_box().decrypt(sealed.encode(errors="replace"), ttl=LIFE), object_hook=_with_moments)
    except InvalidToken:
        raise UndoOver from None
    with transaction.atomic():
        subscriber = _bring_back(kept["subscriber"])
        for facts in kept["subscriptions"]:
            _follow_again(subscriber, facts)
        if kept["paused_now"]:
            Subscriber.objects.filter(pk=subscriber.pk).update(paused=False)


def _bring_back(facts: dict[str, Any]) -> Subscriber:
    """The subscriber, under the number that the links in earlier mails name; or whoever has the address now."""
    known = Subscriber.objects.filter(email=facts["email"]).first()
    return known or Subscriber.objects.create(**facts)


def _follow_again(subscriber: Subscriber, facts: dict[str, Any]) -> None:
    """Follow one thing again, unless it is gone."""
    what = {name: facts.pop(name) for name in WHAT}
    for model, pk in ((Label, what["label_id"]), (Post, what["post_id"]), (Comment, what["thread_id"])):
        if pk is not None and not model._default_manager.filter(pk=pk).exists():
            return
    mine, _ = Subscription.objects.get_or_create(subscriber=subscriber, **what, defaults=facts)
    # Somebody asked for it meanwhile, and it waits.
    Subscription.objects.filter(pk=mine.pk).waiting().update(**facts)


def _facts(row: Subscriber | Subscription, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _with_moments(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {name: parse_datetime(facts[name]) for name in MOMENTS if facts.get(name)}


def _seal(subscriber: Subscriber, subscriptions: list[dict[str, Any]], *, paused_now: bool = False) -> str:
    kept = {"subscriber": _facts(subscriber, OF_SUBSCRIBER), "subscriptions": subscriptions, "paused_now": paused_now}
    return _box().encrypt(json.dumps(kept, default=str).encode()).decode()


def _box() -> Fernet:
    key = salted_hmac("accounts.undo", "", secret=settings.SECRET_KEY, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
