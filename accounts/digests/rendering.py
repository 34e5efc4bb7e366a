"""What a digest says. Readability is asked again here, just before sending: a removed comment stays out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.template.loader import render_to_string

from accounts import tokens
from accounts.models import Cadence, Digest, DigestEvent, Subscriber, Subscription
from forum.extracts import extract
from forum.models import Comment, Post, PostUpdate
from forum.site import current, mail_sender

MOST_COMMENTS_OF_A_POST = 20
EXTRACT_LENGTH = 300


class UnfoldedMail(EmailMultiAlternatives):
    """A mail whose headers stay on one line each: mail programs overlook a folded List-Unsubscribe."""

    def message(self, **kwargs: Any) -> Any:
        message: Any = super().message(**kwargs)
        message.policy = message.policy.clone(max_line_length=990)
        return message


@dataclass
class NewsOfPost:
    """What is new about one post: itself, updates, comments."""

    post: Post
    is_new: bool = False
    updates: list[PostUpdate] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)

    @property
    def shown(self) -> list[tuple[Comment, str]]:
        """The comments that are printed, each with the beginning of its text."""
        return [(comment, extract(comment.html, EXTRACT_LENGTH)) for comment in self.comments[:MOST_COMMENTS_OF_A_POST]]

    @property
    def more(self) -> int:
        return max(len(self.comments) - MOST_COMMENTS_OF_A_POST, 0)


def news_for(subscriptions: list[Subscription], digest: Digest) -> list[NewsOfPost]:
    """What is new to these subscriptions up to the digest's horizon, by post, newest post first."""
    wanted = Q(pk=None)
    for subscription in subscriptions:
        range_ = Q(seq__gt=subscription.acked_seq, seq__lte=digest.horizon)
        wanted |= range_ & Q(post=subscription.post_id) if subscription.post_id else range_
    shown = Q(comment__state=Comment.State.PUBLISHED, comment__off_topic=False)
    events = (
        DigestEvent.objects.filter(wanted)
        .filter(Q(comment=None) | shown, post__state=Post.State.PUBLISHED)
        .select_related("post", "comment__voice", "update")
        .order_by("-post__published_at", "post_id", "seq")
    )
    news: dict[int, NewsOfPost] = {}
    for event in events:
        of_post = news.setdefault(event.post_id, NewsOfPost(event.post))
        if event.update is not None:
            event.update.post = event.post
            of_post.updates.append(event.update)
        elif event.comment is None:
            of_post.is_new = True
        else:
            event.comment.post = event.post
            of_post.comments.append(event.comment)
    return list(news.values())


def count(number: int, word: str) -> str:
    return f"{number} new {word}" if number == 1 else f"{number} new {word}s"


def joined(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def digest_mail(subscriber: Subscriber, digest: Digest, news: list[NewsOfPost]) -> EmailMultiAlternatives:
    """One digest as a mail. Subject and sender say nothing that a screen lock should not show."""
    counts = {
        "post": sum(item.is_new for item in news),
        "update": sum(len(item.updates) for item in news),
        "comment": sum(len(item.comments) for item in news),
    }
    summary = joined([count(number, word) for word, number in counts.items() if number])
    often = "daily" if digest.cadence == Cadence.DAILY else "weekly"
    return mail("digest", subscriber, f"Your {often} update: {summary}", {"news": news, "summary": summary})


def confirmation_mail(subscriber: Subscriber) -> EmailMultiAlternatives:
    """The mail with the link to confirm all that waits, or, where nothing does, to change what is followed."""
    waiting = list(subscriber.subscriptions.waiting().select_related("post").order_by("pk"))
    subject = "Please confirm your subscription" if waiting else "Your subscription"
    link = tokens.confirm_url(subscriber.pk) if waiting else tokens.fresh_url(subscriber.pk)
    context: dict[str, object] = {"waiting": waiting, "days": current().days_to_confirm, "manage": link}
    return mail("confirm", subscriber, subject, context)


def mail(template: str, subscriber: Subscriber, subject: str, context: dict[str, object]) -> EmailMultiAlternatives:
    """A mail to a subscriber, with the links that change or stop what they follow."""
    unsubscribe = tokens.unsubscribe_url(subscriber.pk)
    context |= {
        "manage": context.get("manage") or tokens.manage_url(subscriber.pk),
        "unsubscribe": unsubscribe,
    }
    message = letter(template, subscriber.email, subject, context)
    if template == "digest":
        message.extra_headers |= {
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": f"<updates.{settings.SITE_URL.split('//')[1].split(':')[0].split('/')[0]}>",
            "Precedence": "bulk",
        }
    return message


def letter(template: str, address: str, subject: str, context: dict[str, object]) -> EmailMultiAlternatives:
    """A mail in plain text and HTML from the templates in `emails/`, as this site sends it."""
    context |= {"subject": subject, "SITE_NAME": current().name, "SITE_URL": settings.SITE_URL}
    text = render_to_string(f"emails/{template}.txt", context)
    message = UnfoldedMail(subject, text, from_email=mail_sender(), to=[address])
    html = css_inline.CSSInliner(keep_at_rules=True).inline(render_to_string(f"emails/{template}.html", context))
    message.attach_alternative(html, "text/html")
    message.extra_headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    return message
