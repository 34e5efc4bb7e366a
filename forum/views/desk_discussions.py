"""The owner decides on a reader's discussion: publish it, as it is or edited, or refuse it with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from forum.before_posting import Check
from forum.errors import BadReason, BadText, ForumError, NotAllowedNow
from forum.markup import render_comment
from forum.models import Label, Post
from forum.post_form import TitleField, label_names
from forum.services.discussions import MAX_REASON_LENGTH, publish_discussion, refuse_discussion
from forum.services.posts import EditedMeanwhile
from forum.source import clean_source, small_number
from forum.staff import WRITE_POSTS, staff_only
from forum.views.before_posting import asks_before_publishing, check_of


class DiscussionForm(forms.Form):
    """What the owner may change of a discussion, and the reason for refusing it; it saves nothing itself."""

    title = TitleField()
    body = forms.CharField(label="Text", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 14}))
    labels = forms.CharField(required=False, help_text="Separate with commas.")
    # A textarea: in a one-line field, Enter would press the first button.
    refusal = forms.CharField(
        label="Reason for refusing",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": MAX_REASON_LENGTH}),
        help_text="Its author alone reads it, with the receipt. 300 characters at most.",
    )

    def clean_body(self) -> str:
        try:
            return clean_source(self.cleaned_data["body"], called="text")
        except BadText as error:
            raise forms.ValidationError(str(error)) from None

    def clean_labels(self) -> list[str]:
        return label_names(self.cleaned_data["labels"])


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def discussion(request: HttpRequest, pk: int) -> HttpResponse:
    """One discussion. Whoever decides second sees what was decided first, and keeps what they typed."""
    post = get_object_or_404(Post.objects.from_readers(), pk=pk)
    if request.method != "POST":
        return discussion_page(request, post, DiscussionForm(initial=initial_for(post)))
    form = DiscussionForm(request.POST)
    action, version = request.POST.get("action"), small_number(request.POST.get("version")) or 0
    if not form.is_valid() and action != "refuse":
        return discussion_page(request, post, form, status=422, version=version)
    if action not in ("publish", "refuse"):
        shown = render_comment(form.cleaned_data["body"])
        return discussion_page(request, post, form, version=version, preview=shown)
    if action == "publish" and asks_first(request, post, form):
        return discussion_page(request, post, form, status=422, version=version, asks=True)
    try:
        return refused(request, pk, version) if action == "refuse" else published(request, pk, version, form)
    except ForumError as error:
        post.refresh_from_db()
        form.add_error("refusal" if isinstance(error, BadReason) else None, str(error))
        # Whoever has seen what is stored now may decide on top of it.
        told = isinstance(error, EditedMeanwhile | NotAllowedNow)
        context = {"stored": post, "version": post.version} if told else {"version": version}
        return discussion_page(request, post, form, status=error.status, **context)


def asks_first(request: HttpRequest, post: Post, form: DiscussionForm) -> bool:
    """Whether readers are to see something that may identify someone, and nobody was asked about it yet."""
    earlier = check_of(request, title=post.title, text=post.body) if post.is_published else None
    return asks_before_publishing(request, check_of_form(request, form), earlier)


def check_of_form(request: HttpRequest, form: DiscussionForm) -> Check:
    return check_of(request, title=form["title"].value() or "", text=form["body"].value() or "")


def published(request: HttpRequest, pk: int, version: int, form: DiscussionForm) -> HttpResponse:
    """Publish or edit; then to the post as readers see it."""
    said = form.cleaned_data
    post = publish_discussion(
        post_id=pk, version=version, title=said["title"], body=said["body"], labels=said["labels"]
    )
    messages.success(request, "Published. Readers see it like this now.")
    return redirect(post.get_absolute_url())


def refused(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Refuse; what was changed of the text is not stored."""
    post = refuse_discussion(post_id=pk, version=version, reason=request.POST.get("refusal", ""))
    messages.success(request, f"“{post.title}” is refused. Its author finds the reason with the receipt.")
    return redirect("forum:desk")


def initial_for(post: Post) -> dict[str, Any]:
    labels = ", ".join(label.name for label in post.labels.all())
    refusal = post.reason if post.state == Post.State.REFUSED else ""
    return {"title": post.title, "body": post.body, "labels": labels, "refusal": refusal}


def discussion_page(
    request: HttpRequest, post: Post, form: DiscussionForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    """The form, with a preview or with what somebody else stored; for a withdrawn discussion only that it is."""
    context = {"post": post, "form": form, "version": post.version} | context
    context["known_labels"] = Label.objects.values_list("name", flat=True)
    context["updates"] = post.updates.all()
    context["check"] = check_of_form(request, form)
    context["can_refuse"] = post.state in (Post.State.HELD, Post.State.REFUSED)
    if post.was_edited:
        context["sent_html"] = render_comment(post.sent_body)
    return render(request, "forum/discussion.html", context, status=status)
