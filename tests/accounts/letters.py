"""Deliveries and their mails, without planning and without a mail server."""

from __future__ import annotations

import email
import email.policy
import re
from html import unescape

from django.utils import timezone

from accounts.digests.events import seal
from accounts.digests.rendering import letters
from accounts.digests.selection import Chosen
from accounts.models import Delivery, Digest, DigestEvent, Subscriber
from tests.mailserver import html_of, text_of

URL = re.compile(r"https?://[^\s\"<>]+")


def delivery_to(address: str = "charlie@example.org", cadence: str = "daily", **fields: object) -> Delivery:
    """Something planned for a subscriber with these settings."""
    subscriber, _ = Subscriber.objects.update_or_create(email=address, defaults=fields)
    planned = {"horizon": seal(), "planned_at": timezone.now()}
    digest, _ = Digest.objects.get_or_create(cadence=cadence, period=f"to {planned['horizon']}", defaults=planned)
    made, _ = Delivery.objects.get_or_create(
        digest=digest, subscriber=subscriber, cadence=cadence, period=digest.period
    )
    return made


def all_events() -> Chosen:
    seal()
    return Chosen(tuple(DigestEvent.objects.order_by("seq").values_list("pk", flat=True)), ())


def raw_letter(address: str = "charlie@example.org", cadence: str = "daily", **fields: object) -> bytes:
    """The mail with all that ever happened."""
    delivery = delivery_to(address, cadence, **fields)
    return letters([delivery], {delivery.pk: all_events()})[delivery.pk]


def read(raw: bytes) -> email.message.EmailMessage:
    """As mail programs read it, with line ends of this machine."""
    return email.message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=email.policy.default)


def letter(address: str = "charlie@example.org", cadence: str = "daily", **fields: object):
    return read(raw_letter(address, cadence, **fields))


def links_in_html(mail) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', html_of(mail))]


def links_in_text(mail) -> list[str]:
    return re.findall(r"^https?://\S+$", text_of(mail), re.MULTILINE)
