"""The owner's pages for rules: the list and the site's mode, one rule, and what it would have done."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from forum import site
from forum.clock import this_minute
from forum.models import Post
from forum.staff import WRITE_POSTS, staff_only
from moderation.models import Rule
from moderation.rule_forms import ModeForm, RuleForm
from moderation.services.listing import move_row, store_row
from moderation.trying_out import try_out

LIST = "/moderation/rules/"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def rules(request: HttpRequest) -> HttpResponse:
    """All rules in their order; what holds for the whole site."""
    found = site.stored()
    chosen = {"comments": found.comments, "away_after_hours": found.away_after_hours}
    form = ModeForm(request.POST if request.method == "POST" else None, initial=chosen)
    if form.is_valid():
        # The owner is here: the hours count from now.
        site.change(**form.cleaned_data, away=False, queue_opened_at=this_minute())
        messages.success(request, "Saved.")
        return HttpResponseRedirect(LIST, status=303)
    published = Post.objects.published()
    context = {
        "form": form,
        "rules": Rule.objects.all(),
        "kinds": Rule.Kind.choices,
        "away": found.away,
        "stricter": published.filter(hold_comments=True) | published.filter(hold_links=True),
    }
    return render(request, "moderation/rules.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def new_rule(request: HttpRequest, kind: str) -> HttpResponse:
    """Write a rule of one kind. It is stored switched off, unless it was tried out first."""
    if kind not in Rule.Kind.values:
        raise Http404("There is no such kind of rule.")
    return rule_page(request, Rule(kind=kind))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a rule out, change it, switch it on or off, delete it."""
    found = get_object_or_404(Rule, pk=pk)
    if request.method == "POST" and request.POST.get("do") == "delete":
        found.delete()
        return to_list(request, "The rule is deleted.")
    if request.method == "POST" and request.POST.get("do") == "off":
        Rule.objects.filter(pk=pk).update(active=False)
        return to_list(request, "The rule is switched off.")
    return rule_page(request, found)


def rule_page(request: HttpRequest, found: Rule) -> HttpResponse:
    """The form of a rule; below it, once asked, what the rule as typed would have done."""
    sent, step = request.POST if request.method == "POST" else None, request.POST.get("do", "")
    form = RuleForm(found, sent)
    context = {"form": form, "rule": found, "kind": found.get_kind_display()}
    if form.is_valid() and step in ("save", "on"):
        filled = form.filled()
        filled.active = filled.active or step == "on"
        store_row(filled)
        return to_list(request, "The rule is switched on." if filled.active else "Saved. The rule is switched off.")
    if form.is_valid():
        context["tried"] = try_out(form.filled())
    elif "try" in request.GET and found.pk:
        context["tried"] = try_out(found)
    return render(request, "moderation/rule.html", context, status=422 if form.errors else 200)


@require_POST
@staff_only(WRITE_POSTS)
def move_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    move_row(get_object_or_404(Rule, pk=pk), up=request.POST.get("to") == "up")
    return HttpResponseRedirect(f"{LIST}#rule-{pk}", status=303)


def to_list(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(LIST, status=303)
