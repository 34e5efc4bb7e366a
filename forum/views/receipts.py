"""The author's own page: what became of a comment or discussion, and what they may do about it.

The code travels in bodies only. Looking a code up is asking an index for its keyed hash, so neither the answer nor the
time it takes tells how near a wrong one came. What stands between a guess and a comment are 128 bits; the limit only
slows whoever tries, and counts wrong codes alone: nobody can use up the tries of somebody who has the right one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from forum import limits, site
from forum import receipts as codes
from forum.errors import ForumError, NoSuchReceipt
from forum.markup import render_comment
from forum.models import Comment, LaterComment, Post
from forum.own_comment import own_comment
from forum.services import appeals
from forum.services.changes import change_text
from forum.services.comments import find_by_code, withdraw_comment
from forum.services.discussions import find_discussion, withdraw_discussion
from forum.services.later import find_later, withdraw_later
from forum.source import clean_source
from forum.views.before_posting import CHANGE, asked_before_posting, check_of

Owned = Comment | LaterComment | Post
OtherReceipt = Callable[[HttpRequest, bytes], HttpResponse | None]


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipts(request: HttpRequest) -> HttpResponse:
    """Ask for a receipt code (GET), or show what it belongs to (POST)."""
    if request.method != "POST":
        return render(request, "forum/receipt_form.html")
    if (other := other_receipt(request)) is not None:
        return other
    try:
        _, found = opened(request)
    except ForumError as error:
        return not_opened(request, error)
    return receipt_page(request, found)


def other_receipt(request: HttpRequest) -> HttpResponse | None:
    """The page of a receipt that forum knows nothing about, as of a report; `FORUM_OTHER_RECEIPTS` names who does."""
    code = codes.read_code(request.POST.get("code", ""))
    page: OtherReceipt = import_string(settings.FORUM_OTHER_RECEIPTS)
    return page(request, code) if code else None


@csrf_exempt
@never_cache
@require_POST
def withdrawal(request: HttpRequest) -> HttpResponse:
    """Withdraw the comment or discussion of a receipt, for good."""
    try:
        code, owned = opened(request)
    except ForumError as error:
        return not_opened(request, error)
    try:
        if isinstance(owned, LaterComment):
            withdraw_later(code=code)
            return render(request, "forum/receipt_later.html", {"post": owned.post, "withdrawn": True})
        gone = withdraw_comment(code=code) if isinstance(owned, Comment) else withdraw_discussion(code=code)
    except ForumError as error:
        return not_done(request, code, error)
    return receipt_page(request, gone)


@csrf_exempt
@never_cache
@require_POST
def text(request: HttpRequest) -> HttpResponse:
    """Change the text of the comment of a receipt, with the questions that a new one is asked.

    What is typed comes back if it cannot be taken.
    """
    typed = request.POST.get("text", "")
    try:
        code, owned = opened(request)
    except ForumError as error:
        return not_opened(request, error, text=typed)
    if CHANGE in request.POST:
        return receipt_page(request, owned, typed={"text": typed})
    try:
        check = check_of(request, comment=clean_source(typed))
        hold = check.hold() if site.of(request).strict_check else None
        if check.asks and not check.was_seen(request.POST):
            return asked_before_posting(request, check, thing="comment", held=hold is not None)
        limits.spend(limits.COMMENT, request)
        changed = change_text(code=code, text=typed, hold=hold)
    except ForumError as error:
        return not_done(request, code, error, field="text", text=typed)
    return receipt_page(request, changed, is_changed=True)


@csrf_exempt
@never_cache
@require_POST
def appeal(request: HttpRequest) -> HttpResponse:
    """Ask that a removed or refused comment be looked at again."""
    typed = request.POST.get("appeal", "")
    try:
        code, _ = opened(request)
    except ForumError as error:
        return not_opened(request, error, text=typed)
    try:
        appealed = appeals.appeal(code=code, text=typed)
    except ForumError as error:
        return not_done(request, code, error, field="appeal", appeal=typed)
    return receipt_page(request, appealed)


def opened(request: HttpRequest) -> tuple[bytes, Owned]:
    """The code that was sent, and the comment or discussion whose receipt it is.

    Raises:
        NoSuchReceipt: it is no receipt of anything.
        TooMany: too many wrong codes were tried, of which this is one.
    """
    try:
        code = codes.read_code(request.POST.get("code", ""))
        if code is None:
            raise NoSuchReceipt
        return code, owned_by(code)
    except NoSuchReceipt:
        limits.spend(limits.RECEIPT, request)
        raise


def owned_by(code: bytes) -> Owned:
    """The comment or discussion whose receipt this is.

    Raises:
        NoSuchReceipt: there is neither.
    """
    for find in (find_later, find_by_code):  # In this order: a later comment may become one between the two.
        with suppress(NoSuchReceipt):
            return find(code)
    return find_discussion(code)


def receipt_page(request: HttpRequest, found: Owned, *, status: int = 200, **context: object) -> HttpResponse:
    """What became of it; where the owner edited a discussion, both texts."""
    context["code"] = request.POST.get("code", "")
    if isinstance(found, LaterComment):
        context |= {"later": found, "post": found.post, "html": render_comment(found.source)}
        return render(request, "forum/receipt_later.html", context, status=status)
    if isinstance(found, Comment):
        context |= {"comment": found, "post": found.post, "own": own_comment(found)}
        return render(request, "forum/receipt.html", context, status=status)
    context["post"] = found
    if found.was_edited:
        context["sent_html"] = render_comment(found.sent_body)
    return render(request, "forum/receipt_discussion.html", context, status=status)


def not_opened(request: HttpRequest, error: ForumError, *, text: str = "") -> HttpResponse:
    """The form for a code again, with what was typed beside it."""
    context = {"typed": request.POST.get("code", ""), "text": text, "errors": [("code", str(error))]}
    return render(request, "forum/receipt_form.html", context, status=error.status)


def not_done(
    request: HttpRequest, code: bytes, error: ForumError, *, field: str = "state", **typed: str
) -> HttpResponse:
    """The page as things stand now, with what went wrong and what was typed."""
    try:
        found = owned_by(code)
    except NoSuchReceipt as gone:  # A later comment that was withdrawn meanwhile.
        return not_opened(request, gone, text="".join(typed.values()))
    return receipt_page(request, found, status=error.status, errors=[(field, str(error))], typed=typed)
