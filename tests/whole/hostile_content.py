"""A site full of the corpus: run inside the site's own process (`manage.py shell`)."""

from __future__ import annotations

import datetime
import json

from django.utils import timezone

from forum.errors import ForumError
from forum.models import Comment, Post
from forum.services.discussions import publish_discussion, submit_discussion
from forum.services.posting import Submission, post_comment
from forum.services.posts import PostDraft, create_post
from forum.source import MAX_NAME_LENGTH, MAX_TITLE_LENGTH, clean_title
from moderation.models import Category, Rule
from moderation.services import ask_for_removal, report_comment
from tests.whole.payloads import TYPED, batches

LONG_AGO = timezone.make_aware(datetime.datetime(2026, 1, 10, 10))


def fill() -> None:
    """Each payload as comment, name, title, report; some at a time as post, discussion, removal request."""
    Rule.objects.all().delete()
    thread = published("A thread of payloads", "Below.")
    for payload in TYPED:
        comment(thread, payload)
        title = clean_title(payload)[:MAX_TITLE_LENGTH]
        if title:
            published(title, "Its title is the payload.", labels=[title[:60]])
    posts = [published(f"Payloads {number}", "\n\n".join(some)) for number, some in enumerate(batches(20))]
    discussions = [discussion(number, some) for number, some in enumerate(batches(40))]
    reported = Comment.objects.filter(post=thread).published().first()
    assert reported
    for some in batches(8):
        report_comment(comment=reported, category=Category.OTHER, text="\n".join(some)[:5000])
    ask_for_removal(post=thread, comment=None, text="\n\n".join(TYPED[:60]))
    paths = {"thread": thread.get_absolute_url(), "texts": [post.get_absolute_url() for post in [*posts, *discussions]]}
    print(json.dumps(paths | {"comments": Comment.objects.filter(post=thread).published().count()}))


def published(title: str, body: str, labels: list[str] | None = None) -> Post:
    """A post; what the grammar of blocks refuses goes in as quoted text."""
    draft = PostDraft(title=title, body=body, labels=labels or [], publish_at=LONG_AGO)
    try:
        return create_post(draft=draft)
    except ForumError:
        return published(title, body.replace(":::", ":: :"), labels)


def comment(thread: Post, payload: str) -> None:
    """A comment, named after its text where that can be a name."""
    for name in (payload[:MAX_NAME_LENGTH], ""):
        try:
            post_comment(post=thread, submission=Submission(payload, name=name))
        except ForumError:
            continue
        return


def discussion(number: int, payloads: list[str]) -> Post:
    """A discussion that the owner has published."""
    submit_discussion(title=f"{number} {payloads[0]}"[:100].replace("\n", " "), text="\n\n".join(payloads))
    sent = Post.objects.from_readers().latest("pk")
    return publish_discussion(post_id=sent.pk, version=sent.version, title=sent.title, body=sent.body, labels=[])
