"""The author's own page: what became of a comment or discussion, and taking it back.

The code travels in bodies only.
"""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from forum import limits
from forum import receipts as codes
from forum.errors import ForumError, NoSuchReceipt
from forum.markup import render_comment
from forum.models import Comment, LaterComment, Post
from forum.services.comments import find_by_code, withdraw_comment
from forum.services.discussions import find_discussion, withdraw_discussion
from forum.services.later import find_later, withdraw_later


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipts(request: HttpRequest) -> HttpResponse:
    """Ask for a receipt code (GET), or show the comment or discussion it belongs to (POST)."""
    if request.method != "POST":
        return render(request, "forum/receipt_form.html")
    typed = request.POST.get("code", "")
    try:
        found = owned_by(code_from(request, typed))
    except ForumError as error:
        return refused(request, typed, error)
    return receipt_page(request, found, typed)


@csrf_exempt
@never_cache
@require_POST
def withdrawal(request: HttpRequest) -> HttpResponse:
    """Withdraw the comment or discussion of a receipt, for good."""
    typed = request.POST.get("code", "")
    try:
        code = code_from(request, typed)
        owned = owned_by(code)
        if isinstance(owned, LaterComment):
            withdraw_later(code=code)
            return render(request, "forum/receipt_later.html", {"post": owned.post, "withdrawn": True})
        gone = withdraw_comment(code=code) if isinstance(owned, Comment) else withdraw_discussion(code=code)
    except ForumError as error:
        return refused(request, typed, error)
    return receipt_page(request, gone, typed)


def owned_by(code: bytes) -> Comment | LaterComment | Post:
    """The comment or discussion whose receipt this is.

    Raises:
        NoSuchReceipt: there is neither.
    """
    for find in (find_later, find_by_code):  # In this order: a later comment may become one between the two.
        with suppress(NoSuchReceipt):
            return find(code)
    return find_discussion(code)


def receipt_page(request: HttpRequest, found: Comment | LaterComment | Post, typed: str) -> HttpResponse:
    """What became of it; where the owner edited a discussion, both texts."""
    if isinstance(found, LaterComment):
        context = {"later": found, "post": found.post, "code": typed, "html": render_comment(found.source)}
        return render(request, "forum/receipt_later.html", context)
    if isinstance(found, Comment):
        return render(request, "forum/receipt.html", {"comment": found, "post": found.post, "code": typed})
    context = {"post": found, "code": typed}
    if found.was_edited:
        context["sent_html"] = render_comment(found.sent_body)
    return render(request, "forum/receipt_discussion.html", context)


def code_from(request: HttpRequest, typed: str) -> bytes:
    """The code that was typed.

    Raises:
        NoSuchReceipt: it cannot be one.
        TooMany: too many codes were tried.
    """
    limits.spend(limits.RECEIPT, request)
    code = codes.read_code(typed)
    if code is None:
        raise NoSuchReceipt
    return code


def refused(request: HttpRequest, typed: str, error: ForumError) -> HttpResponse:
    context = {"typed": typed, "errors": [("code", str(error))]}
    return render(request, "forum/receipt_form.html", context, status=error.status)
