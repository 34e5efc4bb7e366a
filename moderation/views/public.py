"""Reporting a comment, and asking that something be taken down. No account, no session, no trace of who."""

from __future__ import annotations

from urllib.parse import quote

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from forum import limits
from forum.errors import ForumError
from forum.models import Comment, Post
from moderation.addresses import find_by_address
from moderation.models import Category
from moderation.services import ask_for_removal, report_comment

MOST_WORDS = 5000


class ReportForm(forms.Form):
    category = forms.ChoiceField(
        label="What is wrong with it?",
        choices=Category.choices,
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


class RemovalForm(forms.Form):
    address = forms.CharField(
        label="Address of the post or comment",
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text="For a comment, press the time above it, then copy the address at the top of your browser.",
        error_messages={"required": "Enter the address of the post or comment."},
    )
    text = forms.CharField(
        label="What should be taken down, and why?",
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Only moderators read this. If you want an answer, say how to reach you.",
        error_messages={"required": "Say what should be taken down, and why."},
    )


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, year: int, month: int, slug: str, number: int) -> HttpResponse:
    """Report a comment."""
    post = Post.objects.readable().at(year, month, slug).first()
    comment = post and Comment.objects.filter(post=post, number=number).first()
    if not comment:
        raise Http404("There is no such comment.")
    context = {"post": post, "comment": comment, "number": number}
    if request.method != "POST" and "sent" in request.GET:
        return render(request, "moderation/report_sent.html", context)
    if not comment.is_published:
        return render(request, "410.html", context, status=410)
    # A reply that reads like a report comes here to be looked at, not sent: not by GET, for it holds what was typed.
    if request.method == "POST" and "fill" in request.POST:
        initial = {"category": request.POST.get("category"), "text": request.POST.get("text", "")}
        return render(request, "moderation/report.html", context | {"form": ReportForm(initial=initial)})
    form = ReportForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        said = form.cleaned_data
        try:
            limits.spend(limits.REPORT, request)
            report_comment(comment=comment, category=Category(said["category"]), text=said["text"])
            return HttpResponseRedirect(f"{request.path}?sent", status=303)
        except ForumError as error:
            form.add_error(None, str(error))
            status = error.status
    return render(request, "moderation/report.html", context | {"form": form}, status=status)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: HttpRequest) -> HttpResponse:
    """Ask that a comment or post be taken down."""
    if request.method != "POST":
        if "sent" in request.GET:
            about = find_by_address(request.GET["sent"], host=request.get_host())
            return render(request, "moderation/removal_sent.html", {"about": about})
        initial = {"address": request.GET.get("address", "")}
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
                ask_for_removal(post=found[0], comment=found[1], text=form.cleaned_data["text"])
                sent = quote((found[1] or found[0]).get_absolute_url())
                return HttpResponseRedirect(f"{request.path}?sent={sent}", status=303)
            except ForumError as error:
                form.add_error(None, str(error))
                status = error.status
    return render(request, "moderation/removal.html", {"form": form}, status=status)
