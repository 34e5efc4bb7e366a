"""Reporting a comment, and asking that something be taken down. No account, no session, no trace of who."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from forum import limits
from forum import receipts as codes
from forum.errors import ForumError, TooMany
from forum.models import Comment, Post
from forum.moved import comment_now
from forum.receipt_words import show_words
from forum.services.appeals import MOST_CHARACTERS
from moderation.addresses import find_by_address
from moderation.models import DISAGREE, Category, Ground
from moderation.services import ask_for_removal, ask_to_look_again, take_report
from moderation.services.judging import is_alone

MOST_WORDS = 5000


class ReportForm(forms.Form):
    category = forms.ChoiceField(
        label="What is wrong with it?",
        choices=[*Category.choices, DISAGREE],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is wrong with the comment."},
    )
    text = forms.CharField(
        label="What should the moderator know? (optional)",
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only moderators read this. Do not say who you are.",
    )
    # Makes pressing twice one report; a form without one is taken as well.
    nonce = forms.CharField(required=False, max_length=128, widget=forms.HiddenInput)


class RemovalForm(forms.Form):
    address = forms.CharField(
        label="Address of the post or comment",
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text="For a comment, press the time above it, then copy the address at the top of your browser.",
        error_messages={"required": "Enter the address of the post or comment."},
    )
    ground = forms.ChoiceField(
        label="Why?",
        choices=Ground.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why it should be taken down."},
    )
    text = forms.CharField(
        label="What should be taken down, and why?",
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Only moderators read this. You get a receipt code, with which you read the answer.",
        error_messages={"required": "Say what should be taken down, and why."},
    )
    # Makes pressing twice one request; a form without one is taken as well.
    nonce = forms.CharField(required=False, max_length=128, widget=forms.HiddenInput)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, year: int, month: int, slug: str, number: int) -> HttpResponse:
    """Report a comment."""
    is_sent = request.method == "POST" and "fill" not in request.POST
    if is_sent:
        # Before anything is asked of the database: whoever sends hundreds is to cost readers nothing.
        try:
            limits.spend(limits.REPORT, request)
            limits.check(limits.REPORT_ON_SITE, request)
        except TooMany as error:
            return too_many_reports(request, error)
    post = get_object_or_404(Post.objects.readable().at(year, month, slug))
    comment = Comment.objects.filter(post=post, number=number).exclude(state=Comment.State.MOVED).first()
    context: dict[str, object] = {"post": post, "comment": comment, "number": number}
    if comment is None or not comment.is_published:
        return not_here(request, post, comment, context)
    comment.post = post
    # A reply that reads like a report comes here to be looked at, not sent: not by GET, for it holds what was typed.
    if not is_sent:
        initial = {name: request.POST.get(name, "") for name in ("category", "text")} | {"nonce": codes.new_nonce()}
        return render(request, "moderation/report.html", context | {"form": ReportForm(initial=initial)})
    form = ReportForm(request.POST)
    status = 422
    if form.is_valid():
        if form.cleaned_data["category"] == DISAGREE[0]:
            return render(request, "moderation/disagreed.html", context | {"text": form.cleaned_data["text"]})
        try:
            return report_sent(request, comment, form.cleaned_data, context)
        except ForumError as error:
            form.add_error(None, str(error))
            status = error.status
    return render(request, "moderation/report.html", context | {"form": form}, status=status)


def report_sent(
    request: HttpRequest, comment: Comment, said: dict[str, str], context: dict[str, object]
) -> HttpResponse:
    """Take the report, and say thank you with its receipt, which nothing can show again.

    Raises:
        NotReadable: the comment has just gone.
    """
    code = take_report(
        comment=comment,
        category=Category(said["category"]),
        text=said["text"],
        visitor=str(request.visitor),  # type: ignore[attr-defined]
        nonce=said["nonce"],
    )
    if code is None:
        return render(request, "moderation/report_sent.html", context | {"text": said["text"]})
    limits.uses(limits.REPORT_ON_SITE, request)
    context |= {"code": codes.show_code(code), "words": " ".join(show_words(code))}
    return render(request, "moderation/report_sent.html", context)


def too_many_reports(request: HttpRequest, error: TooMany) -> HttpResponse:
    """What was typed, ready to be sent again later."""
    context = {"sentence": str(error), "sent": {name: request.POST.get(name, "") for name in ReportForm.base_fields}}
    return render(request, "moderation/too_many_reports.html", context, status=error.status)


class AgainForm(forms.Form):
    text = forms.CharField(
        label="Why should it be there?",
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=f"Up to {MOST_CHARACTERS:,} characters. Only moderators read it. Do not say who you are.",
        error_messages={"required": "Say why it should be there."},
    )


def not_here(request: HttpRequest, post: Post, comment: Comment | None, context: dict[str, Any]) -> HttpResponse:
    """Where the comment is by now, if it was moved; or that it is gone, with what was typed about it."""
    if comment is None and (moved := comment_now(post, context["number"])):
        # The status says that what was typed is to be sent there as well.
        return HttpResponseRedirect(f"{moved.post.get_absolute_url()}/c/{moved.number}/report", status=307)
    if comment is None:
        raise Http404("There is no such comment.")
    return render(request, "410.html", context | {"text": request.POST.get("text", "")}, status=410)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, year: int, month: int, slug: str, number: int) -> HttpResponse:
    """Ask that a removed comment be looked at again, without its receipt."""
    post = Post.objects.readable().at(year, month, slug).first()
    comment = post and Comment.objects.filter(post=post, number=number, state=Comment.State.REMOVED).first()
    context = {"post": post, "comment": comment, "number": number}
    if not comment:
        if not post:
            raise Http404("There is no such post.")
        return render(
            request, "moderation/not_removed.html", context | {"text": request.POST.get("text", "")}, status=409
        )
    context["alone"] = is_alone()
    form = AgainForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            limits.spend(limits.AGAIN, request)
            limits.spend(limits.AGAIN_ON_SITE, request)
            ask_to_look_again(comment=comment, text=form.cleaned_data["text"])
            return render(request, "moderation/asked_again.html", context)
        except ForumError as error:
            form.add_error(None, str(error))
            status = error.status
    return render(request, "moderation/again.html", context | {"form": form}, status=status)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: HttpRequest) -> HttpResponse:
    """Ask that a comment or post be taken down."""
    if request.method != "POST":
        initial = {"address": request.GET.get("address", ""), "nonce": codes.new_nonce()}
        return render(request, "moderation/removal.html", {"form": RemovalForm(initial=initial)})
    form = RemovalForm(request.POST)
    status = 422
    if form.is_valid():
        found = find_by_address(form.cleaned_data["address"], host=request.get_host())
        if found is None:
            form.add_error("address", "We know no post or comment at this address. Copy it from the page you mean.")
        elif found[1] and found[1].state == Comment.State.WITHDRAWN:
            form.add_error("address", "Nothing of this comment is there any more: its author withdrew it.")
        else:
            try:
                limits.spend(limits.REMOVAL_REQUEST, request)
                return removal_sent(request, *found, form.cleaned_data)
            except ForumError as error:
                form.add_error(None, str(error))
                status = error.status
    return render(request, "moderation/removal.html", {"form": form}, status=status)


def removal_sent(request: HttpRequest, post: Post, comment: Comment | None, said: dict[str, str]) -> HttpResponse:
    """Take the request, and answer with its receipt, which nothing can show again: no address may lead to the code.

    The same form sent twice, or a reload of this page, is one request with one code.
    """
    form = ("removal", str(post.pk), str(comment.pk if comment else ""), said["ground"], said["text"])
    code = codes.code_for(said["nonce"], *form) or codes.new_code()
    asked = ask_for_removal(
        post=post,
        comment=comment,
        text=said["text"],
        ground=Ground(said["ground"]),
        receipt_hash=codes.hash_code(code),
    )
    context = {"asked": asked, "code": codes.show_code(code), "words": " ".join(show_words(code))}
    return render(request, "moderation/removal_sent.html", context)
