"""Discussions that readers begin: sent, published or refused by the owner, taken back by their authors.

HELD        -> PUBLISHED (publish), REFUSED (refuse), WITHDRAWN
REFUSED     -> PUBLISHED (publish), REFUSED (for another reason), WITHDRAWN
PUBLISHED   -> PUBLISHED (publish: an edit), WITHDRAWN; UNPUBLISHED by forum.services.posts
UNPUBLISHED -> PUBLISHED (publish), WITHDRAWN
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Count

from forum import receipts, tree
from forum.clock import SAME_AGAIN, this_minute
from forum.erasure import let_erased_text_go
from forum.errors import BadReason, BadText, NoSuchReceipt, NotAllowedNow, Refused
from forum.extracts import shows_nothing
from forum.locks import Lock, hold
from forum.markup import render_comment
from forum.models import Label, Post, PostVersion
from forum.page_version import raise_shared
from forum.screening import Answer, Draft, screen
from forum.services.posts import EditedMeanwhile, labels_named, publish, slug_of_label
from forum.services.tickets import issue_ticket
from forum.signals import post_submitted
from forum.source import clean_headline, clean_source, clean_title

State = Post.State
MOST_LABELS = 30
MAX_REASON_LENGTH = 300
TITLE_OF_WITHDRAWN = "Discussion withdrawn by its author"


def labels_in_use() -> list[Label]:
    """The labels that most published posts have, at most 30, by name: what readers may choose from."""
    used = Label.objects.filter(posts__state=State.PUBLISHED).annotate(uses=Count("posts")).order_by("-uses", "name")
    return sorted(used[:MOST_LABELS], key=lambda label: label.name)


def submit_discussion(*, title: str, text: str, labels: Collection[str] = (), nonce: str = "") -> str:
    """Store a discussion, which waits for the owner, and return the ticket of the page to show.

    `labels` are slugs; those that cannot be chosen are left out. The same form sent twice gives the first
    discussion and its receipt again. The same title and text within ten minutes, from anywhere else, give a
    ticket to the first one without a receipt.

    Raises:
        BadTitle, BadText: what was typed cannot be taken.
        Refused: the screener's no.
    """
    title, source = clean_headline(title), clean_source(text, called="text")
    chosen = [label for label in labels_in_use() if label.slug in labels]
    slugs = [label.slug for label in chosen]
    code = receipts.discussion_code_from_nonce(nonce, title=title, source=source, labels=slugs)
    if same := _made_by(code):
        return issue_ticket(same, code)
    post = Post(kind=Post.Kind.READER, state=State.HELD, title=title, body=source, html=_rendered(source))
    post.sent_title, post.sent_body = title, source
    verdict = screen(Draft(post=post, source=f"{title}\n{source}", html=post.html, name=""))
    if verdict.answer is Answer.REFUSE:
        raise Refused(verdict.reason)
    with transaction.atomic():
        hold(Lock.DISCUSSIONS)
        if same := _made_by(code):
            return issue_ticket(same, code)
        since = this_minute() - SAME_AGAIN
        sent = Post.objects.from_readers().filter(sent_title=title, sent_body=source, submitted_at__gte=since)
        if same := sent.first():
            return issue_ticket(same, None)
        code = code or receipts.new_code()
        post.receipt_hash = receipts.hash_code(code)
        post.submitted_at = post.updated_at = this_minute()
        post.save()
        post.labels.set(chosen)
        post_submitted.send(Post, post=post)
        return issue_ticket(post, code)


def _made_by(code: bytes | None) -> Post | None:
    """The discussion that the same form made before, or whose receipt this is."""
    return Post.objects.from_readers().filter(receipt_hash=receipts.hash_code(code)).first() if code else None


def _rendered(source: str) -> str:
    html = render_comment(source)
    if shows_nothing(html):
        raise BadText("Enter a text that shows something: this one has only marks and spaces.")
    return html


@transaction.atomic
def publish_discussion(*, post_id: int, version: int, title: str, body: str, labels: Iterable[str]) -> Post:
    """Publish a discussion as it is or as the owner edited it; or edit one that is published.

    `labels` are names. What its author sent is kept beside it, for the author.

    Raises:
        BadTitle, BadText: what was typed cannot be taken.
        NotAllowedNow: its author withdrew it.
        EditedMeanwhile: `version` is not the one that is stored, and readers do not see the very same.
    """
    title, source, labels = clean_headline(title), clean_source(body, called="text"), list(labels)
    html = _rendered(source)
    post = _lock(post_id)
    if post.state == State.WITHDRAWN:
        raise NotAllowedNow(post, "published")
    if post.is_published and _says(post, title, source, labels):
        return post
    if post.version != version:
        raise EditedMeanwhile(post)
    if (title, source) != (post.title, post.body):
        saved = {"title": title, "body": source, "saved_at": this_minute()}
        PostVersion.objects.create(post=post, version=version + 1, **saved)
    post.title, post.body, post.html = title, source, html
    post.version += 1
    post.updated_at = this_minute()
    post.labels.set(labels_named(labels))
    publish(post)
    return post


def _says(post: Post, title: str, source: str, labels: Iterable[str]) -> bool:
    slugs = {slug_of_label(name) for name in labels} - {""}
    return (post.title, post.body) == (title, source) and slugs == set(post.labels.values_list("slug", flat=True))


@transaction.atomic
def refuse_discussion(*, post_id: int, version: int, reason: str) -> Post:
    """Say no to a discussion; its author finds `reason` with the receipt. It may be published all the same later.

    Raises:
        BadReason: there is none, or it has more than 300 characters.
        NotAllowedNow: readers have seen it, or its author withdrew it.
        EditedMeanwhile: somebody else decided meanwhile, in another way.
    """
    reason = clean_title(reason)
    if not reason:
        raise BadReason("Say why you refuse it: its author reads that with the receipt.")
    if len(reason) > MAX_REASON_LENGTH:
        raise BadReason(f"The reason must be {MAX_REASON_LENGTH} characters or fewer. It has {len(reason)}.")
    post = _lock(post_id)
    if post.state not in {State.HELD, State.REFUSED}:
        raise NotAllowedNow(post, "refused")
    if (post.state, post.reason) == (State.REFUSED, reason):
        return post
    if post.version != version:
        raise EditedMeanwhile(post)
    post.state, post.reason = State.REFUSED, reason
    post.version += 1
    post.updated_at = this_minute()
    post.save()
    return post


def withdraw_discussion(*, code: bytes) -> Post:
    """Its author takes a discussion back: title, text and labels are erased at once and for good.

    One that readers can see keeps its address and its comments, and takes no new ones. One that the owner took
    down loses its address, so that withdrawing does not bring its thread back.

    Raises:
        NoSuchReceipt: no discussion has this code.
        NotAllowedNow: it is withdrawn already.
    """
    with transaction.atomic():
        post = _lock(find_discussion(code).pk)
        if post.state == State.WITHDRAWN:
            raise NotAllowedNow(post, "withdrawn")
        if not post.is_published:
            post.year, post.month, post.slug = None, None, ""
        post.state, post.title, post.updated_at = State.WITHDRAWN, TITLE_OF_WITHDRAWN, this_minute()
        post.body = post.html = post.sent_title = post.sent_body = post.reason = ""
        post.version += 1
        post.save()
        post.labels.clear()
        post.versions.all().delete()
        post.autosaves.all().delete()
        raise_shared()
        transaction.on_commit(let_erased_text_go, robust=True)
    return post


def find_discussion(code: bytes) -> Post:
    """The discussion whose receipt this is.

    Raises:
        NoSuchReceipt: there is none.
    """
    if found := _made_by(code):
        return found
    raise NoSuchReceipt


def _lock(post_id: int) -> Post:
    post = tree.lock_post(post_id)
    if not post.is_from_reader:
        raise Post.DoesNotExist
    return post
