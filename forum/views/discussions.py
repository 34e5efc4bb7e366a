"""A reader starts a discussion: the form, the preview, and sending it to the owner."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from forum import limits, receipts
from forum.before_posting import CHECKED, Check
from forum.errors import BadText, BadTitle, ForumError
from forum.markup import render_comment
from forum.services.discussions import labels_in_use, submit_discussion
from forum.source import MAX_LENGTH, clean_headline, clean_source
from forum.views.before_posting import CHANGE, asked_before_posting, check_of


@dataclass
class StartForm:
    """What the form shows; `labels` are the slugs that are ticked."""

    title: str = ""
    text: str = ""
    labels: list[str] = field(default_factory=list)
    nonce: str = ""
    checked: str = ""
    errors: list[tuple[str, str]] = field(default_factory=list)
    max_length: int = MAX_LENGTH

    @property
    def error_of(self) -> dict[str, str]:
        """The first sentence about each field."""
        return dict(reversed(self.errors))

    def look_over(self) -> bool:
        """Note every mistake that can be seen at once; whether there is none."""
        try:
            clean_headline(self.title)
        except BadTitle as error:
            self.errors.append(("title", str(error)))
        try:
            clean_source(self.text, called="text")
        except BadText as error:
            self.errors.append(("text", str(error)))
        return not self.errors


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The form (GET), or take what it holds (POST): 303 to the page with the receipt, or the form again."""
    if request.method != "POST":
        return start_page(request, StartForm())
    form = form_from(request)
    if CHANGE in request.POST:
        form.checked = ""
        return start_page(request, form)
    # A slip of the pen is none of the few that an hour allows.
    if not form.look_over():
        return start_page(request, form, status=422)
    try:
        check = check_of(request, title=form.title, text=form.text)
        if check.asks and not check.was_seen(request.POST):
            return asked_before_posting(request, check, thing="discussion", held=False)
        limits.spend(limits.DISCUSSION, request)
        limits.spend(limits.DISCUSSION_ON_SITE, request)
        ticket = submit_discussion(title=form.title, text=form.text, labels=form.labels, nonce=form.nonce)
    except ForumError as error:
        form.errors.append(("text", str(error)))
        return start_page(request, form, status=error.status)
    return HttpResponseRedirect(f"/posted/{ticket}/", status=303)


@csrf_exempt
@never_cache
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The discussion as it would look, above the form that still holds it. Nothing is stored."""
    form = form_from(request)
    if not form.look_over():
        return start_page(request, form, status=422)
    try:
        limits.spend(limits.PREVIEW, request)
    except ForumError as error:
        form.errors.append(("text", str(error)))
        return start_page(request, form, status=error.status)
    shown = render_comment(clean_source(form.text, called="text"))
    return start_page(request, form, shown=shown, check=check_of(request, title=form.title, text=form.text))


def form_from(request: HttpRequest) -> StartForm:
    """The form as it was sent."""
    sent = request.POST
    nonce = sent.get("nonce", "")
    return StartForm(
        title=sent.get("title", ""),
        text=sent.get("text", ""),
        labels=sent.getlist("labels"),
        nonce=nonce if receipts.NONCE.match(nonce) else "",
        checked=sent.get(CHECKED, ""),
    )


def start_page(
    request: HttpRequest, form: StartForm, *, shown: str = "", check: Check | None = None, status: int = 200
) -> HttpResponse:
    """The page around the form; its nonce makes pressing twice pressing once."""
    form.nonce = form.nonce or receipts.new_nonce()
    context = {"form": form, "labels": labels_in_use(), "preview": shown, "check": check}
    response = render(request, "forum/start.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
