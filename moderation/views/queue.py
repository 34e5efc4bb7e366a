"""The moderators' pages: the queue, one case in its conversation, deciding, and the owner's rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forum import threads
from forum.errors import ForumError
from forum.models import Comment, Post
from forum.services.slow_threads import end_slow_mode, slow_thread
from forum.slow_mode import pause_around
from forum.source import small_number
from forum.staff import MODERATE, WRITE_POSTS, staff_only
from forum.thread_html import Frame, slow_line, thread_html
from moderation.models import Action, Case, Category, Decision, ScreeningRules
from moderation.services import NEEDS_REASON, decide, open_case

SHOWN_AT_ONCE = 50
# Minutes between two comments from one network in a slow thread.
PAUSES = [2, 5, 10, 30, 60]
# What readers are told when a comment goes; the closed list that the house rules explain.
REASONS = [(category.label, category.label) for category in Category if category != Category.OTHER]
REASONS += [("The law asks for it", "The law asks for it"), ("House rules", "Another house rule")]


class DecisionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    action = forms.ChoiceField(choices=Action.choices)
    reason = forms.ChoiceField(choices=[("", "No reason chosen"), *REASONS], required=False)
    note = forms.CharField(max_length=300, required=False)
    # Whether the note is an answer to an appeal, which goes with every decision.
    answers_author = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        action = Action(data["action"]) if data.get("action") else None
        if self.answers_author and not data.get("reason"):
            return data
        if action and action not in NEEDS_REASON and (data.get("reason") or data.get("note")):
            chosen = f"You gave a reason, but pressed “{action.label}”."
            raise forms.ValidationError(f"{chosen} Take the reason back, or press the button that goes with it.")
        return data

    def public_reason(self) -> str:
        """The reason as readers will see it, without its last full stop; "" if none of the list was chosen.

        An answer to an appeal needs none of the list.
        """
        note = " ".join(self.cleaned_data["note"].split()).rstrip(".")
        reason: str = self.cleaned_data["reason"]
        if self.answers_author and not reason:
            return note
        return f"{reason}. {note}" if reason and note else reason


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ScreeningRules
        fields = ["hold_everything", "most_links", "older_than_days", "held_words", "refused_words"]


@require_safe
@staff_only(MODERATE)
def queue(request: HttpRequest) -> HttpResponse:
    """Open cases, urgent and old ones first; or the ones decided last."""
    decided = request.GET.get("show") == "decided"
    cases = Case.objects.decided() if decided else Case.objects.waiting()
    listed = cases.select_related("post", "comment").prefetch_related(
        "reports", "removal_requests", "appeals", "decisions"
    )
    page = Paginator(listed, SHOWN_AT_ONCE).get_page(request.GET.get("page"))
    context = {"page": page, "open_count": Case.objects.open().count(), "decided": decided}
    return render(request, "moderation/queue.html", context)


@require_safe
@staff_only(MODERATE)
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: the comment in its conversation, what was said about it, what was decided before."""
    found = get_object_or_404(Case.objects.select_related("post", "comment"), pk=pk)
    if newer := found.newer:
        return redirect(newer)
    return case_page(request, found)


def case_page(request: HttpRequest, found: Case, *, status: int = 200, **context: Any) -> HttpResponse:
    """The page of a case. Readers' replies and neighbours stand around the comment, whatever their state."""
    if found.comment:
        rows = threads.read_rows(found.post)
        target = next(row for row in rows if row.id == found.comment_id)
        part = threads.surroundings(rows, target)
        year = found.post.year or 0
        frame = Frame(found.post.get_absolute_url(), year, can_reply=False, reveal=True, target=target.id)
        context["thread"] = thread_html(part, frame)
        context |= {"pause": pause_around(found.comment), "pauses": PAUSES}
    about = {"post": found.post_id, "comment": found.comment_id}
    log = Decision.objects.filter(**{f"case__{name}": value for name, value in about.items()})
    context |= {
        "case": found,
        "reports": found.reports.all(),
        "removal_requests": found.removal_requests.all(),
        "appeals": found.appeals.all(),
        "log": log.select_related("moderator"),
        "reasons": REASONS,
        "needs_reason": NEEDS_REASON.intersection(found.possible_actions),
        "open_count": Case.objects.open().count(),
    }
    return render(request, "moderation/case.html", context, status=status)


@require_POST
@staff_only(MODERATE)
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide a case; the next one that waits follows. Whoever comes second sees what the first one did."""
    found = get_object_or_404(Case.objects.select_related("post", "comment"), pk=pk)
    form = DecisionForm(request.POST)
    form.answers_author = found.is_open and found.is_appealed
    if not form.is_valid():
        sentences = [str(error) for errors in form.errors.values() for error in errors]
        return case_page(request, found, status=422, errors=sentences, sent=request.POST)
    try:
        made = decide(
            case_id=pk,
            version=form.cleaned_data["version"],
            moderator=request.user,
            action=Action(form.cleaned_data["action"]),
            reason=form.public_reason(),
        )
    except ForumError as error:
        found = Case.objects.select_related("post", "comment").get(pk=pk)
        return case_page(request, found, status=error.status, errors=[str(error)], sent=request.POST)
    again = format_html('<a href="{}">Look at it again</a>', found.get_absolute_url())
    messages.success(request, format_html("{}: {}. {}", found.title, made.sentence, again))
    return HttpResponseRedirect("/moderation/", status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(MODERATE)
def about_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """From a comment to its case: the open one, else the last one, else a new one on the moderator's word."""
    comment = get_object_or_404(Comment.objects.select_related("post"), pk=pk)
    if request.method == "POST":
        return redirect(open_case(post=comment.post, comment=comment))
    if found := comment.cases.order_by("closed_at").filter(closed_at=None).first() or comment.cases.last():
        return redirect(found)
    return render(request, "moderation/open_case.html", {"comment": comment, "post": comment.post})


@require_POST
@staff_only(MODERATE)
def slow(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the thread of a comment slow, or end that (`minutes` 0); back to the comment's case."""
    comment = get_object_or_404(Comment, pk=pk)
    try:
        minutes = small_number(request.POST.get("minutes"))
        if minutes == 0:
            end_slow_mode(comment_id=comment.pk)
        else:
            slow_thread(comment_id=comment.pk, minutes=minutes or -1)
        messages.success(request, "Its thread takes comments at any pace." if not minutes else slow_line(minutes) + ".")
    except ForumError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("moderation:about_comment", args=[pk]), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def rules(request: HttpRequest) -> HttpResponse:
    """The owner's screening rules."""
    form = RulesForm(request.POST or None, instance=ScreeningRules.current())
    if request.method == "POST" and form.is_valid():
        form.save()
        return HttpResponseRedirect(f"{request.path}?saved", status=303)
    posts = Post.objects.published().filter(hold_comments=True)
    context = {"form": form, "posts": posts, "saved": "saved" in request.GET}
    return render(request, "moderation/rules.html", context, status=422 if form.errors else 200)
