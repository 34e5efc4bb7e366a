"""The page behind the receipt of a report or a removal request; the code comes in the body of a POST."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from moderation.models import RemovalRequest
from moderation.receipts import find_said, outcome_of


def other_receipt(request: HttpRequest, code: bytes) -> HttpResponse | None:
    """What became of what was reported or asked with this code; None if the code is not of such a receipt."""
    said = find_said(code)
    if said is None:
        return None
    case = said.case
    context = {
        "said": said,
        "is_request": isinstance(said, RemovalRequest),
        "post": case.post,
        "comment": case.comment,
        "outcome": outcome_of(case),
    }
    return render(request, "moderation/receipt.html", context)
