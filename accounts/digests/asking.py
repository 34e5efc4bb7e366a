"""The mail that asks to confirm, and the one with a link to see and change everything."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives

from accounts import tokens
from accounts.digests.letter import letter
from accounts.digests.wording import FIRST_LINE_TO_CONFIRM, FIRST_LINE_WITH_LINK, Look, one_line
from accounts.digests.writing import PADDING
from accounts.models import Detail, Subscriber, Subscription
from forum.site import current


def confirmation_mail(subscriber: Subscriber) -> EmailMultiAlternatives:
    """The mail with the link to confirm all that waits, or, where nothing does, to see and change everything."""
    waiting = list(subscriber.subscriptions.waiting().select_related("label", "post", "thread__post").order_by("pk"))
    subject = "Please confirm your subscription" if waiting else "The link that you asked for"
    first_line = FIRST_LINE_TO_CONFIRM if waiting else FIRST_LINE_WITH_LINK
    look = Look.now()
    context: dict[str, object] = {
        "waiting": [followed(subscription, subscriber.detail, look) for subscription in waiting],
        "days": current().days_to_confirm,
        "minutes": int(tokens.FRESH_LIFE.total_seconds() // 60),
        "manage": tokens.confirm_url(subscriber.pk) if waiting else tokens.fresh_url(subscriber.pk),
        "first_line": look.first_line(first_line),
        "padding": PADDING,
    }
    subject = look.first_without(subject, "Please confirm" if waiting else "Your link", "Hello", "·")
    return letter("confirm", subscriber.email, subject, context, sender=look.sender(telling=False))


def followed(subscription: Subscription, detail: str, look: Look) -> str:
    """What a subscription follows and how often, in words; without names for who wants numbers only."""
    updates = ", new posts and updates only" if subscription.updates_only else ""
    return f"{_named(subscription, detail, look)}{updates}, {subscription.get_cadence_display().lower()}"


def _named(subscription: Subscription, detail: str, look: Look) -> str:
    first, names = subscription.thread, detail != Detail.COUNTS
    post = first.post if first else subscription.post
    if subscription.label:
        return f"posts labelled “{subscription.label.name}”" if names else "posts under one label"
    if post is None:
        return f"everything on {look.site_name}" if names else "the whole site"
    title = f"“{one_line(post.title)}”" if post.is_published else "a post that was taken down"
    if first is None:
        return title if names else "one post"
    return f"the conversation that comment {first.number} began, on {title}" if names else "one conversation"
