"""The author's own page: what became of a comment, and taking it back. The code travels in bodies only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from forum import limits
from forum import receipts as codes
from forum.errors import ForumError, NoSuchReceipt
from forum.services.comments import find_by_code, withdraw_comment


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipts(request: HttpRequest) -> HttpResponse:
    """Ask for a receipt code (GET), or show the comment it belongs to (POST)."""
    if request.method != "POST":
        return render(request, "forum/receipt_form.html")
    typed = request.POST.get("code", "")
    try:
        comment = find_by_code(code_from(request, typed))
    except ForumError as error:
        return refused(request, typed, error)
    return render(request, "forum/receipt.html", {"comment": comment, "post": comment.post, "code": typed})


@csrf_exempt
@never_cache
@require_POST
def withdrawal(request: HttpRequest) -> HttpResponse:
    """Withdraw the comment of a receipt, for good."""
    typed = request.POST.get("code", "")
    try:
        comment = withdraw_comment(code=code_from(request, typed))
    except ForumError as error:
        return refused(request, typed, error)
    context = {"comment": comment, "post": comment.post, "code": typed}
    return render(request, "forum/receipt.html", context)


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
