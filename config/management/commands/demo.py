"""Sample content, once: three posts with their threads, staff, subscribers, and work in the queue."""

from __future__ import annotations

import datetime
import json
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import services as subscribing
from accounts.models import Cadence, Subscription, User
from accounts.roles import Role
from accounts.team import make_staff
from forum.models import Comment, Post, SiteSettings
from forum.services.imports import Conversation, Item, import_conversation
from forum.services.posting import Submission, post_comment
from forum.services.posts import labels_named
from moderation.models import Action, Category
from moderation.services import Ruling, decide, report_comment

CONTENT = Path(settings.BASE_DIR) / "config" / "demo" / "posts.json"
STAFF = {"alice@example.org": Role.OWNER, "bob@example.org": Role.MODERATOR}


class Command(BaseCommand):
    help = "Make sample content, unless there are posts already, and print the log-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("demo refuses to run in production", returncode=2)
        logins = Path(settings.DATA_DIR) / "demo-logins.txt"
        if not Post.objects.exists():
            lines = make_demo()
            logins.touch(mode=0o600)
            logins.write_text("\n".join(lines) + "\n")
        self.stdout.write(logins.read_text().rstrip() if logins.exists() else "there are posts already; no demo made")


@transaction.atomic
def make_demo() -> list[str]:
    """All of it, or nothing; the log-ins as lines to print."""
    # An open thread made by itself would stand above the sample.
    SiteSettings.objects.create(pk=1, open_thread=False)
    passwords = {email: secrets.token_urlsafe(12) for email in STAFF}
    for email, role in STAFF.items():
        make_staff(email, role, passwords[email])
    posts = [make_post(entry) for entry in json.loads(CONTENT.read_text(encoding="utf-8"))]
    for email, post, cadence in (
        ("charlie@example.org", None, Cadence.DAILY),
        ("charlie.two@example.org", posts[-1], Cadence.WEEKLY),
    ):
        subscribing.subscribe(email=email, post=post, cadence=cadence)
        subscribing.confirm(subscription=Subscription.objects.get(subscriber__email=email))
    return [f"{role}: {email}  password: {passwords[email]}" for email, role in STAFF.items()]


def make_post(entry: dict[str, Any]) -> Post:
    """One post with its comments; those that a moderator has to deal with go through the real doors."""
    comments = [comment for comment in entry["comments"] if comment.get("demo") != "hold"]
    index = {comment["id"]: position for position, comment in enumerate(comments)}
    items = [
        Item(
            source=comment["text"],
            parent=None if comment["reply_to"] is None else index[comment["reply_to"]],
            name=comment["name"],
            posted_at=ago(comment),
            staff_role=comment["staff"],
        )
        for comment in comments
    ]
    post = import_conversation(Conversation(entry["title"], entry["body"], ago(entry), True, items)).post
    post.labels.set(labels_named(entry["labels"]))
    numbers = {comment["id"]: index[comment["id"]] + 1 for comment in comments}
    for comment in entry["comments"]:
        leave_work(post, comment, numbers)
    return post


def leave_work(post: Post, comment: dict[str, Any], numbers: dict[int, int]) -> None:
    """A held comment, an open report, or a removed comment, as `demo` says."""
    kind = comment.get("demo")
    if kind == "hold":
        to = numbers.get(comment["reply_to"])
        post_comment(post=post, submission=Submission(comment["text"], to, comment["name"]))
    if kind in ("report", "remove"):
        target = Comment.objects.get(post=post, number=numbers[comment["id"]])
        said = comment.get("report", {"category": Category.IDENTIFIES_SOMEONE, "text": "This says too much."})
        report = report_comment(comment=target, category=Category(said["category"]), text=said["text"])
        if kind == "remove":
            decide(
                case_id=report.case_id,
                version=report.case.version,
                moderator=User.objects.get(role=Role.MODERATOR),
                ruling=Ruling(Action.REMOVE, Category.IDENTIFIES_SOMEONE.label),
            )


def ago(entry: dict[str, Any]) -> datetime.datetime:
    """`days_ago` and `at` (HH:MM in London) as a moment."""
    day = timezone.localdate() - datetime.timedelta(days=entry["days_ago"])
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.fromisoformat(entry["at"])))
